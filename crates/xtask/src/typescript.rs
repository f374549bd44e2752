//! The types and methods of the npm package, generated from the OpenAPI document and the SDK's methods.
//!
//! Every component schema that a method uses becomes an interface, a union or an alias of the same name, except for schemas
//! that are plain strings, numbers or arrays: those are written in place. Each resource becomes an interface and an object of
//! functions. Anything the generator can't express is an error, never `any`.

mod comment;
mod declaration;
mod javascript;
mod method;
mod schema;
#[cfg(test)]
mod tests;
mod types;

use std::fmt::Write;

use api_contract::{
    ROUTES, SdkMethod,
    openapi::{self, Audience},
};
use serde_json::Value;
use thiserror::Error;

use self::{
    declaration::Declarations,
    method::{Method, Resource},
    schema::Schemas,
    types::Type,
};

/// The first line of every generated file.
const HEADER: &str = "// Generated from the API contract by `cargo xtask generate`. Do not edit.\n";

/// The schema of the codes of problems. No method refers to it, but errors have them.
const ERROR_CODE: &str = "ApiErrorCode";

/// A route and the method of the package that calls it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SdkRoute {
    /// The route's name, such as `SendEmail`. The `operationId` in the document begins with a lower-case letter.
    pub(crate) name: &'static str,
    pub(crate) sdk: SdkMethod,
}

/// The resources of a client in their order, with descriptions. Further ones come last, with the description of their tag.
const RESOURCES: [(&str, &str); 12] = [
    ("awsBinding", "The connection to the customer's AWS account."),
    ("identities", "The domains and addresses that email is sent from."),
    ("templates", "Reusable emails with variables."),
    ("emails", "Emails and their delivery status."),
    ("sending", "The queue, and bounce and complaint rates."),
    ("suppressions", "The addresses that Kraiter doesn't send to."),
    ("events", "The event feed: what happened to emails and to the connection, numbered without gaps."),
    ("awsCalls", "The calls that Kraiter made in the customer's AWS account."),
    ("requests", "The request log: failed requests, and changes."),
    ("webhooks", "The endpoints that events are delivered to."),
    ("apiKeys", "The organisation's API keys."),
    ("session", "The session of a person in a browser."),
];

/// Schemas of requests for which callers may pass more, and the types of that in `lib/input.d.ts`.
const INPUTS: [(&str, &str); 1] = [("SendEmail", "EmailInput")];

/// The generated files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The types and the interfaces of the resources: `lib/types.d.ts`.
    pub(crate) types: String,
    /// The methods of the resources: `lib/resources.js`.
    pub(crate) resources: String,
}

/// A part of the document that can't be expressed in TypeScript.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{place}: {problem}")]
pub(crate) struct GenerateError {
    /// The schema or operation.
    place: String,
    problem: String,
}

impl GenerateError {
    fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// Generates the package's types and methods from the contract.
///
/// # Errors
/// If the contract has something that can't be expressed.
pub(crate) fn package() -> Result<Package, GenerateError> {
    let routes: Vec<_> =
        ROUTES.iter().filter_map(|route| Some(SdkRoute { name: route.name, sdk: route.sdk()? })).collect();
    generate(&openapi::document(Audience::Customers), &routes)
}

/// Generates types and methods. Methods keep the order of `routes`; a type follows the first method or type that uses it.
///
/// # Errors
/// If an operation is missing, or if a schema can't be expressed.
fn generate(document: &Value, routes: &[SdkRoute]) -> Result<Package, GenerateError> {
    let schemas = Schemas::new(document)?;
    let resources = method::resources(document, &schemas, routes)?;
    let mut declarations = Declarations::new(&schemas);
    let mut types = String::from(HEADER);
    types.push_str("\nimport type { CreateOptions, Options } from '../index.js';\n");
    types.push_str("import type { ApiResult, EmailInput, List } from './input.js';\n");
    types.push_str("\n/** Any JSON value. */\n");
    types.push_str(
        "export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };\n",
    );
    types.push_str(&all_resources(&resources));
    for resource in &resources {
        types.push_str(&interface(resource));
        for method in &resource.methods {
            declarations.add_method(method, &mut types)?;
        }
    }
    declarations.add_response(ERROR_CODE, &mut types)?;
    Ok(Package { types, resources: javascript::module(&resources) })
}

/// The interface that lists the resources.
fn all_resources(resources: &[Resource]) -> String {
    let mut text = String::from("\n/** The resources of a client. */\nexport interface Resources {\n");
    for resource in resources {
        text.push_str(&comment::doc(&resource.description, &[], 2));
        let _ = writeln!(text, "  readonly {}: {};", resource.name, resource.interface);
    }
    text + "}\n"
}

/// The interface of a resource's methods.
fn interface(resource: &Resource) -> String {
    let mut text = format!(
        "\n{}export interface {} {{\n",
        comment::doc(&resource.description, &[], 0),
        resource.interface
    );
    for method in &resource.methods {
        text.push_str(&comment::doc(&method.description, &[], 2));
        let _ = writeln!(text, "  {};", signature(method));
    }
    text + "}\n"
}

fn signature(method: &Method) -> String {
    let mut parameters: Vec<String> = method.path.iter().map(|name| format!("{name}: string")).collect();
    parameters.extend(method.body.as_ref().map(|body| {
        let mark = if body.optional { "?" } else { "" };
        format!("{}{mark}: {}", body.name, types::print(&input(&body.kind), 2))
    }));
    parameters.extend(method.query.as_ref().map(|query| format!("query?: {}", query.interface)));
    parameters.push(format!("options?: {}", if method.idempotent { "CreateOptions" } else { "Options" }));
    let response = method.response.as_ref().map_or_else(|| "void".into(), |kind| types::print(kind, 2));
    let result = match method.response {
        _ if method.is_list => format!("List<{response}>"),
        Some(Type::Named(_)) => format!("Promise<ApiResult<{response}>>"),
        _ => format!("Promise<{response}>"),
    };
    let line = format!("{}({}): {result}", method.name, parameters.join(", "));
    if line.len() + "  ;".len() <= types::WIDTH {
        return line;
    }
    format!("{}(\n    {},\n  ): {result}", method.name, parameters.join(",\n    "))
}

/// What callers may pass for a type of a request.
fn input(kind: &Type) -> Type {
    match kind {
        Type::Named(name) => {
            let input = INPUTS.iter().find(|(schema, _)| schema == name);
            Type::Named(input.map_or(name.as_str(), |(_, input)| input).to_owned())
        }
        Type::Array(of) => Type::Array(Box::new(input(of))),
        other => other.clone(),
    }
}
