//! Invalid requests to `/v1/events`.

use super::super::request::Case;

pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, query: &str| Case::bare("GET", &format!("/v1/events?{query}"), name);
    vec![
        case("a negative number", "after=-1").field("invalid_after", "after"),
        case("an id instead of a number", "after={email}").field("invalid_after", "after"),
        case("a limit of zero", "limit=0").field("invalid_limit", "limit"),
        case("a limit above the maximum", "limit=101").field("invalid_limit", "limit"),
        case("an unknown parameter", "cursor=1").field("unknown_field", "cursor"),
    ]
}
