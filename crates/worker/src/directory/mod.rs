//! D1: which organisations exist, and which role belongs to which. No request to send, receive or read email needs it.
//!
//! The schema is in `migrations/`.

pub(crate) mod administrator_keys;
pub(crate) mod organisations;
pub(crate) mod role_claims;

use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Env};

use crate::{clock, http::Error};

/// Opens the database.
///
/// # Errors
/// Fails if the binding `DB` is missing.
pub(crate) fn open(env: &Env) -> Result<D1Database, Error> {
    Ok(env.d1("DB")?)
}

fn statement(database: &D1Database, sql: &str, values: &[JsValue]) -> Result<D1PreparedStatement, Error> {
    Ok(database.prepare(sql).bind(values)?)
}

/// Runs a statement. Returns how many rows it changed.
async fn run(database: &D1Database, sql: &str, values: &[JsValue]) -> Result<usize, Error> {
    let result = statement(database, sql, values)?.run().await?;
    Ok(result.meta()?.and_then(|meta| meta.changes).unwrap_or_default())
}

/// Returns a time as it is stored: milliseconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 have 13 digits, a float keeps 15")]
fn time(at: OffsetDateTime) -> JsValue {
    JsValue::from_f64(clock::to_milliseconds(at) as f64)
}
