//! Types that stand for a schema.

pub(crate) use domain::{connection::ReasonCode, schema::Timestamp};

/// A JSON object with any members.
pub(crate) type Object = serde_json::Map<String, serde_json::Value>;

/// The code of a problem. The document lists those of its routes.
pub(crate) struct ApiErrorCode;

domain::schema!(ApiErrorCode, "ApiErrorCode", { "type": "string", "description": "The stable code of an error." });
