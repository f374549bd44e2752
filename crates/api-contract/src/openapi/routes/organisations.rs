//! `/v1/organisations`.

use domain::{OrganisationId, delivery::MayHaveBeenSent};
use http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::json;

use crate::{
    ApiError, Backup, CreateOrganisation, NewOrganisation, RestoreResult,
    openapi::{
        Object,
        operation::{Content, Operation, Tag},
    },
};

pub(super) fn create() -> Operation {
    Operation::new(Tag::Organisations, "Make an organisation", "Its API key is shown this once.")
        .takes::<CreateOrganisation>(|request| Ok(request.parse().map(drop)?))
        .example("an organisation", json!({ "name": "Example Ltd" }))
        .answers::<NewOrganisation>(
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

fn page() -> serde_json::Value {
    json!({
        "version": 1,
        "organisationId": "org_019ab0c5d0007000800000000000000a",
        "takenAt": "2026-11-24T12:00:00Z",
        "connection": null,
        "keys": [],
        "pieces": [],
        "mails": [],
        "nextCursor": null,
    })
}

pub(super) fn back_up() -> Operation {
    let description = "A page of it: the connection, idempotency keys, and mail that is on its way, with its content. It holds no credentials. The \
                       form of a page is Kraiter's own: it is given back as it came.";
    Operation::new(Tag::Organisations, "Back up what D1 doesn't have", description)
        .path::<OrganisationId>("The organisation's id.")
        .query("cursor", "The `nextCursor` of the page before.", json!({ "type": "string" }))
        .answer(
            StatusCode::OK,
            "A page.",
            Content::Json {
                schema: SchemaGenerator::subschema_for::<Object>,
                example: Some(page()),
                again: |page| Ok(page.clone()),
            },
        )
        .refuses_fields(["invalid_cursor"])
}

pub(super) fn restore() -> Operation {
    let description = "Brings back a page of a backup, the pages in their order. What is there already stays as it is, so it does no harm to do it again. \
                       Mail whose time hasn't come is scheduled again; mail that has come to its end since stays so; what may have been sent \
                       since is left `unconfirmed`, or with `mail=resume` waits for an event to tell and is sent where none does. A \
                       connection counts as connected after it was proven again.";
    Operation::new(Tag::Organisations, "Restore what a backup holds", description)
        .path::<OrganisationId>("The organisation's id.")
        .query(
            "mail",
            "What becomes of mail that may have been sent since the backup. `resume` needs a D1 that was not put back.",
            json!({ "type": "string", "enum": MayHaveBeenSent::NAMES, "default": MayHaveBeenSent::NAMES[0] }),
        )
        .takes::<Object>(|page| {
            let text = serde_json::Value::Object(page).to_string();
            let id = "org_019ab0c5d0007000800000000000000a".parse();
            let id = id.map_err(|_| ApiError::NotFound { what: "organisation" })?;
            Backup::parse(text.as_bytes(), id).map(drop)
        })
        .example("a page", page())
        .answers::<RestoreResult>(
            StatusCode::OK,
            "What was brought back.",
            json!({
                "connection": true,
                "keys": 12,
                "scheduled": 3,
                "resumed": 40,
                "left": 0,
                "over": 7,
                "takenAt": "2026-11-24T12:00:00Z",
            }),
        )
        .refuses_fields(["invalid_mail", "invalid_backup"])
}
