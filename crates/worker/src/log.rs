//! Structured logs: one JSON line an event, without a secret. A path may hold one, so a route's pattern is named instead.

use js_sys::{ArrayBuffer, WebAssembly::Memory};
use kraiter_core::api::EmailId;
use serde_json::{Map, Value, json};
use time::Duration;
use wasm_bindgen::JsCast;
use worker::{Request, console_error, console_log};

use crate::failure::Failure;

/// A request's line.
pub(crate) struct Entry {
    fields: Map<String, Value>,
    is_fault: bool,
}

impl Entry {
    /// Begins the line of a request.
    pub(crate) fn new(request_id: &str, request: &Request) -> Self {
        let mut entry = Self { fields: Map::new(), is_fault: false };
        entry.set("event", "request");
        entry.set("requestId", request_id);
        entry.set("method", request.inner().method());
        entry
    }

    /// Adds a field.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// The route's pattern.
    pub(crate) fn route(&mut self, pattern: &str) {
        self.set("route", pattern);
    }

    /// Whose request it is.
    pub(crate) fn organisation(&mut self, id: &str) {
        self.set("organisationId", id);
    }

    /// How much memory this instance has taken so far: after a large request it is the most that one took, since it is never given back.
    pub(crate) fn memory(&mut self) {
        let memory: Memory = wasm_bindgen::memory().unchecked_into();
        let buffer: ArrayBuffer = memory.buffer().unchecked_into();
        self.set("wasmBytes", buffer.byte_length());
    }

    /// Why it isn't answered as it wished.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let problem = failure.problem("");
        self.set("code", problem.code);
        for (name, value) in [
            ("field", problem.field),
            ("awsCode", problem.aws_code),
            ("awsRequestId", problem.aws_request_id),
        ] {
            if let Some(value) = value {
                self.set(name, value);
            }
        }
        if let Failure::Internal(text) = failure {
            self.set("fault", text.as_str());
            self.is_fault = true;
        }
    }

    /// Writes the line.
    pub(crate) fn ended(mut self, status: u16, took: Duration) {
        self.set("status", status);
        self.set("milliseconds", i64::try_from(took.whole_milliseconds()).unwrap_or(i64::MAX));
        write(&Value::Object(self.fields), self.is_fault);
    }
}

/// Writes a line about something that isn't a request.
pub(crate) fn note(event: &str, fields: Value) {
    write(&line(event, fields), false);
}

/// Writes a line about a fault of ours or the platform's.
pub(crate) fn fault(event: &str, fields: Value) {
    write(&line(event, fields), true);
}

/// Writes a line about a fault with an email.
pub(crate) fn email_fault(event: &str, id: EmailId, failure: &Failure) {
    fault(event, json!({ "emailId": id, "fault": format!("{failure:?}") }));
}

fn line(event: &str, fields: Value) -> Value {
    let mut line = json!({ "event": event });
    if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    line
}

fn write(line: &Value, is_fault: bool) {
    if is_fault {
        console_error!("{line}");
    } else {
        console_log!("{line}");
    }
}
