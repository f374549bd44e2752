//! `/v1/emails` and below.

use http::StatusCode;
use serde_json::{Value, json};

use super::templates;
use crate::{
    Invalid,
    api::{
        ApiError, BatchView, EmailId, EmailPage, EmailView, SendBatchRequest, SendEmailRequest, SentView,
        openapi::operation::{Operation, Tag},
    },
    aws::Region,
    mail::EmailProblem,
};

const ID: &str = "eml_019ab0c5d0007000800000000000000a";

/// What may be wrong with an email.
const PROBLEMS: [EmailProblem; 30] = [
    EmailProblem::Value(Invalid::EmailAddress),
    EmailProblem::Value(Invalid::EmailAddressNotAscii),
    EmailProblem::Value(Invalid::DisplayName),
    EmailProblem::Value(Invalid::Domain),
    EmailProblem::Value(Invalid::Region),
    EmailProblem::NoRecipient,
    EmailProblem::TooManyRecipients,
    EmailProblem::UnsubscribeRecipients,
    EmailProblem::UnsubscribeHeader,
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
    EmailProblem::FileName,
    EmailProblem::FileType,
    EmailProblem::FileContent,
    EmailProblem::ContentType,
    EmailProblem::ContentId,
    EmailProblem::ContentIdWithoutHtml,
    EmailProblem::ContentIdTwice,
    EmailProblem::TooManyAttachments,
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

fn suppressed() -> Value {
    json!({
        "field": "cc[0]",
        "address": "bob@example.net",
        "reason": "bounce",
        "since": "2026-11-20T12:00:00Z",
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
                       such an email is never sent again by itself. A recipient on the list of suppressed addresses is left out and \
                       named; the others get the email.";
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
            "with a link to unsubscribe",
            json!({
                "from": "hello@example.com",
                "to": "ada@example.net",
                "subject": "News",
                "text": "Hello Ada",
                "unsubscribe": true,
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
        .example(
            "with a file and an image",
            json!({
                "from": "hello@example.com",
                "to": "ada@example.net",
                "subject": "Your invoice",
                "html": "<img src=\"cid:logo\" alt=\"Example\"><p>It is attached.</p>",
                "attachments": [
                    { "filename": "invoice.pdf", "content": "JVBERi0xLjQK" },
                    { "filename": "logo.png", "content": "iVBORw0KGgo=", "contentType": "image/png", "contentId": "logo" },
                ],
            }),
        )
        .answers::<SentView>(
            StatusCode::ACCEPTED,
            "The email is accepted.",
            json!({ "id": ID, "status": "sent", "suppressed": [suppressed()] }),
        )
        .asks_aws()
        .refuses([ApiError::RecipientsSuppressed { recipients: Vec::new() }])
        .refuses(
            Region::all().next().map(|region| ApiError::SandboxRecipients { region, recipients: Vec::new() }),
        )
        .refuses_fields(PROBLEMS.map(EmailProblem::code))
        .refuses_fields([EmailProblem::TooLarge.code()])
        .refuses_fields(templates::FILLING)
        .refuses_fields(["template_and_content", "unknown_template", "unknown_version"])
}

pub(super) fn send_batch() -> Operation {
    let description = "Each email is accepted or refused by itself: `data` has an item for each, in their order. An email with files, or with \
                       more than 256 KiB of HTML and text, is refused as `not_in_batch`. What is no list of 1 to 100 emails by its form is \
                       refused as a whole.";
    Operation::new(Tag::Emails, "Send up to 100 emails", description)
        .takes::<SendBatchRequest>(|request| {
            for email in request.parse()? {
                if email.template()?.is_none() {
                    email.parse_in_batch()?;
                }
            }
            Ok(())
        })
        .example(
            "two emails",
            json!({
                "emails": [
                    { "from": "hello@example.com", "to": "ada@example.net", "subject": "Hello", "text": "Hello Ada" },
                    {
                        "from": "hello@example.com",
                        "to": "grace@example.org",
                        "template": { "id": "tpl_019ab0c5d0007000800000000000000a", "variables": { "name": "Grace" } },
                    },
                ],
            }),
        )
        .answers::<BatchView>(
            StatusCode::ACCEPTED,
            "What became of each.",
            json!({
                "data": [
                    { "id": ID, "status": "sent", "suppressed": [] },
                    { "error": { "code": "unknown_template", "message": "there is no such template", "field": "template.id" } },
                ],
            }),
        )
        .asks_aws()
        .refuses_fields(["invalid_batch", "content_too_long"])
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
            "attachments": [{ "filename": "invoice.pdf", "contentType": "application/pdf", "size": 48213 }],
            "suppressed": [suppressed()],
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
