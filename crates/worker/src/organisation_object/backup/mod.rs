//! Backups of the organisation's data, page by page, and restoring them.
//!
//! A page holds rows of tables in the order in which they are restored. Not in a backup: credentials, sessions, and what is found out again or
//! only counts (permissions, limits, operators' metrics).
//!
//! | file | contents |
//! |---|---|
//! | `tables` | the tables, their columns and keys |
//! | `page` | writing a page |
//! | `restore` | restoring a page: existing rows stay as they are |
//! | `emails` | restoring emails |

mod emails;
mod page;
mod restore;
mod tables;

use api_contract::{BackupValue, Base64};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};

use super::sql::blob;
use crate::http::Error;

#[cfg(test)]
pub(crate) use tables::STATEMENTS;

/// Converts a value from a row.
fn from_js(value: &JsValue) -> Result<BackupValue, Error> {
    if value.is_null() {
        return Ok(BackupValue::Null(()));
    }
    if let Some(text) = value.as_string() {
        return Ok(BackupValue::Text(text));
    }
    if let Some(number) = value.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "integers in storage are below 2^53")]
        return Ok(BackupValue::Integer(number as i64));
    }
    if value.is_instance_of::<js_sys::ArrayBuffer>() || value.is_instance_of::<Uint8Array>() {
        return Ok(BackupValue::bytes(Uint8Array::new(value).to_vec()));
    }
    Err(Error::internal("the storage holds a value of an unknown type"))
}

/// Converts a value for a statement.
fn to_js(value: &BackupValue) -> JsValue {
    match value {
        BackupValue::Null(()) => JsValue::NULL,
        #[expect(clippy::cast_precision_loss, reason = "integers in storage are below 2^53")]
        BackupValue::Integer(number) => JsValue::from_f64(*number as f64),
        BackupValue::Text(text) => text.into(),
        BackupValue::Bytes([Base64(bytes)]) => blob(bytes.as_deref().unwrap_or_default()),
    }
}
