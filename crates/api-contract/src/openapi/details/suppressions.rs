//! `/v1/suppressions` and below, and the unsubscribe link.

use domain::suppression::parse_csv;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Details;
use crate::{
    ApiError, CreateSuppression,
    OpenRoute::{ShowUnsubscribe, Unsubscribe},
    OrganisationRoute::{
        CreateSuppression as Create, DeleteSuppression, ExportSuppressions, GetSuppression,
        ImportSuppressions, ListSuppressions,
    },
    RouteId::{self, Open, Organisation},
};

const FILE: &str = "address,reason,since\nada@example.net,bounce,2026-11-24T12:00:00Z\n";

/// A time after those of the examples.
const LATER: OffsetDateTime = time::macros::datetime!(2070-01-01 0:00 UTC);

fn bounced() -> Value {
    json!({
        "address": "ada@example.net",
        "reason": "bounce",
        "since": "2026-11-24T12:00:00Z",
        "emailId": "eml_019ab0c5d0007000800000000000000a",
    })
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    Some(match id {
        Organisation(ListSuppressions) => Details::new("").response(
            "A page, ordered by address.",
            json!({ "data": [bounced()], "nextCursor": null }),
        ),
        Organisation(Create) => {
            let mut manual = bounced();
            manual["reason"] = "manual".into();
            manual["emailId"] = Value::Null;
            Details::new("An address that is already suppressed keeps its first reason.")
                .request("an address", json!({ "address": "ada@example.net" }))
                .accepts::<CreateSuppression>(|request| Ok(request.parse().map(drop)?))
                .response("The address is suppressed.", manual)
                .response("The address was already suppressed.", bounced())
        }
        Organisation(ImportSuppressions) => Details::new(
            "A CSV file with a header row: the column `address`, and optionally `reason` and `since`. At most 10,000 addresses and 1 MiB. If \
             any row is invalid, nothing is imported and the response names the rows.",
        )
        .request("one address", FILE.into())
        .accepts::<String>(|file| match parse_csv(file.as_bytes(), LATER) {
            Ok(_) => Ok(()),
            Err((rows, more)) => Err(ApiError::InvalidRows { rows, more }),
        })
        .response("All addresses are suppressed.", json!({ "added": 1, "already": 0 })),
        Organisation(ExportSuppressions) => {
            Details::new("The whole list, in the format of an import.").response("The list.", FILE.into())
        }
        Organisation(GetSuppression) => Details::new("").response("The suppression.", bounced()),
        Organisation(DeleteSuppression) => Details::new(
            "Kraiter sends to the address again. Events of earlier emails that arrive late do not suppress it again.",
        )
        .no_body("The address is removed."),
        Open(ShowUnsubscribe) => Details::new("Changes nothing: the button on the page posts to the same URL.")
            .response("The page.", "<!doctype html>…".into()),
        Open(Unsubscribe) => Details::new(
            "Follows RFC 8058: asks for no confirmation and ignores the request's body. The organisation's emails no longer go to the address.",
        )
        .response("The page.", "<!doctype html>…".into()),
        _ => return None,
    })
}
