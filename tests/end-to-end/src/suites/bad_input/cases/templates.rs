//! Invalid requests to `/v1/templates`, and invalid templates in emails.

use serde_json::{Value, json};

use super::super::request::Case;

const ONE: &str = "/v1/templates/{template}";
const PREVIEW: &str = "/v1/templates/{template}/preview";
const DRAFT: &str = "/v1/templates/preview";

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, path) in [("POST", "/v1/templates"), ("PUT", ONE)] {
        cases.extend(placeholders(method, path));
        cases.extend(contents(method, path));
    }
    cases.extend(contents("POST", DRAFT));
    cases.extend(variables());
    cases.extend(versions());
    cases.extend(ids());
    cases.extend(access());
    cases.extend(in_emails());
    cases
}

/// A valid template with some fields replaced, or removed if `null`.
fn with(method: &'static str, path: &str, name: &str, fields: &Value) -> Case {
    let mut body = serde_json::Map::new();
    if path != DRAFT {
        body.insert("name".into(), json!("Other"));
    }
    body.extend([("subject".to_owned(), json!("Hello")), ("text".to_owned(), json!("Hello"))]);
    for (field, value) in fields.as_object().into_iter().flatten() {
        match value {
            Value::Null => drop(body.remove(field)),
            value => drop(body.insert(field.clone(), value.clone())),
        }
    }
    Case::json(method, path, name, Value::Object(body).to_string())
}

fn placeholders(method: &'static str, path: &str) -> Vec<Case> {
    let case =
        |name: &str, value: Value| with(method, path, &format!("name::{name}"), &json!({ "name": value }));
    let twice = r#"{"name":"Twice","name":"Other","subject":"Hello","text":"Hello"}"#;
    let taken = case("another template's", json!("Taken")).field("template_name_taken", "name");
    vec![
        case("none", Value::Null).field("missing_field", "name"),
        case("empty", json!("")).field("missing_field", "name"),
        case("blank", json!(" \t ")).field("missing_field", "name"),
        case("a number", json!(1)).field("invalid_type", "name"),
        case("a line break", json!("Hello\r\nset-cookie: a=b")).field("invalid_name", "name"),
        case("NUL", json!("Hello\0")).field("invalid_name", "name"),
        case("long", json!("ü".repeat(101))).field("invalid_name", "name"),
        Case::json(method, path, "name::twice", twice).field("duplicate_field", "name"),
        Case { status: 409, ..taken },
    ]
}

fn contents(method: &'static str, path: &str) -> Vec<Case> {
    let case = |name: &str, fields: Value| with(method, path, name, &fields);
    let subject = |name: &str, value: Value| case(&format!("subject::{name}"), json!({ "subject": value }));
    let long = "x".repeat(256 * 1024 + 1);
    let mut cases = vec![
        subject("none", Value::Null).field("missing_field", "subject"),
        subject("empty", json!("")).field("missing_field", "subject"),
        subject("blank", json!("  ")).field("invalid_subject", "subject"),
        subject("a header", json!("Hi\r\nbcc: a@b.example")).field("invalid_subject", "subject"),
        subject("a line separator", json!("Hi\u{2028}")).field("invalid_subject", "subject"),
        subject("long", json!("x".repeat(999))).field("invalid_subject", "subject"),
        subject("a list", json!(["Hello"])).field("invalid_type", "subject"),
        case("html::a number", json!({ "html": 1 })).field("invalid_type", "html"),
        case("text::an object", json!({ "text": {} })).field("invalid_type", "text"),
        case("neither text nor HTML", json!({ "text": null })).field("missing_content", "text"),
        case("both empty", json!({ "text": "", "html": "" })).field("missing_content", "text"),
        case("html::long", json!({ "html": long })).field("template_too_long", "html"),
        case("text::long", json!({ "text": long })).field("template_too_long", "text"),
    ];
    for (name, source, code) in [
        ("not closed", "Hello {{ name", "template_syntax"),
        ("nothing in it", "{{ }}", "template_syntax"),
        ("two words", "{{ first name }}", "template_syntax"),
        ("a block that doesn't end", "{% if name %", "template_syntax"),
        ("an end without a beginning", "{% endif %}", "template_syntax"),
        ("include", "{% include '/etc/passwd' %}", "template_not_allowed"),
        ("import", "{% import 'a' as b %}", "template_not_allowed"),
        ("extends", "{% extends 'a' %}", "template_not_allowed"),
        ("macro", "{% macro a() %}{% endmacro %}", "template_not_allowed"),
        ("autoescape", "{% autoescape false %}{{ name }}{% endautoescape %}", "template_not_allowed"),
        ("a call", "{{ range(9) }}", "template_not_allowed"),
        ("a method", "{{ name.__class__() }}", "template_not_allowed"),
        ("unescaped", "{{ name | safe }}", "template_not_allowed"),
        ("an unknown filter", "{{ name | system }}", "template_not_allowed"),
        ("an unknown test", "{{ name is callable }}", "template_not_allowed"),
        ("a list to multiply", "{{ [1] * 1000000000 }}", "template_not_allowed"),
    ] {
        for part in ["subject", "html", "text"] {
            cases.push(case(&format!("{part}::{name}"), json!({ part: source })).field(code, part));
        }
    }
    cases
}

fn variables() -> Vec<Case> {
    let stored = |name: &str, body: &str| Case::json("POST", PREVIEW, &format!("variables::{name}"), body);
    let draft = |name: &str, variables: &str| {
        let body = format!(r#"{{"subject":"{{{{ name }}}}","text":"x","variables":{variables}}}"#);
        Case::json("POST", DRAFT, &format!("variables::{name}"), body)
    };
    let deep = format!("{}1{}", r#"{"name":"#.repeat(200), "}".repeat(200));
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(256 * 1024 + 1));
    let mut cases = vec![
        stored("none", "{}").field("missing_variable", "variables.name"),
        stored("not the version's", r#"{"version":1,"variables":{"name":"a","x":1}}"#)
            .field("unknown_variable", "variables.x"),
        stored("version of another type", r#"{"version":"1"}"#).field("invalid_type", "version"),
        stored("version below zero", r#"{"version":-1}"#).field("invalid_type", "version"),
        stored("no such version", r#"{"version":9,"variables":{"name":"a"}}"#).is(404, "not_found"),
        draft("nested without end", &deep).is(400, "malformed_json"),
    ];
    for (name, variables, code, field) in [
        ("null", "null", "invalid_type", "variables"),
        ("a list", "[]", "invalid_type", "variables"),
        ("a text", r#""name""#, "invalid_type", "variables"),
        ("of another name", r#"{"Name":"a"}"#, "missing_variable", "variables.name"),
        ("one too many", r#"{"name":"a","age":1}"#, "unknown_variable", "variables.age"),
        ("__proto__", r#"{"name":"a","__proto__":{}}"#, "unknown_variable", "variables.__proto__"),
        ("one twice", r#"{"name":"a","name":"b"}"#, "duplicate_field", "variables.name"),
        ("one twice within", r#"{"name":{"e":1,"e":2}}"#, "duplicate_field", "variables.name.e"),
        (
            "a line break in the subject",
            r#"{"name":"a\r\nbcc: b@c.example"}"#,
            "invalid_subject",
            "variables.name",
        ),
        ("nothing in the subject", r#"{"name":null}"#, "invalid_subject", "subject"),
        ("a list in the subject", r#"{"name":[1]}"#, "template_failed", "subject"),
        ("long", long.as_str(), "variables_too_long", "variables"),
    ] {
        cases.push(draft(name, variables).field(code, field));
    }
    cases
}

fn versions() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, version) in
        [("zero", "0"), ("below zero", "-1"), ("a word", "newest"), ("empty", ""), ("huge", "99999999999")]
    {
        let case = Case::bare("GET", &format!("{ONE}?version={version}"), &format!("version::{name}"));
        cases.push(case.field("invalid_version", "version"));
    }
    for (name, version) in [("an older one", 0), ("one to come", 2)] {
        let case = with("PUT", ONE, &format!("version::{name}"), &json!({ "version": version }));
        cases.push(Case { status: 409, ..case.field("version_conflict", "version") });
    }
    cases.extend([
        with("PUT", ONE, "version::a text", &json!({ "version": "1" })).field("invalid_type", "version"),
        with("POST", "/v1/templates", "version::given", &json!({ "version": 1 }))
            .field("unknown_field", "version"),
        Case::bare("GET", &format!("{ONE}?version=9"), "version::none such").is(404, "not_found"),
        Case::bare("GET", &format!("{ONE}?v=1"), "version::unknown parameter").field("unknown_field", "v"),
    ]);
    cases
}

fn ids() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, id) in [
        ("unknown", "tpl_019ab0c5d0007000800000000000000a"),
        ("of another organisation", "{other template}"),
        ("of another kind", "{email}"),
        ("in upper case", "TPL_019AB0C5D0007000800000000000000A"),
        ("SQL", "'%20OR%20'1'='1"),
        ("not UTF-8", "%ff%fe"),
    ] {
        let path = format!("/v1/templates/{id}");
        let name = format!("id::{name}");
        let asked = [
            Case::bare("GET", &path, &name),
            Case::bare("DELETE", &path, &name),
            with("PUT", &path, &name, &json!({})),
            Case::json("POST", &format!("{path}/preview"), &name, "{}"),
        ];
        cases.extend(asked.map(|case| case.is(404, "not_found")));
    }
    for (name, query, code, field) in [
        ("zero", "limit=0", "invalid_limit", "limit"),
        ("over the most", "limit=101", "invalid_limit", "limit"),
        ("a word", "limit=all", "invalid_limit", "limit"),
        ("not an id", "cursor=x", "invalid_cursor", "cursor"),
        ("of another kind", "cursor={email}", "invalid_cursor", "cursor"),
        ("unknown parameter", "offset=1", "unknown_field", "offset"),
    ] {
        let case = Case::bare("GET", &format!("/v1/templates?{query}"), &format!("page::{name}"));
        cases.push(case.field(code, field));
    }
    for path in ["/v1/templates/", "/v1/templates/{template}/", "/v1/templates/{template}/versions"] {
        cases.push(Case::bare("GET", path, "route").is(404, "not_found"));
    }
    cases
}

/// Requests without a key. `JSON_ROUTES` covers the routes with a body.
fn access() -> Vec<Case> {
    [("GET", "/v1/templates"), ("GET", ONE), ("DELETE", ONE)]
        .map(|(method, path)| Case::bare(method, path, "key::none"))
        .map(|case| case.with_header("authorization", None).is(401, "unauthorized"))
        .into()
}

fn in_emails() -> Vec<Case> {
    let case = |name: &str, template: Value, more: Value| {
        let mut email = json!({
            "from": "sender@example.com", "to": "success@simulator.amazonses.com", "template": template,
        });
        if let (Some(email), Value::Object(more)) = (email.as_object_mut(), more) {
            email.extend(more);
        }
        Case::json("POST", "/v1/emails", &format!("template::{name}"), email.to_string())
    };
    let right = json!({ "id": "{template}", "variables": { "name": "Ada" } });
    let mut cases = Vec::new();
    for (name, field, value) in [
        ("a subject", "subject", "Hello"),
        ("HTML", "html", "<p>Hello"),
        ("a text", "text", "Hello"),
        ("an empty text", "text", ""),
    ] {
        let case = case(&format!("and {name}"), right.clone(), json!({ field: value }));
        cases.push(case.field("template_and_content", field));
    }
    let used = |more: Value| {
        let mut template = right.clone();
        if let (Some(template), Value::Object(more)) = (template.as_object_mut(), more) {
            template.extend(more);
        }
        template
    };
    for (name, template, code, field) in [
        ("a text", json!("{template}"), "invalid_type", "template"),
        ("no id", json!({ "variables": {} }), "missing_field", "template.id"),
        ("id is a number", used(json!({ "id": 1 })), "invalid_type", "template.id"),
        ("unknown field", used(json!({ "name": "Hello" })), "unknown_field", "template.name"),
        ("variables are a list", used(json!({ "variables": [] })), "invalid_type", "template.variables"),
        ("version is a text", used(json!({ "version": "1" })), "invalid_type", "template.version"),
        ("version below zero", used(json!({ "version": -1 })), "invalid_type", "template.version"),
        ("empty id", used(json!({ "id": "" })), "unknown_template", "template.id"),
        ("an id of another kind", used(json!({ "id": "{email}" })), "unknown_template", "template.id"),
        (
            "another organisation's",
            used(json!({ "id": "{other template}" })),
            "unknown_template",
            "template.id",
        ),
        (
            "another organisation's version",
            used(json!({ "id": "{other template}", "version": 1 })),
            "unknown_template",
            "template.id",
        ),
        ("version zero", used(json!({ "version": 0 })), "unknown_version", "template.version"),
        ("no such version", used(json!({ "version": 9 })), "unknown_version", "template.version"),
        (
            "a missing variable",
            used(json!({ "variables": {} })),
            "missing_variable",
            "template.variables.name",
        ),
        (
            "an unknown variable",
            used(json!({ "variables": { "name": "Ada", "x": 1 } })),
            "unknown_variable",
            "template.variables.x",
        ),
        (
            "a header in the subject",
            used(json!({ "variables": { "name": "Ada\r\nbcc: b@c.example" } })),
            "invalid_subject",
            "template.variables.name",
        ),
        ("a list in a text", used(json!({ "variables": { "name": [1] } })), "template_failed", "template"),
    ] {
        cases.push(case(name, template, json!({})).field(code, field));
    }
    cases.push(case("and no recipient", right.clone(), json!({ "to": [] })).field("missing_recipient", "to"));
    cases
}
