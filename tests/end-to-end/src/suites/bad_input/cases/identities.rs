//! Invalid requests to `/v1/identities`.

use serde_json::{Value, json};

use super::super::request::Case;

/// A valid private key.
const KEY: &str = include_str!("../../../../../vectors/dkim/rsa-2048.pkcs8.pem");

pub(super) fn all() -> Vec<Case> {
    [create(), keys(), ids(), lists(), addresses(), open()].concat()
}

fn create() -> Vec<Case> {
    let case = |name: &str, body: String| Case::json("POST", "/v1/identities", name, body);
    let mut cases = vec![
        case("no identity", "{}".into()).field("missing_field", "identity"),
        case("identity is null", r#"{"identity":null}"#.into()).field("invalid_type", "identity"),
        case("identity is a list", r#"{"identity":["a.example"]}"#.into()).field("invalid_type", "identity"),
        case("no such region", r#"{"identity":"a.example","region":"eu-west-9"}"#.into())
            .field("invalid_region", "region"),
        case("region is a number", r#"{"identity":"a.example","region":1}"#.into())
            .field("invalid_type", "region"),
        case("a key of an address", r#"{"identity":"me@a.example","dkim":{"keyLength":1024}}"#.into())
            .field("not_a_domain", "dkim"),
        case("dkim is a text", r#"{"identity":"a.example","dkim":"easy"}"#.into())
            .field("invalid_type", "dkim"),
        case("dkim is a list", r#"{"identity":"a.example","dkim":[[]]}"#.into())
            .field("invalid_type", "dkim"),
    ];
    let long = format!("{}.example", "a".repeat(64));
    for (name, identity, code) in [
        ("empty", "", "missing_field"),
        ("one label", "localhost", "invalid_domain"),
        ("an address of a machine", "127.0.0.1", "invalid_domain"),
        ("a URL", "https://a.example", "invalid_domain"),
        ("a path", "a.example/../b", "invalid_domain"),
        ("a space", "a .example", "invalid_domain"),
        ("a line break", "a.example\n", "invalid_domain"),
        ("a wildcard", "*.example.com", "invalid_domain"),
        ("a long label", long.as_str(), "invalid_domain"),
        ("no local part", "@a.example", "invalid_email_address"),
        ("two at signs", "a@b@c.example", "invalid_email_address"),
        ("a name", "Me <me@a.example>", "invalid_email_address"),
        ("a header", "me@a.example\r\nbcc: x@a.example", "invalid_email_address"),
    ] {
        let body = format!(r#"{{"identity":{}}}"#, Value::from(identity));
        cases.push(case(&format!("identity::{name}"), body).field(code, "identity"));
    }
    cases
}

/// Invalid keys. Creating an identity and changing its key have the same rules; the fields differ by the prefix `dkim.`.
fn keys() -> Vec<Case> {
    let public = include_str!("../../../../../vectors/dkim/rsa-2048.public.pem");
    let encrypted = include_str!("../../../../../vectors/dkim/rsa-2048.encrypted.pkcs8.pem");
    let long = include_str!("../../../../../vectors/dkim/rsa-3072.pkcs8.pem");
    let ed25519 = include_str!("../../../../../vectors/dkim/ed25519.pkcs8.pem");
    let cut = &KEY[..KEY.len() / 2];
    let own = |selector: Value, key: Value| json!({ "selector": selector, "privateKey": key });
    let wrong: Vec<(&str, Value, &str, [&'static str; 2])> = vec![
        ("a length that SES doesn't make", json!({"keyLength": 4096}), "invalid_key_length", LENGTH),
        ("a length of zero", json!({"keyLength": 0}), "invalid_key_length", LENGTH),
        ("a length below zero", json!({"keyLength": -1024}), "invalid_type", LENGTH),
        ("a length with a fraction", json!({"keyLength": 1024.5}), "invalid_type", LENGTH),
        ("a length as a text", json!({"keyLength": "1024"}), "invalid_type", LENGTH),
        (
            "both kinds of key",
            json!({"keyLength": 1024, "selector": "s", "privateKey": KEY}),
            "conflicting_field",
            LENGTH,
        ),
        (
            "a length with a selector",
            json!({"keyLength": 1024, "selector": "s"}),
            "conflicting_field",
            LENGTH,
        ),
        ("no private key", json!({"selector": "s"}), "missing_field", PRIVATE),
        ("private key is null", own(json!("s"), Value::Null), "missing_field", PRIVATE),
        ("private key is a list", own(json!("s"), json!([KEY])), "invalid_type", PRIVATE),
        ("private key is empty", own(json!("s"), json!("")), "invalid_private_key", PRIVATE),
        ("private key is a word", own(json!("s"), json!("secret")), "invalid_private_key", PRIVATE),
        ("private key is a public one", own(json!("s"), json!(public)), "invalid_private_key", PRIVATE),
        ("private key is cut", own(json!("s"), json!(cut)), "invalid_private_key", PRIVATE),
        ("private key of another kind", own(json!("s"), json!(ed25519)), "invalid_private_key", PRIVATE),
        ("private key with a password", own(json!("s"), json!(encrypted)), "encrypted_private_key", PRIVATE),
        ("private key too long for SES", own(json!("s"), json!(long)), "unsupported_private_key", PRIVATE),
        ("no selector", json!({"privateKey": KEY}), "missing_field", SELECTOR),
        ("selector is a number", own(json!(1), json!(KEY)), "invalid_type", SELECTOR),
        ("selector is empty", own(json!(""), json!(KEY)), "invalid_selector", SELECTOR),
        ("selector with a dot", own(json!("a.b"), json!(KEY)), "invalid_selector", SELECTOR),
        ("selector with an underscore", own(json!("a_b"), json!(KEY)), "invalid_selector", SELECTOR),
        ("selector with a line break", own(json!("a\n"), json!(KEY)), "invalid_selector", SELECTOR),
        ("selector of 64 letters", own(json!("a".repeat(64)), json!(KEY)), "invalid_selector", SELECTOR),
        ("an unknown field", json!({"privatekey": KEY}), "unknown_field", ["privatekey", "dkim.privatekey"]),
    ];
    let mut cases = Vec::new();
    for (name, dkim, code, [field, below]) in wrong {
        let put = Case::json("PUT", DKIM, name, dkim.to_string());
        cases.push(put.field(code, field));
        let body = json!({ "identity": "a.example", "dkim": dkim }).to_string();
        cases.push(Case::json("POST", "/v1/identities", &format!("dkim::{name}"), body).field(code, below));
    }
    for (name, body) in [("nothing", "{}"), ("only nulls", r#"{"keyLength":null,"selector":null}"#)] {
        cases.push(Case::json("PUT", DKIM, name, body).field("missing_field", "keyLength"));
    }
    cases
}

const DKIM: &str = "/v1/identities/{domain}/dkim";
const LENGTH: [&str; 2] = ["keyLength", "dkim.keyLength"];
const PRIVATE: [&str; 2] = ["privateKey", "dkim.privateKey"];
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
            ("unknown", "idn_00000000000070008000000000000000"),
            ("of another organisation", "{other identity}"),
            ("of another kind", "{email}"),
            ("in upper case", "IDN_00000000000070008000000000000000"),
            ("a domain", "there.example"),
            ("SQL", "'%20OR%20'1'='1"),
            ("not UTF-8", "%ff%fe"),
        ] {
            let path = format!("/v1/identities/{id}{route}");
            let name = format!("{route} id::{name}");
            let case = if body.is_empty() {
                Case::bare(method, &path, &name)
            } else {
                Case::json(method, &path, &name, body)
            };
            cases.push(case.is(404, "not_found"));
        }
    }
    for path in ["/dkim/", "/check-dns/x", "/zone/", "/zone.txt", "/dns", "/checkDns"] {
        let path = format!("/v1/identities/{{domain}}{path}");
        cases.push(Case::bare("GET", &path, "route").is(404, "not_found"));
    }
    cases
}

fn lists() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, query, code, field) in [
        ("no such region", "region=eu-west-9", "invalid_region", "region"),
        ("an empty region", "region=", "invalid_region", "region"),
        ("a region in upper case", "region=EU-WEST-1", "invalid_region", "region"),
        ("regions in one", "region=eu-west-1,us-east-1", "invalid_region", "region"),
        ("one region of two", "region=eu-west-1&region=mars", "invalid_region", "region"),
        ("all and none", "region=all&region=mars", "invalid_region", "region"),
        ("a host", "region=eu-west-1.evil.example", "invalid_region", "region"),
        ("limit of zero", "limit=0", "invalid_limit", "limit"),
        ("limit over the most", "limit=101", "invalid_limit", "limit"),
        ("cursor of another kind", "cursor={email}", "invalid_cursor", "cursor"),
        ("cursor that is no id", "cursor=x", "invalid_cursor", "cursor"),
        ("unknown parameter", "regions=all", "unknown_field", "regions"),
        ("parameter in upper case", "Region=all", "unknown_field", "Region"),
    ] {
        let path = format!("/v1/identities?{query}");
        cases.push(Case::bare("GET", &path, &format!("query::{name}")).field(code, field));
    }
    cases
}

/// Routes that exist only for domains.
fn addresses() -> Vec<Case> {
    let of = |method, route: &str| format!("{method} {route} of an address");
    let path = |route: &str| format!("/v1/identities/{{address}}{route}");
    vec![
        Case::json("PUT", &path("/dkim"), &of("PUT", "dkim"), r#"{"keyLength":1024}"#)
            .is(409, "not_a_domain"),
        Case::bare("POST", &path("/check-dns"), &of("POST", "check-dns")).is(409, "not_a_domain"),
        Case::bare("GET", &path("/zone"), &of("GET", "zone")).is(409, "not_a_domain"),
    ]
}

/// Without a key, a response must not reveal whether an identity exists.
fn open() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, route, body) in ABOUT_ONE {
        let path = format!("/v1/identities/{{domain}}{route}");
        let case = Case::json(method, &path, &format!("{route} key::none"), body);
        cases.push(case.with_header("authorization", None).is(401, "unauthorized"));
    }
    cases
}
