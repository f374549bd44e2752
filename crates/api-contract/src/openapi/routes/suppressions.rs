//! `/v1/suppressions` and below, and the link to unsubscribe.

use domain::suppression::{AddressKey, Suppression, SuppressionReason, read_csv};
use http::StatusCode;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    ApiError, CreateSuppression, SuppressionImport, SuppressionPage,
    openapi::operation::{Content, Operation, Tag},
};

const FILE: &str = "address,reason,since\nada@example.net,bounce,2026-11-24T12:00:00Z\n";

fn shown() -> Value {
    json!({
        "address": "ada@example.net",
        "reason": "bounce",
        "since": "2026-11-24T12:00:00Z",
        "emailId": "eml_019ab0c5d0007000800000000000000a",
    })
}

fn of_one(summary: &'static str, description: &'static str) -> Operation {
    Operation::new(Tag::Suppressions, summary, description)
        .path::<AddressKey>("The address, percent-encoded; letters make no difference.")
}

pub(super) fn list() -> Operation {
    let text = json!({ "type": "string", "maxLength": 254 });
    let reasons = SuppressionReason::ALL.map(SuppressionReason::name);
    Operation::new(Tag::Suppressions, "List suppressed addresses", "")
        .pages::<AddressKey>(20)
        .query("search", "What the address has in it; letters make no difference.", text)
        .query("reason", "Why.", json!({ "type": "string", "enum": reasons }))
        .answers::<SuppressionPage>(
            StatusCode::OK,
            "A page, by address.",
            json!({ "data": [shown()], "nextCursor": null }),
        )
        .refuses_fields(["invalid_search", "invalid_reason"])
}

pub(super) fn create() -> Operation {
    let mut entered = shown();
    entered["reason"] = "manual".into();
    entered["emailId"] = Value::Null;
    Operation::new(
        Tag::Suppressions,
        "Suppress an address",
        "No mail goes to it any more. Of an address that is suppressed already, the first reason is shown.",
    )
    .takes::<CreateSuppression>(|request| Ok(request.parse().map(drop)?))
    .example("an address", json!({ "address": "ada@example.net" }))
    .answers::<Suppression>(StatusCode::CREATED, "It is suppressed now.", entered.clone())
    .answers::<Suppression>(StatusCode::OK, "It was suppressed already.", shown())
    .refuses_fields([
        email_message::ValidationError::EmailAddress.code(),
        email_message::ValidationError::EmailAddressNotAscii.code(),
        email_message::ValidationError::DisplayName.code(),
    ])
}

pub(super) fn get() -> Operation {
    of_one("A suppressed address", "").answers::<Suppression>(StatusCode::OK, "Why and since when.", shown())
}

pub(super) fn delete() -> Operation {
    of_one(
        "Take an address off the list",
        "Mail goes to it again. An event from before that comes late doesn't put it back.",
    )
    .answer(StatusCode::NO_CONTENT, "It is off the list.", Content::None)
}

pub(super) fn import() -> Operation {
    let description = "A heading, then an address a line: `address`, and where there are such columns `reason` and `since`. At most 10,000 \
                       addresses and 1 MiB. A file with a line that isn't right is refused as a whole, and names the line.";
    Operation::new(Tag::Suppressions, "Import suppressed addresses", description)
        .takes_csv(|file| {
            match read_csv(file.as_bytes(), OffsetDateTime::UNIX_EPOCH + time::Duration::days(36_500)) {
                Ok(_) => Ok(()),
                Err((rows, more)) => Err(ApiError::RowsRefused { rows, more }),
            }
        })
        .example("one address", FILE.into())
        .answers::<SuppressionImport>(
            StatusCode::OK,
            "All of them are suppressed.",
            json!({ "added": 1, "already": 0 }),
        )
        .refuses([ApiError::RowsRefused { rows: Vec::new(), more: 0 }])
}

pub(super) fn export() -> Operation {
    Operation::new(Tag::Suppressions, "Export suppressed addresses", "All of them, as an import takes them.")
        .answer(StatusCode::OK, "The list.", Content::Text { media_type: "text/csv", example: FILE })
}

const TOKEN: &str = "What the mail's link ends with.";

pub(super) fn show_unsubscribe() -> Operation {
    Operation::new(
        Tag::Suppressions,
        "The page behind a mail's link to unsubscribe",
        "It changes nothing: its button posts to the same address.",
    )
    .path::<String>(TOKEN)
    .answer(
        StatusCode::OK,
        "The page.",
        Content::Text { media_type: "text/html", example: "<!doctype html>…" },
    )
}

pub(super) fn unsubscribe() -> Operation {
    Operation::new(
        Tag::Suppressions,
        "Unsubscribe by one click",
        "As RFC 8058 has it: nothing is asked, and what is posted isn't read. The address gets no more mail of the organisation.",
    )
    .path::<String>(TOKEN)
    .answer(StatusCode::OK, "It is done.", Content::Text { media_type: "text/html", example: "<!doctype html>…" })
}
