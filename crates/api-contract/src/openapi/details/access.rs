//! API keys and sessions.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Details;
use crate::{
    ApiError, CreateApiKey, CreateSession, OpenRoute,
    OrganisationRoute::{CreateApiKey as Create, DeleteApiKey, EndSession, GetSession, ListApiKeys},
    RouteId::{self, Open, Organisation},
};

/// An API key with the tag of [`TAG_KEY`].
const KEY: &str = "kr_key_cqaadgvqyxiaa4aaqaaaaaaaaaaauaabaibqibiga4eascqlbqgq4dyqcejbgtbsjhxc6ttwgy";

const TAG_KEY: &str = "0123456789abcdef0123456789abcdef";

pub(super) fn key() -> Value {
    json!({
        "id": "key_019ab0c5d0007000800000000000000a",
        "name": "Shop",
        "hint": "twgy",
        "createdAt": "2026-11-24T12:00:00Z",
        "scope": "sending",
        "expiresAt": null,
        "restrictions": { "senders": ["example.com"] },
        "test": false,
        "lastUsedAt": null,
        "current": false,
    })
}

/// A new API key.
pub(super) fn new_key() -> Value {
    let mut created = key();
    created["apiKey"] = KEY.into();
    created
}

fn session() -> Value {
    json!({ "organisation": { "id": "org_019ab0c5d0007000800000000000000a", "name": "Example Ltd" }, "scope": "full" })
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    Some(match id {
        Organisation(ListApiKeys) => {
            Details::new("").response("The keys, oldest first.", json!({ "data": [key()] }))
        }
        Organisation(Create) => Details::new("The response is the only one that holds the key.")
            .request(
                "a key that only sends from one domain",
                json!({ "name": "Shop", "scope": "sending", "restrictions": { "senders": ["example.com"] } }),
            )
            .accepts::<CreateApiKey>(|request| Ok(request.parse(OffsetDateTime::UNIX_EPOCH).map(drop)?))
            .response("The new key.", new_key()),
        Organisation(DeleteApiKey) => {
            Details::new("Requests with this key, and with sessions created with it, fail immediately.")
                .no_body("The key is revoked.")
        }
        Open(OpenRoute::CreateSession) => Details::new(
            "For the dashboard's pages, which must send `x-kraiter-csrf`. The cookie lasts 12 hours.",
        )
        .request("an API key", json!({ "apiKey": KEY }))
        .accepts::<CreateSession>(|request| {
            let keys = TAG_KEY.parse().map_err(|_| ApiError::Internal)?;
            request.parse(&keys).map(drop)
        })
        .response("The browser is signed in.", session())
        .header("set-cookie", "The session cookie. Scripts cannot read it."),
        Organisation(GetSession) => {
            Details::new("").response("The organisation of the session or key.", session())
        }
        Organisation(EndSession) => Details::new("")
            .no_body("The session has ended.")
            .header("set-cookie", "Removes the session cookie."),
        _ => return None,
    })
}
