//! Structured logs: one JSON object a line.
//!
//! Lines contain no secrets. A path may contain one, so requests are logged with the route's pattern.

use domain::EmailId;
use js_sys::{ArrayBuffer, WebAssembly::Memory};
use serde_json::{Map, Value, json};
use time::Duration;
use wasm_bindgen::JsCast;
use worker::{console_error, console_log};

use crate::http::Error;

/// The log line of a request, written when the request finishes.
pub(crate) struct RequestLog {
    fields: Map<String, Value>,
    is_internal_error: bool,
}

impl RequestLog {
    pub(crate) fn new(request_id: &str, method: &str) -> Self {
        let mut log = Self { fields: Map::new(), is_internal_error: false };
        log.set("event", "request");
        log.set("requestId", request_id);
        log.set("method", method);
        log
    }

    /// Sets a field.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Sets the route's pattern.
    pub(crate) fn set_route(&mut self, pattern: &str) {
        self.set("route", pattern);
    }

    /// Sets the caller's organisation.
    pub(crate) fn set_organisation(&mut self, id: &str) {
        self.set("organisationId", id);
    }

    /// Sets the size of the isolate's memory. Memory never shrinks, so after large requests this is the largest peak so far.
    pub(crate) fn set_memory(&mut self) {
        let memory: Memory = wasm_bindgen::memory().unchecked_into();
        let buffer: ArrayBuffer = memory.buffer().unchecked_into();
        self.set("wasmBytes", buffer.byte_length());
    }

    /// Sets the error that the request failed with.
    pub(crate) fn set_error(&mut self, error: &Error) {
        let problem = error.problem("");
        if let Some(field) = problem.loggable_field() {
            self.set("field", field);
        }
        self.set("code", problem.code);
        for (name, value) in [("awsCode", problem.aws_code), ("awsRequestId", problem.aws_request_id)] {
            if let Some(value) = value {
                self.set(name, value);
            }
        }
        if let Error::Internal(text) = error {
            self.set("error", text.as_str());
            self.is_internal_error = true;
        }
    }

    /// Writes the line.
    pub(crate) fn finish(mut self, status: u16, duration: Duration) {
        self.set("status", status);
        self.set("milliseconds", i64::try_from(duration.whole_milliseconds()).unwrap_or(i64::MAX));
        write(&Value::Object(self.fields), self.is_internal_error);
    }
}

/// Logs an event at level `log`.
pub(crate) fn info(event: &str, fields: Value) {
    write(&line(event, fields), false);
}

/// Logs a bug in Kraiter or a failure of the platform at level `error`.
pub(crate) fn error(event: &str, fields: Value) {
    write(&line(event, fields), true);
}

/// Logs an error about an email at level `error`.
pub(crate) fn email_error(event: &str, id: EmailId, cause: &Error) {
    error(event, json!({ "emailId": id, "error": format!("{cause:?}") }));
}

fn line(event: &str, fields: Value) -> Value {
    let mut line = json!({ "event": event });
    if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    line
}

fn write(line: &Value, is_error: bool) {
    if is_error {
        console_error!("{line}");
    } else {
        console_log!("{line}");
    }
}

#[cfg(test)]
mod tests {
    /// Returns the lines of a table in `wrangler.toml`.
    fn configuration(table: &str) -> Vec<&'static str> {
        let lines = include_str!("../../../wrangler.toml").lines();
        let table = lines.skip_while(|line| *line != format!("[{table}]")).skip(1);
        table.take_while(|line| !line.starts_with('[')).collect()
    }

    #[test]
    fn cloudflare_records_no_urls_because_they_may_contain_tokens() {
        assert!(configuration("observability.logs").contains(&"invocation_logs = false"));
        assert!(configuration("observability.traces").contains(&"enabled = false"));
    }
}
