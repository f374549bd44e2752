//! `/v1/session`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    ApiError, CreateSession, Session,
    openapi::operation::{Content, Operation, Tag},
};

fn example() -> Value {
    json!({ "organisation": { "id": "org_019ab0c5d0007000800000000000000a", "name": "Example Ltd" } })
}

pub(super) fn create() -> Operation {
    let description =
        "For the dashboard's own pages, which have to set `x-kraiter-csrf`. The cookie lasts 12 hours.";
    Operation::new(Tag::Sessions, "Sign a browser in with an API key", description)
        .takes::<CreateSession>(|request| request.parse().map(drop))
        .example(
            "the organisation's key",
            json!({ "apiKey": "kr_ae5x4z6kq2m7w3nbtv5jc2hdpiae5x4z6kq2m7w3nbtv5jc2hdpi" }),
        )
        .answers::<Session>(StatusCode::OK, "The browser is signed in.", example())
        .header("set-cookie", "The session's cookie, out of reach of scripts.")
        .refuses([ApiError::Unauthorized, ApiError::CrossSite])
}

pub(super) fn get() -> Operation {
    Operation::new(Tag::Sessions, "Whose session or key it is", "").answers::<Session>(
        StatusCode::OK,
        "It is known.",
        example(),
    )
}

pub(super) fn end() -> Operation {
    Operation::new(Tag::Sessions, "Sign the browser out", "")
        .answer(StatusCode::NO_CONTENT, "The session has ended.", Content::None)
        .header("set-cookie", "Takes the cookie from the browser.")
}
