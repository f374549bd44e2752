//! Invalid requests to `/v1/requests`.

use super::super::request::Case;

pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, query: &str| Case::bare("GET", &format!("/v1/requests?{query}"), name);
    vec![
        case("an unknown class of statuses", "status=9xx").field("invalid_status", "status"),
        case("no route", "route=").field("invalid_route", "route"),
        case("an API key instead of its ID", "key={key}").field("invalid_key", "key"),
        case("the ID of an email", "id={email}").field("invalid_id", "id"),
        case("a day instead of a time", "since=2026-11-01").field("invalid_since", "since"),
        case("no time", "until=").field("invalid_until", "until"),
        case("the cursor of another list", "cursor={email}").field("invalid_cursor", "cursor"),
        case("an unknown parameter", "code=busy").field("unknown_field", "code"),
    ]
}
