//! `/v1/events` and below.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Details;
use crate::{
    CreateWebhook,
    OrganisationRoute::{
        CreateWebhook as Create, DeleteWebhook, GetWebhook, ListEvents, ListWebhookDeliveries, ListWebhooks,
        ReplayWebhook, RotateWebhookSecret, TestWebhook, UpdateWebhook,
    },
    RouteId::{self, Organisation},
    WebhookReplay,
};

const SECRET: &str = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// A time after those of the examples.
const LATER: OffsetDateTime = time::macros::datetime!(2070-01-01 0:00 UTC);

fn endpoint() -> Value {
    json!({
        "id": "whk_019ab0c5d0007000800000000000000a",
        "url": "https://example.com/webhooks/kraiter",
        "events": ["email.delivered", "email.bounced"],
        "disabled": null,
        "failingSince": null,
        "createdAt": "2026-11-24T12:00:00Z",
    })
}

/// An event of the feed.
pub(super) fn delivered() -> Value {
    json!({
        "id": "evt_019ab0c5d0007000800000000000002a",
        "number": 42,
        "type": "email.delivered",
        "timestamp": "2026-11-24T12:00:00Z",
        "data": {
            "emailId": "eml_019ab0c5d0007000800000000000000a",
            "from": "Shop <info@example.com>",
            "to": ["ada@example.net"],
            "subject": "Your order",
            "tags": { "campaign": "autumn" },
            "test": false,
            "recipients": ["ada@example.net"],
            "detail": { "smtpResponse": "250 2.0.0 OK" },
        },
    })
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    Some(match id {
        Organisation(ListEvents) => Details::new(
            "Every event has a number in its organisation, without gaps. Pass the number of the last event that you have processed as \
             `after`; an empty page means that you know them all. Events are stored as long as emails.",
        )
        .response("The events after that number, oldest first.", json!({ "data": [delivered()], "oldestNumber": 1, "newestNumber": 42 })),
        Organisation(ListWebhooks) => {
            Details::new("").response("The endpoints.", json!({ "data": [endpoint()] }))
        }
        Organisation(Create) => {
            let mut created = endpoint();
            created["secret"] = SECRET.into();
            Details::new(
                "Events are posted to the URL from then on, signed as in [Standard Webhooks](https://www.standardwebhooks.com). This also \
                 switches the event feed on. An organisation has up to 10 endpoints.",
            )
            .request(
                "some types of events",
                json!({ "url": "https://example.com/webhooks/kraiter", "events": ["email.delivered", "email.bounced"] }),
            )
            .accepts::<CreateWebhook>(|request| Ok(request.parse(false).map(drop)?))
            .response("The endpoint, with the secret that signs its webhooks.", created)
        }
        Organisation(GetWebhook) => Details::new("").response("The endpoint.", endpoint()),
        Organisation(UpdateWebhook) => Details::new(
            "Events of a disabled endpoint are not delivered automatically later: replay them.",
        )
        .request("enable it again", json!({ "enabled": true }))
        .response("The changed endpoint.", endpoint()),
        Organisation(DeleteWebhook) => Details::new("Deletes its delivery log, too.").no_body("The endpoint is deleted."),
        Organisation(RotateWebhookSecret) => {
            Details::new("For 24 hours, webhooks have two signatures: with the new secret and with the former one.")
                .response("The new secret.", json!({ "secret": SECRET }))
        }
        Organisation(TestWebhook) => Details::new(
            "Posts an event of the type `webhook.test` to the endpoint, once and also if it is disabled, and waits for the response. It isn't \
             in the feed.",
        )
        .response(
            "What came of it.",
            json!({ "delivered": true, "responseStatus": 204, "error": null, "durationMs": 87 }),
        ),
        Organisation(ListWebhookDeliveries) => Details::new("").response(
            "A page, newest event first.",
            json!({
                "data": [{
                    "number": 42,
                    "state": "pending",
                    "attempts": 2,
                    "responseStatus": 503,
                    "error": null,
                    "durationMs": 120,
                    "attemptedAt": "2026-11-24T12:00:06Z",
                    "nextAttemptAt": "2026-11-24T12:00:26Z",
                    "event": delivered(),
                }],
                "nextCursor": null,
            }),
        ),
        Organisation(ReplayWebhook) => Details::new(
            "Delivers one event again, or up to 10,000 of those recorded in a time range. The receiver gets them with the same \
             `webhook-id` as before.",
        )
        .request("one event", json!({ "number": 42 }))
        .request("a time range", json!({ "since": "2026-11-24T12:00:00Z", "until": "2026-11-24T13:00:00Z" }))
        .accepts::<WebhookReplay>(|request| Ok(request.parse(LATER).map(drop)?))
        .response("The events will be delivered.", json!({ "replayed": 1 })),
        _ => return None,
    })
}
