//! `/v1/emails` and below.

use http::StatusCode;
use serde_json::{Value, json};

use super::templates;
use crate::{
    Invalid,
    api::{
        ApiError, EmailId, EmailPage, EmailView, SendEmailRequest, SentView,
        openapi::operation::{Operation, Tag},
    },
    aws::Region,
    mail::EmailProblem,
};

const ID: &str = "eml_019ab0c5d0007000800000000000000a";

/// What may be wrong with an email.
const PROBLEMS: [EmailProblem; 20] = [
    EmailProblem::Value(Invalid::EmailAddress),
    EmailProblem::Value(Invalid::EmailAddressNotAscii),
    EmailProblem::Value(Invalid::DisplayName),
    EmailProblem::Value(Invalid::Domain),
    EmailProblem::Value(Invalid::Region),
    EmailProblem::NoRecipient,
    EmailProblem::TooManyRecipients,
    EmailProblem::TooManyReplyTo,
    EmailProblem::Subject,
    EmailProblem::NoContent,
    EmailProblem::ContentTooLong,
    EmailProblem::HeaderName,
    EmailProblem::HeaderReserved,
    EmailProblem::HeaderValue,
    EmailProblem::HeaderTwice,
    EmailProblem::TooManyHeaders,
    EmailProblem::Tag,
    EmailProblem::TagReserved,
    EmailProblem::TagTwice,
    EmailProblem::TooManyTags,
];

fn summary() -> Value {
    json!({
        "id": ID,
        "status": "delivered",
        "from": "Example <hello@example.com>",
        "to": ["ada@example.net"],
        "subject": "Hello",
        "region": "eu-west-1",
        "createdAt": "2026-11-24T12:00:00Z",
    })
}

pub(super) fn list() -> Operation {
    Operation::new(Tag::Emails, "List emails", "").pages::<EmailId>(20).answers::<EmailPage>(
        StatusCode::OK,
        "A page, newest first.",
        json!({ "data": [summary()], "nextCursor": null }),
    )
}

pub(super) fn send() -> Operation {
    let description = "From the answer on the email is kept until it has been handed to SES. `unconfirmed` means that SES's answer was lost; \
                       such an email is never sent again by itself.";
    Operation::new(Tag::Emails, "Send an email", description)
        .takes::<SendEmailRequest>(|request| match request.template()? {
            Some(_) => Ok(()),
            None => Ok(request.parse().map(drop)?),
        })
        .example(
            "of its own parts",
            json!({
                "from": "Example <hello@example.com>",
                "to": "ada@example.net",
                "subject": "Hello",
                "html": "<p>Hello Ada</p>",
                "text": "Hello Ada",
                "headers": { "X-Campaign": "welcome" },
                "tags": { "source": "website" },
            }),
        )
        .example(
            "of a template",
            json!({
                "from": "hello@example.com",
                "to": ["ada@example.net", "grace@example.org"],
                "template": { "id": "tpl_019ab0c5d0007000800000000000000a", "variables": { "name": "Ada" } },
            }),
        )
        .answers::<SentView>(
            StatusCode::ACCEPTED,
            "The email is accepted.",
            json!({ "id": ID, "status": "sent" }),
        )
        .asks_aws()
        .refuses(
            Region::all().next().map(|region| ApiError::SandboxRecipients { region, recipients: Vec::new() }),
        )
        .refuses_fields(PROBLEMS.map(EmailProblem::code))
        .refuses_fields(templates::FILLING)
        .refuses_fields(["template_and_content", "unknown_template", "unknown_version"])
}

pub(super) fn get() -> Operation {
    let mut shown = summary();
    if let (Value::Object(shown), Value::Object(more)) = (
        &mut shown,
        json!({
            "cc": [],
            "bcc": [],
            "replyTo": [],
            "tags": { "source": "website" },
            "sesMessageId": "0102018e-0000-0000-0000-000000000000-000000",
            "error": null,
            "events": [{
                "type": "delivery",
                "at": "2026-11-24T12:00:02Z",
                "recipients": ["ada@example.net"],
                "detail": { "smtpResponse": "250 2.0.0 OK" },
            }],
        }),
    ) {
        shown.extend(more);
    }
    Operation::new(Tag::Emails, "An email and its events", "")
        .path::<EmailId>("The email's id.")
        .answers::<EmailView>(StatusCode::OK, "What became of it.", shown)
}
