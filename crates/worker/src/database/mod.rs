//! D1: what is shown and found by several. One file a table; the schema is in `migrations/`.

pub(crate) mod api_keys;
pub(crate) mod counters;
pub(crate) mod depths;
pub(crate) mod emails;
pub(crate) mod events;
pub(crate) mod identities;
pub(crate) mod organisations;
pub(crate) mod roles;
pub(crate) mod sending_days;
pub(crate) mod sessions;
pub(crate) mod suppressions;
pub(crate) mod templates;
mod walks;
pub(crate) mod webhooks;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Env};

use crate::{clock, http::Error};

/// The database.
///
/// # Errors
/// Where the binding `DB` is missing.
pub(crate) fn open(env: &Env) -> Result<D1Database, Error> {
    Ok(env.d1("DB")?)
}

/// A statement with its values.
fn statement(database: &D1Database, sql: &str, values: &[JsValue]) -> Result<D1PreparedStatement, Error> {
    Ok(database.prepare(sql).bind(values)?)
}

/// Runs a statement; answers how many rows it changed.
async fn run(database: &D1Database, sql: &str, values: &[JsValue]) -> Result<usize, Error> {
    let result = statement(database, sql, values)?.run().await?;
    Ok(result.meta()?.and_then(|meta| meta.changes).unwrap_or_default())
}

/// A text that may be missing.
fn maybe(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from_str)
}

/// A time as it is stored.
fn written(at: OffsetDateTime) -> Result<String, Error> {
    at.format(&Rfc3339).map_err(|error| Error::internal(format!("a time can't be written: {error}")))
}

/// A stored time.
fn read_time(text: &str) -> Result<OffsetDateTime, Error> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| unreadable("time"))
}

/// A time as it is stored where times are compared and counted with: in milliseconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 have 13 digits, a float keeps 15")]
fn milliseconds(at: OffsetDateTime) -> JsValue {
    JsValue::from_f64(clock::to_milliseconds(at) as f64)
}

/// What is said of a stored value that isn't what was stored.
fn unreadable(what: &str) -> Error {
    Error::internal(format!("D1 holds an unreadable {what}"))
}
