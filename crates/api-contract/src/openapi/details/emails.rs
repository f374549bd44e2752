//! `/v1/emails` and below, `/v1/sending`, `/v1/reputation` and `/v1/metrics`.

use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};

use super::Details;
use crate::{
    OrganisationRoute::{
        CancelEmail, DryRunEmail, GetEmail, GetEmailContent, GetEmailMetrics, GetReputation, GetSending,
        ListEmails, SendBatch, SendEmail, UpdateEmail,
    },
    RouteId::{self, Organisation},
};

const ID: &str = "eml_019ab0c5d0007000800000000000000a";
const TEMPLATE: &str = "tpl_019ab0c5d0007000800000000000000a";

/// A time at which the examples' scheduled times are in the future.
const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn summary() -> Value {
    json!({
        "id": ID,
        "status": "delivered",
        "from": "Example <hello@example.com>",
        "to": ["ada@example.net"],
        "subject": "Hello",
        "test": false,
        "region": "eu-west-1",
        "createdAt": "2026-11-24T12:00:00Z",
        "scheduledAt": null,
    })
}

fn scheduled() -> Value {
    let mut email = email();
    email["status"] = json!("scheduled");
    email["scheduledAt"] = json!("2026-12-24T18:00:00Z");
    email["sesMessageId"] = Value::Null;
    email["history"] = json!([{ "at": "2026-11-24T12:00:01Z", "step": "rescheduled" }]);
    email["events"] = json!([]);
    email
}

fn suppressed() -> Value {
    json!({
        "field": "cc[0]",
        "address": "bob@example.net",
        "reason": "bounce",
        "since": "2026-11-20T12:00:00Z",
    })
}

fn email() -> Value {
    let mut email = summary();
    let more = json!({
        "cc": [],
        "bcc": [],
        "replyTo": [],
        "tags": { "source": "website" },
        "template": null,
        "attachments": [{ "filename": "invoice.pdf", "contentType": "application/pdf", "size": 48213 }],
        "suppressed": [suppressed()],
        "tracking": { "opens": false, "clicks": false },
        "sesMessageId": "0102018e-0000-0000-0000-000000000000-000000",
        "error": null,
        "history": [{ "at": "2026-11-24T12:00:01Z", "step": "sent" }],
        "events": [{
            "type": "delivery",
            "at": "2026-11-24T12:00:02Z",
            "recipients": ["ada@example.net"],
            "detail": { "smtpResponse": "250 2.0.0 OK" },
        }],
    });
    if let (Value::Object(email), Value::Object(more)) = (&mut email, more) {
        email.extend(more);
    }
    email
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    let Organisation(route) = id else { return None };
    Some(match route {
        ListEmails => Details::new(
            "Filters can be combined. One request reads at most 5,000 emails, and summaries of another million, so a page may have fewer \
             emails than `limit`, or none, while `nextCursor` isn't null: continue until it is.",
        )
            .response("A page, newest first.", json!({ "data": [summary()], "nextCursor": null })),
        SendEmail => send(),
        DryRunEmail => dry_run(),
        SendBatch => send_batch(),
        GetEmail => Details::new("").response("The email.", email()),
        GetEmailContent => Details::new(
            "Kraiter stores the content of an email only until SES has accepted or refused it. Don't show the HTML outside of a sandbox: it may \
             contain whatever the sender wrote.",
        )
        .response(
            "The content.",
            json!({ "stored": true, "html": "<p>Hello</p>", "text": "Hello" }),
        ),
        CancelEmail => Details::new(
            "An email can be cancelled as long as SES was never called for it: if it is scheduled or queued. Cancelling it again changes \
             nothing.",
        )
        .response("The cancelled email.", json!({ "id": ID, "status": "cancelled", "suppressed": [] })),
        UpdateEmail => Details::new(
            "A scheduled email can be moved to any time within the next 30 days, until that time has come. The email is either sent at the \
             new time or, if the request fails with `email_not_scheduled`, at the old one.",
        )
        .request("a later time", json!({ "scheduledAt": "2026-12-24T18:00:00Z" }))
        .response("The email.", scheduled()),
        GetSending => Details::new(
            "Queue length, send rate and the reason for a hold, per region. SES counts its limits in recipients.",
        )
        .response(
            "The regions that the organisation sends from.",
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
        ),
        GetReputation => reputation(),
        GetEmailMetrics => metrics(),
        _ => return None,
    })
}

fn send() -> Details {
    let description = "From the response on, Kraiter stores the email until SES has it. `unconfirmed` means that SES's response was lost: a \
        delivery event confirms the email, or Kraiter sends it again if none arrives. If the region has no events, `delivery` decides. \
        Suppressed recipients are removed and named; the others get the email.";
    Details::new(description)
        .accepts::<crate::SendEmail>(|request| match request.template()? {
            Some(_) => Ok(()),
            None => Ok(request.parse(NOW).map(drop)?),
        })
        .request(
            "HTML and text",
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
        .request(
            "scheduled",
            json!({
                "from": "hello@example.com",
                "to": "ada@example.net",
                "subject": "Good morning",
                "text": "Hello Ada",
                "scheduledAt": "2026-11-25T08:00:00+01:00",
            }),
        )
        .request(
            "with an unsubscribe link",
            json!({
                "from": "hello@example.com",
                "to": "ada@example.net",
                "subject": "News",
                "text": "Hello Ada",
                "unsubscribe": true,
            }),
        )
        .request(
            "from a template",
            json!({
                "from": "hello@example.com",
                "to": ["ada@example.net", "grace@example.org"],
                "template": { "id": TEMPLATE, "variables": { "name": "Ada" } },
            }),
        )
        .request(
            "with an attachment and an inline image",
            json!({
                "from": "hello@example.com",
                "to": "ada@example.net",
                "subject": "Your invoice",
                "html": "<img src=\"cid:logo\" alt=\"Example\"><p>It is attached.</p>",
                "attachments": [
                    { "filename": "invoice.pdf", "content": "JVBERi0xLjQK" },
                    {
                        "filename": "logo.png",
                        "content": "iVBORw0KGgo=",
                        "contentType": "image/png",
                        "contentId": "logo",
                    },
                ],
            }),
        )
        .response("The accepted email.", json!({ "id": ID, "status": "sent", "suppressed": [suppressed()] }))
}

fn dry_run() -> Details {
    let description = "Takes the same body as sending, and fails with the same problems. Otherwise the response is computed from the current \
        state; it can change until the email is sent. Nothing is sent or stored. Tracking isn't checked.";
    Details::new(description)
        .accepts::<crate::SendEmail>(|request| Ok(request.parse(NOW).map(drop)?))
        .request(
            "plain text",
            json!({ "from": "hello@example.com", "to": "ada@example.net", "subject": "Hello", "text": "Hello Ada" }),
        )
        .response(
            "What would happen.",
            json!({
                "status": "queued",
                "sendAt": "2026-11-24T12:00:01Z",
                "hold": { "reason": "rate", "until": "2026-11-24T12:00:01Z" },
                "region": "eu-west-1",
                "senderVerified": true,
                "sandbox": false,
                "suppressed": [suppressed()],
                "size": 14,
            }),
        )
}

fn send_batch() -> Details {
    let description = "Each email is accepted or refused on its own: `data` has one item per email, in the same order. All emails, with \
        their files, may have 4 MiB of JSON together. The whole request fails if it is not a list of 1 to 100 emails.";
    Details::new(description)
        .accepts::<crate::SendBatch>(|request| {
            for email in request.parse()? {
                if email.template()?.is_none() {
                    email.parse(NOW)?;
                }
            }
            Ok(())
        })
        .request(
            "two emails",
            json!({
                "emails": [
                    { "from": "hello@example.com", "to": "ada@example.net", "subject": "Hello", "text": "Hello Ada" },
                    {
                        "from": "hello@example.com",
                        "to": "grace@example.org",
                        "template": { "id": TEMPLATE, "variables": { "name": "Grace" } },
                    },
                ],
            }),
        )
        .response(
            "The result for each email.",
            json!({
                "data": [
                    { "id": ID, "status": "sent", "suppressed": [] },
                    { "error": { "code": "unknown_template", "message": "There is no such template.", "field": "template.id" } },
                ],
            }),
        )
}

fn reputation() -> Details {
    let description = "Counted from delivery events as SES counts: without emails to SES's mailbox simulator, and without bounces of addresses \
        on the account's own suppression list. AWS measures the whole account, including email that is not sent through Kraiter.";
    let rate = |count: u32, rate: f64, level: &str, review_at: f64, pause_at: f64| json!({ "count": count, "rate": rate, "level": level, "reviewAt": review_at, "pauseAt": pause_at });
    Details::new(description).response(
        "The regions that the organisation sent from.",
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

fn metrics() -> Details {
    let description = "An email counts in the interval in which Kraiter accepted it, so the numbers of an interval change as events arrive. Ranges are \
        extended to whole days or hours in UTC, and are limited to 92 days by day and to 7 days by hour. Numbers are available for 13 months. \
        \n\nOnly events that arrive while an email is stored are counted. With a `group`, the largest 32 values of each hour have numbers of their own. An \
        email without a template or tag is in no group, and one with several tags is in the groups of all of them.";
    let rate = |count: u32, rate: f64, level: &str, review_at: f64, pause_at: f64| json!({ "count": count, "rate": rate, "level": level, "reviewAt": review_at, "pauseAt": pause_at });
    let counts = json!({
        "accepted": 1000, "sent": 998, "failed": 2, "delivered": 970, "bounced": 20, "complained": 1, "opened": 400, "clicked": 90,
        "recipients": 1000, "recipientBounces": 20, "complaints": 1,
    });
    let points = json!([{ "start": "2026-11-24T00:00:00Z", "counts": counts }]);
    Details::new(description).response(
        "The numbers of the range, of each interval, and of each group.",
        json!({
            "from": "2026-11-24T00:00:00Z",
            "to": "2026-11-25T00:00:00Z",
            "by": "day",
            "group": "domain",
            "upToDate": true,
            "asOf": "2026-11-25T00:00:00Z",
            "totals": counts,
            "bounces": rate(20, 0.02, "good", 0.05, 0.1),
            "complaints": rate(1, 0.001, "too_few", 0.001, 0.005),
            "points": points,
            "groups": [{ "value": "example.com", "totals": counts, "points": points }],
        }),
    )
}
