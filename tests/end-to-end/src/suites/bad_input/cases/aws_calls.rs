//! Invalid requests to `/v1/aws-calls` and below.

use super::super::request::Case;

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in ["/v1/aws-calls", "/v1/aws-calls/export"] {
        let case = |name: &str, query: &str| Case::bare("GET", &format!("{path}?{query}"), name);
        cases.extend([
            case("a day instead of a time", "since=2026-11-01").field("invalid_since", "since"),
            case("no time", "until=").field("invalid_until", "until"),
            case("an action with a space", "action=Assume%20Role").field("invalid_action", "action"),
            case("an unknown result", "result=ok").field("invalid_result", "result"),
            case("an unknown parameter", "region=eu-west-1").field("unknown_field", "region"),
        ]);
    }
    let case = |path: &str, name: &str| Case::bare("GET", &format!("{path}?cursor={{email}}"), name);
    cases.push(case("/v1/aws-calls", "the cursor of another list").field("invalid_cursor", "cursor"));
    cases.push(case("/v1/aws-calls/export", "a cursor").field("unknown_field", "cursor"));
    cases
}
