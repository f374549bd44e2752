//! Descriptions and examples of routes, beyond what the route table says. A route without an entry has its summary only.

mod access;
mod aws_calls;
mod connection;
mod emails;
mod events;
mod identities;
mod operators;
mod requests;
mod suppressions;
mod templates;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{ApiError, RouteId, parse_json};

/// Validates an example of a request.
pub(super) type Accepts = dyn Fn(&Value) -> Result<(), ApiError>;

/// The description and examples of a route.
#[derive(Default)]
pub(super) struct Details {
    pub(super) description: &'static str,
    /// Examples of the request, each with a summary.
    pub(super) requests: Vec<(&'static str, Value)>,
    /// Validates a request as the route does, beyond its type.
    pub(super) accepts: Option<Box<Accepts>>,
    /// The successful responses, in the order of the route table.
    pub(super) responses: Vec<ResponseDetails>,
}

/// The description and an example of a response.
pub(super) struct ResponseDetails {
    pub(super) description: &'static str,
    pub(super) example: Option<Value>,
    /// Headers beside those of every response, with descriptions.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

impl Details {
    fn new(description: &'static str) -> Self {
        Self { description, ..Self::default() }
    }

    /// Adds an example of the request.
    fn request(mut self, summary: &'static str, example: Value) -> Self {
        self.requests.push((summary, example));
        self
    }

    /// Sets how the route validates a request.
    fn accepts<T: DeserializeOwned + 'static>(
        mut self,
        validate: impl Fn(T) -> Result<(), ApiError> + 'static,
    ) -> Self {
        self.accepts = Some(Box::new(move |example| validate(parse_json(example.to_string().as_bytes())?)));
        self
    }

    /// Adds a response with an example.
    fn response(mut self, description: &'static str, example: Value) -> Self {
        self.responses.push(ResponseDetails { description, example: Some(example), headers: Vec::new() });
        self
    }

    /// Adds a response without a body.
    fn no_body(mut self, description: &'static str) -> Self {
        self.responses.push(ResponseDetails { description, example: None, headers: Vec::new() });
        self
    }

    /// Adds a header to the last response.
    fn header(mut self, name: &'static str, description: &'static str) -> Self {
        if let Some(response) = self.responses.last_mut() {
            response.headers.push((name, description));
        }
        self
    }
}

/// Returns what is known of a route beyond the table.
pub(super) fn of(id: RouteId) -> Details {
    let resources = [
        access::details,
        aws_calls::details,
        connection::details,
        emails::details,
        events::details,
        identities::details,
        operators::details,
        requests::details,
        suppressions::details,
        templates::details,
    ];
    resources.iter().find_map(|details| details(id)).unwrap_or_default()
}
