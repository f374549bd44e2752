//! `/v1/organisations`.

use http::StatusCode;
use serde_json::json;

use crate::api::{
    CreateOrganisationRequest, OrganisationId, OrganisationView,
    openapi::operation::{Content, Operation, Tag},
};

pub(super) fn create() -> Operation {
    Operation::new(Tag::Organisations, "Make an organisation", "Its API key is shown this once.")
        .takes::<CreateOrganisationRequest>(|request| Ok(request.parse().map(drop)?))
        .example("an organisation", json!({ "name": "Example Ltd" }))
        .answers::<OrganisationView>(
            StatusCode::CREATED,
            "It is made.",
            json!({
                "id": "org_019ab0c5d0007000800000000000000a",
                "name": "Example Ltd",
                "apiKey": "kr_ae5x4z6kq2m7w3nbtv5jc2hdpiae5x4z6kq2m7w3nbtv5jc2hdpi",
                "createdAt": "2026-11-24T12:00:00Z",
            }),
        )
        .refuses_fields(["invalid_name"])
}

pub(super) fn delete() -> Operation {
    let description = "Nobody is let in any more from the answer on: keys, sessions and webhook addresses end, and what waits to be sent isn't \
                       sent. What belonged to it is deleted at once or, where it is much, within hours. Its stack and its role stay in \
                       the customer's AWS account until they are deleted there.";
    Operation::new(Tag::Organisations, "Delete an organisation", description)
        .path::<OrganisationId>("The organisation's id.")
        .answer(StatusCode::NO_CONTENT, "It is deleted.", Content::None)
}
