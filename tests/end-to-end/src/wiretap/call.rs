//! One call of AWS, read from its bytes.

use std::{collections::HashMap, time::Instant};

use serde_json::Value;

use crate::wire::Message;

/// One call of AWS, as it was asked and answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    /// The action of the Query protocol (`AssumeRole`), or the method and path of a REST service
    /// (`POST /v2/email/outbound-emails`).
    pub(crate) action: String,
    /// The parameters of the Query protocol.
    pub(crate) parameters: HashMap<String, String>,
    /// The access key that signed it; empty where none did.
    pub(crate) access_key_id: String,
    /// The region in the signature's scope; empty where it isn't signed.
    pub(crate) region: String,
    /// The role that it asks for, or whose session signed it; empty where there is none.
    pub(crate) role: String,
    /// When it was answered; none before.
    pub(crate) at: Option<Instant>,
    /// The request's body.
    pub(crate) body: String,
    /// Whether the local AWS did it, whatever the Worker was told.
    pub(crate) taken: bool,
    /// The status that the Worker was answered; 0 where the connection was cut.
    pub(crate) status: u16,
    /// The body that the Worker was answered.
    pub(crate) answer: String,
}

impl Call {
    /// Reads the request; the rest is filled in by whoever knows it.
    pub(crate) fn read(request: &Message) -> Self {
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
            region: scope.nth(1).unwrap_or_default().to_owned(),
            action,
            parameters,
            body,
            ..Self::default()
        }
    }

    /// The parameter's value; empty where there is none.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The body as JSON; null where it isn't.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The access key of the session that the answer gave, where it did.
    pub(crate) fn session_key(&self) -> Option<&str> {
        between(&self.answer, "<AccessKeyId>", "</AccessKeyId>")
    }

    /// The secrets in the answer: a session's secret key and token.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let secret = |name: &str| {
            between(&self.answer, &format!("<{name}>"), &format!("</{name}>")).map(str::to_owned)
        };
        [secret("SecretAccessKey"), secret("SessionToken")].into_iter().flatten()
    }
}

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}
