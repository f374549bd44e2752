//! `/v1/api-keys` and below.

use domain::ApiKeyId;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    ApiError, ApiKeyList, CreateApiKey, NewApiKey,
    openapi::operation::{Content, Operation, Tag},
};

fn shown() -> Value {
    json!({
        "id": "key_019ab0c5d0007000800000000000000a",
        "name": "Shop",
        "hint": "hdpi",
        "createdAt": "2026-11-24T12:00:00Z",
        "lastUsedAt": null,
        "current": false,
    })
}

pub(super) fn list() -> Operation {
    Operation::new(Tag::Organisations, "List API keys", "").answers::<ApiKeyList>(
        StatusCode::OK,
        "The keys, oldest first.",
        json!({ "data": [shown()] }),
    )
}

pub(super) fn create() -> Operation {
    let mut made = shown();
    made["apiKey"] = "kr_ae5x4z6kq2m7w3nbtv5jc2hdpiae5x4z6kq2m7w3nbtv5jc2hdpi".into();
    Operation::new(Tag::Organisations, "Make an API key", "The key is shown this once.")
        .takes::<CreateApiKey>(|request| Ok(request.parse().map(drop)?))
        .example("a key", json!({ "name": "Shop" }))
        .answers::<NewApiKey>(StatusCode::CREATED, "It is made.", made)
        .refuses([ApiError::TooManyApiKeys])
        .refuses_fields(["invalid_name"])
}

pub(super) fn delete() -> Operation {
    let description =
        "It is let in no more from the answer on, and neither are sessions that were made with it.";
    Operation::new(Tag::Organisations, "Delete an API key", description)
        .path::<ApiKeyId>("The key's id.")
        .answer(StatusCode::NO_CONTENT, "It is deleted.", Content::None)
        .refuses([ApiError::LastApiKey])
}
