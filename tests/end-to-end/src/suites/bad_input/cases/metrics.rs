//! Invalid requests to `/v1/metrics`.

use super::super::request::Case;

pub(super) fn all() -> Vec<Case> {
    let case = |name: &str, query: &str| Case::bare("GET", &format!("/v1/metrics?{query}"), name);
    vec![
        case("a date without a time", "from=2026-11-01").field("invalid_from", "from"),
        case("a time without a zone", "to=2026-11-01T00:00:00").field("invalid_to", "to"),
        case("a time far away", "to=9999-12-31T23:59:59Z").field("invalid_to", "to"),
        case("a range that ends before it starts", "from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z")
            .field("invalid_from", "from"),
        case("a range that is too long", "from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z")
            .field("invalid_from", "from"),
        case("too many hours", "by=hour&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z")
            .field("invalid_from", "from"),
        case("an unknown interval", "by=week").field("invalid_by", "by"),
        case("an unknown group", "group=status").field("invalid_group", "group"),
        case("an unknown parameter", "limit=1").field("unknown_field", "limit"),
    ]
}
