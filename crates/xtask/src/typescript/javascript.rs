//! The module that gives each resource its methods.

use std::fmt::Write;

use super::{
    HEADER,
    method::{Method, Resource},
    types::Type,
};

/// The module: a function from `call` to the resources.
pub(super) fn module(resources: &[Resource]) -> String {
    let mut text = String::from(HEADER);
    text.push_str(
        "\n/** The resources of a client. `call` sends a request to a route, `list` to one that responds with a list. */\nexport const resources = (call, list) => ({\n",
    );
    for resource in resources {
        let _ = writeln!(text, "  {}: {{", resource.name);
        for method in &resource.methods {
            text.push_str(&function(method));
        }
        text.push_str("  },\n");
    }
    text + "});\n"
}

fn function(method: &Method) -> String {
    let mut parameters: Vec<&str> = method.path.iter().map(String::as_str).collect();
    let mut request: Vec<String> = parameters.iter().map(|name| format!("path: `${{{name}}}`")).collect();
    if let Some(body) = &method.body {
        parameters.push(&body.name);
        request.push(match &*body.name {
            name if body.wrapped => format!("body: {{ {name} }}"),
            name if body.optional => format!("body: {name} ?? {{}}"),
            name if body.kind == Type::String => format!("body: `${{{name}}}`"),
            "body" => "body".to_owned(),
            name => format!("body: {name}"),
        });
    }
    if method.query.is_some() {
        parameters.push("query");
        request.push("query".to_owned());
    }
    parameters.push("options");
    request.push("options".to_owned());
    let (parameters, request) = (parameters.join(", "), request.join(", "));
    let call = if method.is_list { "list" } else { "call" };
    format!("    {}: ({parameters}) => {call}('{}', {{ {request} }}),\n", method.name, method.route)
}
