//! Invalid requests to `/v1/identities`.

use serde_json::{Value, json};

use super::super::request::Case;

/// A valid private key.
const KEY: &str = include_str!("../../../../../vectors/dkim/rsa-2048.pkcs8.pem");

pub(super) fn all() -> Vec<Case> {
    [create(), keys(), ids(), lists(), addresses(), without_key()].concat()
}

fn create() -> Vec<Case> {
    let case = |name: &str, body: String| Case::json("POST", "/v1/identities", name, body);
    let mut cases = vec![
        case("a missing identity", "{}".into()).field("missing_field", "identity"),
        case("identity: null", r#"{"identity":null}"#.into()).field("invalid_type", "identity"),
        case("identity: a list", r#"{"identity":["a.example"]}"#.into()).field("invalid_type", "identity"),
        case("an unknown region", r#"{"identity":"a.example","region":"eu-west-9"}"#.into())
            .field("invalid_region", "region"),
        case("region: a number", r#"{"identity":"a.example","region":1}"#.into())
            .field("invalid_type", "region"),
        case("a DKIM key for an address", r#"{"identity":"me@a.example","dkim":{"keyLength":1024}}"#.into())
            .field("not_a_domain", "dkim"),
        case("dkim: a string", r#"{"identity":"a.example","dkim":"easy"}"#.into())
            .field("invalid_type", "dkim"),
        case("dkim: a list", r#"{"identity":"a.example","dkim":[[]]}"#.into()).field("invalid_type", "dkim"),
    ];
    let long = format!("{}.example", "a".repeat(64));
    for (name, identity, code) in [
        ("empty", "", "missing_field"),
        ("a single label", "localhost", "invalid_domain"),
        ("an IP address", "127.0.0.1", "invalid_domain"),
        ("a URL", "https://a.example", "invalid_domain"),
        ("a path", "a.example/../b", "invalid_domain"),
        ("a space", "a .example", "invalid_domain"),
        ("a line break", "a.example\n", "invalid_domain"),
        ("a wildcard", "*.example.com", "invalid_domain"),
        ("a label that is too long", long.as_str(), "invalid_domain"),
        ("no local part", "@a.example", "invalid_email_address"),
        ("two at signs", "a@b@c.example", "invalid_email_address"),
        ("a display name", "Me <me@a.example>", "invalid_email_address"),
        ("an injected header", "me@a.example\r\nbcc: x@a.example", "invalid_email_address"),
    ] {
        let body = format!(r#"{{"identity":{}}}"#, Value::from(identity));
        cases.push(case(&format!("identity: {name}"), body).field(code, "identity"));
    }
    cases
}

/// Invalid keys. Creating an identity and changing its key have the same rules; the fields differ by the prefix
/// `dkim.`.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn keys() -> Vec<Case> {
    let public = include_str!("../../../../../vectors/dkim/rsa-2048.public.pem");
    let encrypted = include_str!("../../../../../vectors/dkim/rsa-2048.encrypted.pkcs8.pem");
    let long = include_str!("../../../../../vectors/dkim/rsa-3072.pkcs8.pem");
    let ed25519 = include_str!("../../../../../vectors/dkim/ed25519.pkcs8.pem");
    let cut = &KEY[..KEY.len() / 2];
    let customer_key = |selector: Value, key: Value| json!({ "selector": selector, "privateKey": key });
    let invalid: Vec<(&str, Value, &str, [&'static str; 2])> = vec![
        (
            "a key length that SES doesn't support",
            json!({"keyLength": 4096}),
            "invalid_key_length",
            KEY_LENGTH,
        ),
        ("a key length of zero", json!({"keyLength": 0}), "invalid_key_length", KEY_LENGTH),
        ("a negative key length", json!({"keyLength": -1024}), "invalid_type", KEY_LENGTH),
        ("a fractional key length", json!({"keyLength": 1024.5}), "invalid_type", KEY_LENGTH),
        ("a key length as a string", json!({"keyLength": "1024"}), "invalid_type", KEY_LENGTH),
        (
            "both kinds of key",
            json!({"keyLength": 1024, "selector": "s", "privateKey": KEY}),
            "conflicting_field",
            KEY_LENGTH,
        ),
        (
            "a key length with a selector",
            json!({"keyLength": 1024, "selector": "s"}),
            "conflicting_field",
            KEY_LENGTH,
        ),
        ("a missing private key", json!({"selector": "s"}), "missing_field", PRIVATE_KEY),
        ("null as the private key", customer_key(json!("s"), Value::Null), "missing_field", PRIVATE_KEY),
        ("a list as the private key", customer_key(json!("s"), json!([KEY])), "invalid_type", PRIVATE_KEY),
        ("an empty private key", customer_key(json!("s"), json!("")), "invalid_private_key", PRIVATE_KEY),
        (
            "a private key that is not PEM",
            customer_key(json!("s"), json!("secret")),
            "invalid_private_key",
            PRIVATE_KEY,
        ),
        (
            "a public key as the private key",
            customer_key(json!("s"), json!(public)),
            "invalid_private_key",
            PRIVATE_KEY,
        ),
        ("a truncated private key", customer_key(json!("s"), json!(cut)), "invalid_private_key", PRIVATE_KEY),
        (
            "a private key of another type",
            customer_key(json!("s"), json!(ed25519)),
            "unsupported_private_key_algorithm",
            PRIVATE_KEY,
        ),
        (
            "an encrypted private key",
            customer_key(json!("s"), json!(encrypted)),
            "encrypted_private_key",
            PRIVATE_KEY,
        ),
        (
            "a private key that is too long for SES",
            customer_key(json!("s"), json!(long)),
            "unsupported_private_key",
            PRIVATE_KEY,
        ),
        ("a missing selector", json!({"privateKey": KEY}), "missing_field", SELECTOR),
        ("a number as the selector", customer_key(json!(1), json!(KEY)), "invalid_type", SELECTOR),
        ("an empty selector", customer_key(json!(""), json!(KEY)), "invalid_selector", SELECTOR),
        ("a selector with a dot", customer_key(json!("a.b"), json!(KEY)), "invalid_selector", SELECTOR),
        (
            "a selector with an underscore",
            customer_key(json!("a_b"), json!(KEY)),
            "invalid_selector",
            SELECTOR,
        ),
        (
            "a selector with a line break",
            customer_key(json!("a\n"), json!(KEY)),
            "invalid_selector",
            SELECTOR,
        ),
        (
            "a selector of 64 letters",
            customer_key(json!("a".repeat(64)), json!(KEY)),
            "invalid_selector",
            SELECTOR,
        ),
        ("an unknown field", json!({"privatekey": KEY}), "unknown_field", ["privatekey", "dkim.privatekey"]),
    ];
    let mut cases = Vec::new();
    for (name, dkim, code, [field, nested_field]) in invalid {
        let put = Case::json("PUT", DKIM, name, dkim.to_string());
        cases.push(put.field(code, field));
        let body = json!({ "identity": "a.example", "dkim": dkim }).to_string();
        cases.push(
            Case::json("POST", "/v1/identities", &format!("dkim: {name}"), body).field(code, nested_field),
        );
    }
    for (name, body) in
        [("an empty object", "{}"), ("only null values", r#"{"keyLength":null,"selector":null}"#)]
    {
        cases.push(Case::json("PUT", DKIM, name, body).field("missing_field", "keyLength"));
    }
    cases
}

const DKIM: &str = "/v1/identities/{domain}/dkim";
const KEY_LENGTH: [&str; 2] = ["keyLength", "dkim.keyLength"];
const PRIVATE_KEY: [&str; 2] = ["privateKey", "dkim.privateKey"];
const SELECTOR: [&str; 2] = ["selector", "dkim.selector"];

/// Method, path suffix and a valid body of every route below `/v1/identities/{id}`.
const ABOUT_ONE: [(&str, &str, &str); 5] = [
    ("GET", "", ""),
    ("DELETE", "", ""),
    ("PUT", "/dkim", r#"{"keyLength":1024}"#),
    ("POST", "/check-dns", ""),
    ("GET", "/zone", ""),
];

fn ids() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, route, body) in ABOUT_ONE {
        for (name, id) in [
            ("an unknown id", "idn_00000000000070008000000000000000"),
            ("an id of another organisation", "{other identity}"),
            ("an id of another type", "{email}"),
            ("an upper-case id", "IDN_00000000000070008000000000000000"),
            ("a domain", "there.example"),
            ("SQL injection", "'%20OR%20'1'='1"),
            ("an id that is not UTF-8", "%ff%fe"),
        ] {
            let path = format!("/v1/identities/{id}{route}");
            let case = if body.is_empty() {
                Case::bare(method, &path, name)
            } else {
                Case::json(method, &path, name, body)
            };
            cases.push(case.is(404, "not_found"));
        }
    }
    for path in ["/dkim/", "/check-dns/x", "/zone/", "/zone.txt", "/dns", "/checkDns"] {
        let path = format!("/v1/identities/{{domain}}{path}");
        cases.push(Case::bare("GET", &path, "an unknown route").is(404, "not_found"));
    }
    cases
}

fn lists() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, query, code, field) in [
        ("an unknown region", "region=eu-west-9", "invalid_region", "region"),
        ("an empty region", "region=", "invalid_region", "region"),
        ("an upper-case region", "region=EU-WEST-1", "invalid_region", "region"),
        ("regions in one parameter", "region=eu-west-1,us-east-1", "invalid_region", "region"),
        ("one invalid region of two", "region=eu-west-1&region=mars", "invalid_region", "region"),
        ("all with an invalid region", "region=all&region=mars", "invalid_region", "region"),
        ("a host", "region=eu-west-1.evil.example", "invalid_region", "region"),
        ("a limit of zero", "limit=0", "invalid_limit", "limit"),
        ("a limit above the maximum", "limit=101", "invalid_limit", "limit"),
        ("a cursor of another type", "cursor={email}", "invalid_cursor", "cursor"),
        ("a cursor that is not an id", "cursor=x", "invalid_cursor", "cursor"),
        ("an unknown parameter", "regions=all", "unknown_field", "regions"),
        ("an upper-case parameter", "Region=all", "unknown_field", "Region"),
    ] {
        let path = format!("/v1/identities?{query}");
        cases.push(Case::bare("GET", &path, name).field(code, field));
    }
    cases
}

/// Routes that exist only for domains.
fn addresses() -> Vec<Case> {
    let path = |route: &str| format!("/v1/identities/{{address}}{route}");
    vec![
        Case::json("PUT", &path("/dkim"), "an address", r#"{"keyLength":1024}"#).is(409, "not_a_domain"),
        Case::bare("POST", &path("/check-dns"), "an address").is(409, "not_a_domain"),
        Case::bare("GET", &path("/zone"), "an address").is(409, "not_a_domain"),
    ]
}

/// Without a key, a response must not reveal whether an identity exists.
fn without_key() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, route, body) in ABOUT_ONE {
        let path = format!("/v1/identities/{{domain}}{route}");
        let case = Case::json(method, &path, "a request without a key", body);
        cases.push(case.with_header("authorization", None).is(401, "unauthorized"));
    }
    cases
}
