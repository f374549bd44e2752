//! A case and its file.

use std::{fs, path::PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use test_support::{
    Error, Result,
    sns_signer::{SnsMessage, sns_timestamp},
};
use time::{Duration, OffsetDateTime};

use crate::{Scene, body::Part, scene::replace};

/// An attack: a request derived from a message that is signed as SNS would.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// The name of the file, without `.json`.
    #[serde(skip)]
    pub name: String,
    /// What the attacker tries.
    pub tries: String,
    /// The expected status, and the code of the problem. Without a code, the request is acknowledged and changes nothing.
    pub expect: (u16, Option<String>),
    /// The type of the message, or `received` for the genuine message that the webhook has received before.
    #[serde(default = "notification")]
    message: String,
    /// Fields set before signing. `null` leaves a field out of the signature.
    #[serde(default)]
    sign: Map<String, Value>,
    /// How many seconds ago the message was published.
    #[serde(default)]
    age: i64,
    /// Fields set after signing. `null` removes a field. `{Signature}` and the like are fields as they were signed.
    #[serde(default)]
    change: Map<String, Value>,
    /// The body, if it isn't the message.
    #[serde(default)]
    body: Option<Vec<Part>>,
    /// The certificate that the message names.
    #[serde(default)]
    pub certificate: Certificate,
    /// The path and query of the request.
    #[serde(default = "webhook")]
    url: String,
    /// Defaults to POST.
    #[serde(default = "post")]
    method: String,
    /// Further headers.
    #[serde(default)]
    headers: Map<String, Value>,
    /// The only level at which the case makes sense, and why.
    #[serde(default)]
    pub only: Option<(Level, String)>,
}

/// Where cases run.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// `sns-verify`, without the organisation's object.
    Native,
    /// The Worker in workerd.
    Worker,
}

/// What a certificate's URL returns.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Certificate {
    /// A certificate of the tests by its name.
    Named(String),
    /// A response of the attacker's choice.
    Response {
        /// The status.
        status: u16,
        /// The header `location`, with placeholders.
        #[serde(default)]
        location: Option<String>,
        /// The body.
        #[serde(default)]
        body: String,
    },
}

/// A request to the Worker.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers other than `host`, `connection` and `content-length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Default for Certificate {
    fn default() -> Self {
        Self::Named("valid".to_owned())
    }
}

fn notification() -> String {
    "Notification".to_owned()
}

fn webhook() -> String {
    "{webhook}?{outputs}".to_owned()
}

fn post() -> String {
    "POST".to_owned()
}

impl Case {
    /// Reads all cases, sorted by name.
    ///
    /// # Errors
    /// Fails if a file can't be read or isn't a case.
    pub fn read_all() -> Result<Vec<Self>> {
        let directory = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/sns"));
        let reading = || Error::io(format!("read {}", directory.display()));
        let mut cases = Vec::new();
        for entry in fs::read_dir(&directory).map_err(reading())? {
            let path = entry.map_err(reading())?.path();
            let text = fs::read_to_string(&path).map_err(reading())?;
            let mut case: Self = serde_json::from_str(&text)
                .map_err(|error| Error::Unexpected(format!("{}: {error}", path.display())))?;
            case.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            cases.push(case);
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    /// Returns whether the case runs at `level`.
    #[must_use]
    pub fn runs_at(&self, level: Level) -> bool {
        self.only.as_ref().is_none_or(|(only, _)| *only == level)
    }

    /// Returns the name of the certificate that the message names.
    #[must_use]
    pub fn certificate_name(&self) -> &str {
        match &self.certificate {
            Certificate::Named(name) => name,
            Certificate::Response { .. } => &self.name,
        }
    }

    /// Returns the request.
    ///
    /// # Errors
    /// Fails if the message can't be signed.
    pub fn request(&self, scene: &Scene, now: OffsetDateTime) -> Result<Request> {
        let own_values =
            [("certificate", (scene.certificate_path)(self.certificate_name())), ("now", sns_timestamp(now))];
        let fill = |text: &str| {
            own_values.iter().fold(scene.fill(text), |text, (name, value)| replace(&text, name, value))
        };
        let mut fields = self.signed_fields(scene, now, &fill)?;
        let signed = fields.clone();
        let fill_changed = |text: &str| {
            let texts = signed.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
            texts.fold(fill(text), |text, (name, value)| replace(&text, name, value))
        };
        for (name, value) in &self.change {
            fields.insert(name.clone(), fill_value(value, &fill_changed));
        }
        fields.retain(|_, value| !value.is_null());
        let message = Value::Object(fields).to_string();

        let mut body = Vec::new();
        match &self.body {
            None => body.extend(message.bytes()),
            Some(parts) => {
                let fill = |text: &str| {
                    let text = replace(&fill_changed(text), "message", &message);
                    replace(&text, "fields", message.strip_prefix('{').unwrap_or_default())
                };
                parts.iter().try_for_each(|part| part.write(&mut body, fill))?;
            }
        }
        let mut headers = vec![("content-type".to_owned(), "text/plain; charset=UTF-8".to_owned())];
        for (name, value) in &self.headers {
            headers.retain(|(known, _)| known != name);
            headers.push((name.clone(), fill(value.as_str().unwrap_or_default())));
        }
        Ok(Request { method: self.method.clone(), target: fill(&self.url), headers, body })
    }

    fn signed_fields(
        &self,
        scene: &Scene,
        now: OffsetDateTime,
        fill: &impl Fn(&str) -> String,
    ) -> Result<Map<String, Value>> {
        let not_an_object = || Error::Unexpected(format!("{}: the message isn't an object", self.name));
        if self.message == "received" {
            let received: Option<Map<_, _>> = serde_json::from_str(&scene.received).ok();
            return received.ok_or_else(not_an_object);
        }
        let mut message = SnsMessage::new(&self.message, &fill("{topic}"), &fill("{scheme}://{host}"))
            .with("SigningCertURL", fill("{scheme}://{host}{certificate}"))
            .at(now - Duration::seconds(self.age));
        if self.message == "Notification" {
            message = message.with("Message", scene.value("event"));
        }
        for (name, value) in &self.sign {
            message = message.with(name, fill_value(value, fill));
        }
        message.sign()?.as_object().cloned().ok_or_else(not_an_object)
    }
}

/// Replaces the placeholders in a field that is a text.
fn fill_value(value: &Value, fill: &impl Fn(&str) -> String) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| fill(text).into())
}
