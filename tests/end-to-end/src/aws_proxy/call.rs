//! A recorded call to AWS.

use std::{collections::HashMap, time::Instant};

use serde_json::Value;

use crate::wire::Message;

/// A call to AWS with its response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    /// Action of a Query protocol call, such as `AssumeRole`, or the method and path of a REST call, such as
    /// `POST /v2/email/outbound-emails`.
    pub(crate) action: String,
    /// Parameters of a Query protocol call.
    pub(crate) parameters: HashMap<String, String>,
    /// Access key that signed the call; empty if it is not signed.
    pub(crate) access_key_id: String,
    /// Length of the session token; 0 if there is none.
    pub(crate) session_token_length: usize,
    /// Region of the signature; empty if the call is not signed.
    pub(crate) region: String,
    /// Role that the call assumes, or the role of the session that signed it. Empty if there is none.
    pub(crate) role: String,
    /// Time of the response.
    pub(crate) completed_at: Option<Instant>,
    /// Request body.
    pub(crate) body: String,
    /// Whether the local AWS processed the call successfully, even if the Worker got another response.
    pub(crate) processed: bool,
    /// Status that the Worker received; 0 if the connection was closed.
    pub(crate) status: u16,
    /// Request ID that the Worker received; empty if there is none.
    pub(crate) request_id: String,
    /// Response body that the Worker received.
    pub(crate) response_body: String,
}

impl Call {
    /// Parses a request. The fields of the response keep their defaults.
    pub(crate) fn parse(request: &Message) -> Self {
        let body = request.text();
        let (path, query) = request.target().split_once('?').unwrap_or((request.target(), ""));
        let form = if query.is_empty() { body.as_str() } else { query };
        let parameters: HashMap<String, String> =
            form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let action = match parameters.get("Action") {
            Some(action) if path == "/" => action.clone(),
            _ => format!("{} {path}", request.method()),
        };
        let scope = request.header("authorization").and_then(|header| between(header, "Credential=", ","));
        let mut scope = scope.unwrap_or_default().split('/');
        let role = parameters.get("RoleArn").filter(|_| action == "AssumeRole");
        Self {
            role: role.cloned().unwrap_or_default(),
            access_key_id: scope.next().unwrap_or_default().to_owned(),
            session_token_length: request.header("x-amz-security-token").map_or(0, str::len),
            region: scope.nth(1).unwrap_or_default().to_owned(),
            action,
            parameters,
            body,
            ..Self::default()
        }
    }

    /// Returns the value of a parameter, or an empty string.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Returns the request body as JSON, or null if it is not JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Returns the access key of the session in the response.
    pub(crate) fn session_key(&self) -> Option<&str> {
        between(&self.response_body, "<AccessKeyId>", "</AccessKeyId>")
    }

    /// Returns the secret key and session token in the response.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let secret = |name: &str| {
            between(&self.response_body, &format!("<{name}>"), &format!("</{name}>")).map(str::to_owned)
        };
        [secret("SecretAccessKey"), secret("SessionToken")].into_iter().flatten()
    }
}

/// Returns the text between two strings.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}
