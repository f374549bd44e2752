//! Invalid requests to `/v1/webhooks`.

use super::super::request::Case;

const UNKNOWN: &str = "whk_019ab0c5d0007000800000000000000a";

pub(super) fn all() -> Vec<Case> {
    let create = |name: &str, body: &str| Case::json("POST", "/v1/webhooks", name, body);
    let replay =
        |name: &str, body: &str| Case::json("POST", &format!("/v1/webhooks/{UNKNOWN}/replay"), name, body);
    let mut cases = vec![
        create("a missing URL", r#"{"events":["email.sent"]}"#).field("missing_field", "url"),
        create("url: a number", r#"{"url":1}"#).field("invalid_type", "url"),
        create("an empty URL", r#"{"url":""}"#).field("missing_field", "url"),
        create("no events", r#"{"url":"https://example.com/","events":[]}"#).field("missing_field", "events"),
        create("an unknown type", r#"{"url":"https://example.com/","events":["email.read"]}"#)
            .field("invalid_type", "events[0]"),
        create("a chosen secret", r#"{"url":"https://example.com/","secret":"whsec_x"}"#)
            .field("unknown_field", "secret"),
        replay("an empty body", "{}").field("missing_field", "number"),
        replay("a negative number", r#"{"number":-1}"#).field("invalid_type", "number"),
        replay("a number and a time", r#"{"number":1,"since":"2026-01-01T00:00:00Z"}"#)
            .field("conflicting_field", "number"),
        replay("an invalid time", r#"{"since":"yesterday"}"#).field("invalid_type", "since"),
        replay(
            "an end before the start",
            r#"{"since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}"#,
        )
        .field("invalid_replay", "until"),
        replay("an unknown id", r#"{"number":1}"#).is(404, "not_found"),
        Case::bare("GET", &format!("/v1/webhooks/{UNKNOWN}/deliveries?limit=0"), "a limit of zero")
            .field("invalid_limit", "limit"),
    ];
    for url in [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https://example.com./",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
    ] {
        let case = create(url, &format!(r#"{{"url":"{url}"}}"#));
        cases.push(case.field("invalid_webhook_url", "url"));
    }
    // The tests' own Worker accepts loopback.
    for url in [
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "https://100.64.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://intranet/",
    ] {
        let case = create(url, &format!(r#"{{"url":"{url}"}}"#));
        cases.push(case.field("webhook_url_not_public", "url"));
    }
    for (method, rest) in
        [("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/rotate-secret"), ("GET", "/deliveries")]
    {
        for (name, id) in
            [("an unknown id", UNKNOWN), ("an invalid id", "whk"), ("the id of an email", "{email}")]
        {
            let name = format!("{name}, {rest}");
            cases.push(Case::bare(method, &format!("/v1/webhooks/{id}{rest}"), &name).is(404, "not_found"));
        }
    }
    cases
}
