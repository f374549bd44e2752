//! `/v1/emails` and below.

use aws_sans_io::Region;
use domain::{EmailId, delivery::EmailStatus, email::EmailProblem};
use http::StatusCode;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};

use super::templates;
use crate::{
    ApiError, Email, EmailPage, EmailQuery, Reputation, SendBatch, SendEmail, SendingStatus, SentBatch,
    SentEmail,
    openapi::operation::{Operation, Tag},
};

const ID: &str = "eml_019ab0c5d0007000800000000000000a";

/// What may be wrong with an email.
const PROBLEMS: [EmailProblem; 33] = [
    EmailProblem::Value(domain::ValidationError::Email(email_message::ValidationError::EmailAddress)),
    EmailProblem::Value(domain::ValidationError::Email(email_message::ValidationError::EmailAddressNotAscii)),
    EmailProblem::Value(domain::ValidationError::Email(email_message::ValidationError::DisplayName)),
    EmailProblem::Value(domain::ValidationError::Email(email_message::ValidationError::Domain)),
    EmailProblem::Value(domain::ValidationError::Aws(aws_sans_io::ValidationError::Region)),
    EmailProblem::NoRecipient,
    EmailProblem::TooManyRecipients,
    EmailProblem::UnsubscribeRecipients,
    EmailProblem::UnsubscribeHeader,
    EmailProblem::TooManyReplyTo,
    EmailProblem::Subject,
    EmailProblem::NoContent,
    EmailProblem::ContentTooLong,
    EmailProblem::Message(email_message::MessageProblem::HeaderName),
    EmailProblem::Message(email_message::MessageProblem::HeaderReserved),
    EmailProblem::Message(email_message::MessageProblem::HeaderValue),
    EmailProblem::HeaderTwice,
    EmailProblem::TooManyHeaders,
    EmailProblem::Tag,
    EmailProblem::TagReserved,
    EmailProblem::TagTwice,
    EmailProblem::TooManyTags,
    EmailProblem::Message(email_message::MessageProblem::FileName),
    EmailProblem::Message(email_message::MessageProblem::FileType),
    EmailProblem::Message(email_message::MessageProblem::FileContent),
    EmailProblem::Message(email_message::MessageProblem::ContentType),
    EmailProblem::Message(email_message::MessageProblem::ContentId),
    EmailProblem::Message(email_message::MessageProblem::ContentIdWithoutHtml),
    EmailProblem::Message(email_message::MessageProblem::DuplicateContentId),
    EmailProblem::Message(email_message::MessageProblem::TooManyAttachments),
    EmailProblem::Schedule,
    EmailProblem::SchedulePassed,
    EmailProblem::ScheduleTooFar,
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
        "scheduledAt": null,
    })
}

/// When the examples would be asked for.
fn before_the_examples() -> OffsetDateTime {
    datetime!(2026-11-24 12:00 UTC)
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
    let statuses = EmailQuery::STATUSES.map(EmailStatus::name);
    Operation::new(Tag::Emails, "List emails", "")
        .pages::<EmailId>(20)
        .query(
            "status",
            "Only what is still to be sent at a time of its own.",
            json!({ "type": "string", "enum": statuses }),
        )
        .answers::<EmailPage>(
            StatusCode::OK,
            "A page, newest first.",
            json!({ "data": [summary()], "nextCursor": null }),
        )
        .refuses_fields(["invalid_status"])
}

pub(super) fn send() -> Operation {
    let description = "From the answer on the email is kept until it has been handed to SES. `unconfirmed` means that SES's answer was lost: \
                       an event tells, or it is sent again when none has come. Where no events come back, `delivery` says what to do. A \
                       recipient on the list of suppressed addresses is left out and named; the others get the email.";
    Operation::new(Tag::Emails, "Send an email", description)
        .takes::<SendEmail>(|request| match request.template()? {
            Some(_) => Ok(()),
            None => Ok(request.parse(before_the_examples()).map(drop)?),
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
            "later",
            json!({
                "from": "hello@example.com",
                "to": "ada@example.net",
                "subject": "Good morning",
                "text": "Hello Ada",
                "scheduledAt": "2026-11-25T08:00:00+01:00",
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
        .answers::<SentEmail>(
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
        .refuses_fields(["template_and_content", "unknown_template", "unknown_version", "invalid_delivery"])
}

pub(super) fn sending() -> Operation {
    let description = "How many emails wait in each region, how fast they go, and why nothing goes where that is so. SES's limits are counted \
                       in recipients.";
    Operation::new(Tag::Emails, "Show what waits to be sent", description).answers::<SendingStatus>(
        StatusCode::OK,
        "The regions that are sent from.",
        json!({
            "regions": [{
                "region": "eu-west-1",
                "queued": 0,
                "queuedInBatches": 1250,
                "unconfirmed": 0,
                "perSecond": 13.44,
                "maxSendRate": 14.0,
                "max24HourSend": 50000,
                "sentLast24Hours": 1007,
                "hold": { "reason": "rate", "until": "2026-11-24T12:00:01Z" },
            }],
        }),
    )
}

pub(super) fn reputation() -> Operation {
    let description = "Counted from the events that came back, as SES counts: its simulator is left out, and so are bounces of addresses on the \
                       account's own suppression list. AWS looks at an account as a whole: what it sends otherwise isn't counted here.";
    let rate = |count: u32, rate: f64, level: &str, review_at: f64, pause_at: f64| json!({ "count": count, "rate": rate, "level": level, "reviewAt": review_at, "pauseAt": pause_at });
    Operation::new(Tag::Emails, "Show how much mail comes back or is called spam", description)
        .answers::<Reputation>(
            StatusCode::OK,
            "The regions that mail was sent from.",
            json!({
                "days": 7,
                "regions": [{
                    "region": "eu-west-1",
                    "sent": 10_000,
                    "bounces": rate(300, 0.03, "watch", 0.05, 0.1),
                    "complaints": rate(2, 0.0002, "good", 0.001, 0.005),
                }],
            }),
        )
}

pub(super) fn send_batch() -> Operation {
    let description = "Each email is accepted or refused by itself: `data` has an item for each, in their order. An email with files, or with \
                       more than 256 KiB of HTML and text, is refused as `not_in_batch`. What is no list of 1 to 100 emails by its form is \
                       refused as a whole.";
    Operation::new(Tag::Emails, "Send up to 100 emails", description)
        .takes::<SendBatch>(|request| {
            for email in request.parse()? {
                if email.template()?.is_none() {
                    email.parse_in_batch(before_the_examples())?;
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
        .answers::<SentBatch>(
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

pub(super) fn cancel() -> Operation {
    let description = "Only an email that SES was never asked to send can be cancelled: one that is scheduled, or that waits for its turn. \
                       Cancelling it again changes nothing.";
    Operation::new(Tag::Emails, "Cancel an email", description)
        .path::<EmailId>("The email's id.")
        .answers::<SentEmail>(
            StatusCode::OK,
            "It won't be sent.",
            json!({ "id": ID, "status": "cancelled", "suppressed": [] }),
        )
        .refuses([ApiError::EmailNotCancellable { status: EmailStatus::Sent }])
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
            "history": [{ "at": "2026-11-24T12:00:01Z", "step": "sent" }],
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
        .answers::<Email>(StatusCode::OK, "What became of it.", shown)
}
