//! `/v1/requests`.

use serde_json::json;

use super::Details;
use crate::{
    OrganisationRoute::ListRequests,
    RouteId::{self, Organisation},
};

pub(super) fn details(id: RouteId) -> Option<Details> {
    Some(match id {
        Organisation(ListRequests) => Details::new(
            "Requests of the last seven days that failed, or that changed something other than an email, newest first. Successful reads and \
             sends aren't logged. At most 60 failures and 120 changes are logged in a minute; `leftOut` counts the others.",
        )
        .response(
            "A page of requests.",
            json!({
                "data": [{
                    "id": "req_019ab0c5d0007000800000000000000a",
                    "at": "2026-11-24T12:00:00.123Z",
                    "method": "POST",
                    "route": "/v1/emails",
                    "status": 422,
                    "code": "invalid_email_address",
                    "key": { "id": "key_019ab0c5d0007000800000000000000a", "name": "Production" },
                    "session": false,
                    "milliseconds": 3,
                    "leftOut": 0,
                }],
                "nextCursor": null,
                "leftOut": 0,
            }),
        ),
        _ => return None,
    })
}
