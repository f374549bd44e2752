//! `/v1/events` and below.

use serde_json::{Value, json};

use super::Details;
use crate::{
    OrganisationRoute::ListEvents,
    RouteId::{self, Organisation},
};

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
        _ => return None,
    })
}
