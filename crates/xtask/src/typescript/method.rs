//! The SDK's methods: what the document says about the operations they call.

use serde_json::Value;

use super::{
    GenerateError, RESOURCES, SdkRoute,
    schema::{Direction, Schemas, list, text},
    types::{Member, Presence, Type},
};

/// The verbs that a request's name begins with; its parameter is named without them.
const VERBS: [&str; 10] =
    ["Create", "Update", "Send", "SetUp", "Set", "Register", "Connect", "Preview", "Import", "Restore"];

/// A resource of the client.
pub(super) struct Resource {
    /// The property of the client, such as `emails`.
    pub(super) name: String,
    /// The interface, such as `Emails`.
    pub(super) interface: String,
    pub(super) description: String,
    pub(super) methods: Vec<Method>,
}

/// A method of a resource.
pub(super) struct Method {
    pub(super) name: String,
    /// The name of the route.
    pub(super) route: &'static str,
    pub(super) description: String,
    /// The path's parameter.
    pub(super) path: Option<String>,
    pub(super) query: Option<Query>,
    pub(super) body: Option<Body>,
    /// The type of the response; `None` if there is no body.
    pub(super) response: Option<Type>,
    /// Whether it takes an idempotency key.
    pub(super) idempotent: bool,
    /// Whether it returns a list, perhaps in pages.
    pub(super) is_list: bool,
}

/// The query parameters of a method.
pub(super) struct Query {
    pub(super) interface: String,
    pub(super) description: String,
    pub(super) members: Vec<Member>,
}

/// The body of a request.
pub(super) struct Body {
    /// The parameter's name.
    pub(super) name: String,
    pub(super) kind: Type,
    /// Whether it may be left out.
    pub(super) optional: bool,
    /// Whether the request is an object with this parameter as its only field.
    pub(super) wrapped: bool,
}

/// Groups the methods by resource.
pub(super) fn resources(
    document: &Value,
    schemas: &Schemas<'_>,
    routes: &[SdkRoute],
) -> Result<Vec<Resource>, GenerateError> {
    let mut resources: Vec<Resource> = Vec::new();
    for route in routes {
        let sdk = &route.sdk;
        let operation = find(document, &route.operation_id())?;
        let method = read(operation, schemas, route)?;
        let found = resources.iter_mut().find(|resource| resource.name == sdk.resource);
        if let Some(resource) = found {
            resource.methods.push(method);
        } else {
            let known =
                RESOURCES.iter().find(|(name, _)| *name == sdk.resource).map(|(_, description)| *description);
            let description =
                known.or_else(|| tag_description(document, operation)).unwrap_or_default().to_owned();
            let interface = interface_name(sdk.resource, schemas);
            resources.push(Resource {
                name: sdk.resource.to_owned(),
                interface,
                description,
                methods: vec![method],
            });
        }
    }
    resources.sort_by_key(|resource| {
        RESOURCES.iter().position(|(name, _)| *name == resource.name).unwrap_or(RESOURCES.len())
    });
    Ok(resources)
}

impl SdkRoute {
    /// The `operationId` in the document.
    fn operation_id(&self) -> String {
        let (first, rest) = self.name.split_at(1);
        first.to_ascii_lowercase() + rest
    }
}

/// The name of a resource's interface, in the plural if a schema has the name.
fn interface_name(resource: &str, schemas: &Schemas<'_>) -> String {
    let (first, rest) = resource.split_at(1);
    let name = first.to_ascii_uppercase() + rest;
    if schemas.has(&name) { name + "s" } else { name }
}

pub(super) fn find<'a>(document: &'a Value, operation: &str) -> Result<&'a Value, GenerateError> {
    let paths = document.get("paths").and_then(Value::as_object);
    let operations = paths.into_iter().flatten().filter_map(|(_, path)| path.as_object()).flatten();
    operations
        .map(|(_, found)| found)
        .find(|found| text(found, "operationId") == Some(operation))
        .ok_or_else(|| GenerateError::new(operation, "the document has no such operation"))
}

fn tag_description<'a>(document: &'a Value, operation: &'a Value) -> Option<&'a str> {
    let tag = list(operation, "tags")?.first()?.as_str()?;
    let tags = list(document, "tags")?;
    text(tags.iter().find(|one| text(one, "name") == Some(tag))?, "description")
}

fn read(operation: &Value, schemas: &Schemas<'_>, route: &SdkRoute) -> Result<Method, GenerateError> {
    let parameters = || list(operation, "parameters").into_iter().flatten();
    let within = |place: &'static str| parameters().filter(move |one| text(one, "in") == Some(place));
    let mut path = within("path").filter_map(|one| text(one, "name")).map(str::to_owned);
    let (path, further) = (path.next(), path.next());
    if further.is_some() {
        return Err(GenerateError::new(route.name, "its path has more than one parameter"));
    }
    let query = query(&within("query").collect::<Vec<_>>(), schemas, route)?;
    let idempotent = parameters()
        .any(|one| text(one, "$ref").is_some_and(|to| to.ends_with("/parameters/IdempotencyKey")));
    let body = body(operation, schemas, route)?;
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let mut response = None;
    for (_, success) in responses.filter(|(status, _)| status.starts_with('2')) {
        response = content(success, schemas, route, Direction::Response)?.map(|(_, kind)| kind);
    }
    let is_list = body.is_none() && is_list(response.as_ref(), schemas, route)?;
    let summary = text(operation, "summary").unwrap_or_default().trim_end_matches('.');
    let description = format!("{summary}.\n\n{}", text(operation, "description").unwrap_or_default());
    Ok(Method {
        name: route.sdk.method.to_owned(),
        route: route.name,
        description: description.trim().to_owned(),
        path,
        query,
        body,
        response,
        idempotent,
        is_list,
    })
}

/// Whether a response has items in `data`.
fn is_list(response: Option<&Type>, schemas: &Schemas<'_>, route: &SdkRoute) -> Result<bool, GenerateError> {
    let Some(Type::Named(name)) = response else { return Ok(false) };
    let declared = schemas.type_of(schemas.get(name)?, route.name, Direction::Response)?;
    let Type::Object(members) = declared else { return Ok(false) };
    Ok(members.iter().any(|member| member.name == "data" && matches!(member.kind, Type::Array(_))))
}

fn query(
    parameters: &[&Value],
    schemas: &Schemas<'_>,
    route: &SdkRoute,
) -> Result<Option<Query>, GenerateError> {
    if parameters.is_empty() {
        return Ok(None);
    }
    let interface = route
        .sdk
        .query
        .ok_or_else(|| GenerateError::new(route.name, "its query parameters have no interface"))?;
    let members = parameters.iter().map(|parameter| {
        let name = text(parameter, "name").unwrap_or_default();
        let place = format!("{}?{name}", route.name);
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let kind = match schemas.type_of(schema, &place, Direction::Request)? {
            // One value may stand for a list of one.
            Type::Array(of) => Type::union([(*of).clone(), Type::Array(of)]),
            other => schemas.name_of(&other).unwrap_or(other),
        };
        let description = text(parameter, "description").unwrap_or_default().to_owned();
        Ok(Member { name: name.to_owned(), description, presence: Presence::Optional, kind })
    });
    let members = members.collect::<Result<_, GenerateError>>()?;
    let description = format!("Query parameters of `{}.{}`.", route.sdk.resource, route.sdk.method);
    Ok(Some(Query { interface: interface.to_owned(), description, members }))
}

fn body(operation: &Value, schemas: &Schemas<'_>, route: &SdkRoute) -> Result<Option<Body>, GenerateError> {
    let Some(request) = operation.get("requestBody") else { return Ok(None) };
    let Some((media_type, kind)) = content(request, schemas, route, Direction::Request)? else {
        return Ok(None);
    };
    let Type::Named(request) = &kind else {
        let name = media_type.strip_prefix("text/").unwrap_or("body").to_owned();
        return Ok(Some(Body { name, kind, optional: false, wrapped: false }));
    };
    let declared = schemas.type_of(schemas.get(request)?, request, Direction::Request)?;
    let members = if let Type::Object(members) = declared { members } else { Vec::new() };
    if let Some(field) = route.sdk.unwrapped {
        return match members.as_slice() {
            [only] if only.name == field => {
                let kind = only.kind.clone();
                Ok(Some(Body { name: field.to_owned(), kind, optional: false, wrapped: true }))
            }
            _ => {
                let problem = format!("\"{request}\" is not an object with the one field \"{field}\"");
                Err(GenerateError::new(route.name, problem))
            }
        };
    }
    let optional = !members.is_empty() && members.iter().all(|member| member.presence != Presence::Always);
    Ok(Some(Body { name: parameter_name(request, route.sdk.resource), kind, optional, wrapped: false }))
}

/// The name of a request's parameter, without a verb or the resource: `CreateApiKey` is passed as `apiKey`, and `TemplateDraft` of
/// `templates` as `draft`.
fn parameter_name(request: &str, resource: &str) -> String {
    let singular = resource.strip_suffix('s').unwrap_or(resource);
    let is_singular = |start: &str| start.eq_ignore_ascii_case(singular);
    let noun = VERBS
        .iter()
        .find_map(|verb| request.strip_prefix(verb))
        .or_else(|| {
            request
                .split_at_checked(singular.len())
                .filter(|(start, _)| is_singular(start))
                .map(|(_, rest)| rest)
        })
        .filter(|noun| noun.starts_with(|c: char| c.is_ascii_uppercase()));
    let (first, rest) = noun.unwrap_or(request).split_at(1);
    first.to_ascii_lowercase() + rest
}

/// The media type and the type of a body.
fn content<'a>(
    of: &'a Value,
    schemas: &Schemas<'_>,
    route: &SdkRoute,
    direction: Direction,
) -> Result<Option<(&'a str, Type)>, GenerateError> {
    let contents = of.get("content").and_then(Value::as_object);
    let Some((media_type, content)) = contents.and_then(|contents| contents.iter().next()) else {
        return Ok(None);
    };
    let schema = content.get("schema").unwrap_or(&Value::Null);
    Ok(Some((media_type, schemas.type_of(schema, route.name, direction)?)))
}
