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
        |name: &str, value: Value| with(method, path, &format!("name: {name}"), &json!({ "name": value }));
    let duplicate = r#"{"name":"Twice","name":"Other","subject":"Hello","text":"Hello"}"#;
    let duplicate_name =
        case("the name of another template", json!("Taken")).field("template_name_taken", "name");
    vec![
        case("missing", Value::Null).field("missing_field", "name"),
        case("empty", json!("")).field("missing_field", "name"),
        case("only spaces", json!(" \t ")).field("missing_field", "name"),
        case("a number", json!(1)).field("invalid_type", "name"),
        case("a line break", json!("Hello\r\nset-cookie: a=b")).field("invalid_name", "name"),
        case("NUL", json!("Hello\0")).field("invalid_name", "name"),
        case("too long", json!("ü".repeat(101))).field("invalid_name", "name"),
        Case::json(method, path, "name: duplicate", duplicate).field("duplicate_field", "name"),
        Case { status: 409, ..duplicate_name },
    ]
}

fn contents(method: &'static str, path: &str) -> Vec<Case> {
    let case = |name: &str, fields: Value| with(method, path, name, &fields);
    let subject = |name: &str, value: Value| case(&format!("subject: {name}"), json!({ "subject": value }));
    let long = "x".repeat(256 * 1024 + 1);
    let mut cases = vec![
        subject("missing", Value::Null).field("missing_field", "subject"),
        subject("empty", json!("")).field("missing_field", "subject"),
        subject("only spaces", json!("  ")).field("invalid_subject", "subject"),
        subject("an injected header", json!("Hi\r\nbcc: a@b.example")).field("invalid_subject", "subject"),
        subject("a line separator", json!("Hi\u{2028}")).field("invalid_subject", "subject"),
        subject("too long", json!("x".repeat(999))).field("invalid_subject", "subject"),
        subject("a list", json!(["Hello"])).field("invalid_type", "subject"),
        case("html: a number", json!({ "html": 1 })).field("invalid_type", "html"),
        case("text: an object", json!({ "text": {} })).field("invalid_type", "text"),
        case("no text and no HTML", json!({ "text": null })).field("missing_content", "text"),
        case("empty text and HTML", json!({ "text": "", "html": "" })).field("missing_content", "text"),
        case("html: too long", json!({ "html": long })).field("template_too_long", "html"),
        case("text: too long", json!({ "text": long })).field("template_too_long", "text"),
    ];
    for (name, source, code) in [
        ("an unclosed expression", "Hello {{ name", "template_syntax"),
        ("an empty expression", "{{ }}", "template_syntax"),
        ("two words", "{{ first name }}", "template_syntax"),
        ("an unclosed block", "{% if name %", "template_syntax"),
        ("an end without a block", "{% endif %}", "template_syntax"),
        ("include", "{% include '/etc/passwd' %}", "template_not_allowed"),
        ("import", "{% import 'a' as b %}", "template_not_allowed"),
        ("extends", "{% extends 'a' %}", "template_not_allowed"),
        ("macro", "{% macro a() %}{% endmacro %}", "template_not_allowed"),
        ("autoescape", "{% autoescape false %}{{ name }}{% endautoescape %}", "template_not_allowed"),
        ("a function call", "{{ range(9) }}", "template_not_allowed"),
        ("a method call", "{{ name.__class__() }}", "template_not_allowed"),
        ("the safe filter", "{{ name | safe }}", "template_not_allowed"),
        ("an unknown filter", "{{ name | system }}", "template_not_allowed"),
        ("an unknown test", "{{ name is callable }}", "template_not_allowed"),
        ("a repeated list", "{{ [1] * 1000000000 }}", "template_not_allowed"),
    ] {
        for part in ["subject", "html", "text"] {
            cases.push(case(&format!("{part}: {name}"), json!({ part: source })).field(code, part));
        }
    }
    cases
}

fn variables() -> Vec<Case> {
    let stored = |name: &str, body: &str| Case::json("POST", PREVIEW, &format!("variables: {name}"), body);
    let draft = |name: &str, variables: &str| {
        let body = format!(r#"{{"subject":"{{{{ name }}}}","text":"x","variables":{variables}}}"#);
        Case::json("POST", DRAFT, &format!("variables: {name}"), body)
    };
    let deep = format!("{}1{}", r#"{"name":"#.repeat(200), "}".repeat(200));
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(256 * 1024 + 1));
    let mut cases = vec![
        stored("missing", "{}").field("missing_variable", "variables.name"),
        stored("a variable that the version doesn't use", r#"{"version":1,"variables":{"name":"a","x":1}}"#)
            .field("unknown_variable", "variables.x"),
        stored("a string as the version", r#"{"version":"1"}"#).field("invalid_type", "version"),
        stored("a negative version", r#"{"version":-1}"#).field("invalid_type", "version"),
        stored("an unknown version", r#"{"version":9,"variables":{"name":"a"}}"#).is(404, "not_found"),
        draft("deeply nested", &deep).is(400, "malformed_json"),
    ];
    for (name, variables, code, field) in [
        ("null", "null", "invalid_type", "variables"),
        ("a list", "[]", "invalid_type", "variables"),
        ("a text", r#""name""#, "invalid_type", "variables"),
        ("a name in another case", r#"{"Name":"a"}"#, "missing_variable", "variables.name"),
        ("an unknown variable", r#"{"name":"a","age":1}"#, "unknown_variable", "variables.age"),
        ("__proto__", r#"{"name":"a","__proto__":{}}"#, "unknown_variable", "variables.__proto__"),
        ("a duplicate variable", r#"{"name":"a","name":"b"}"#, "duplicate_field", "variables.name"),
        ("a duplicate nested field", r#"{"name":{"e":1,"e":2}}"#, "duplicate_field", "variables.name.e"),
        (
            "a line break in the subject",
            r#"{"name":"a\r\nbcc: b@c.example"}"#,
            "invalid_subject",
            "variables.name",
        ),
        ("an empty subject", r#"{"name":null}"#, "invalid_subject", "subject"),
        ("a list in the subject", r#"{"name":[1]}"#, "template_failed", "subject"),
        ("too long", long.as_str(), "variables_too_long", "variables"),
    ] {
        cases.push(draft(name, variables).field(code, field));
    }
    cases
}

fn versions() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, version) in [
        ("zero", "0"),
        ("negative", "-1"),
        ("not a number", "newest"),
        ("empty", ""),
        ("huge", "99999999999"),
    ] {
        let case = Case::bare("GET", &format!("{ONE}?version={version}"), &format!("version: {name}"));
        cases.push(case.field("invalid_version", "version"));
    }
    for (name, version) in [("an older version", 0), ("a future version", 2)] {
        let case = with("PUT", ONE, &format!("version: {name}"), &json!({ "version": version }));
        cases.push(Case { status: 409, ..case.field("version_conflict", "version") });
    }
    cases.extend([
        with("PUT", ONE, "version: a string", &json!({ "version": "1" })).field("invalid_type", "version"),
        with("POST", "/v1/templates", "a version for a new template", &json!({ "version": 1 }))
            .field("unknown_field", "version"),
        Case::bare("GET", &format!("{ONE}?version=9"), "version: unknown").is(404, "not_found"),
        Case::bare("GET", &format!("{ONE}?v=1"), "an unknown parameter").field("unknown_field", "v"),
    ]);
    cases
}

fn ids() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, id) in [
        ("an unknown id", "tpl_019ab0c5d0007000800000000000000a"),
        ("an id of another organisation", "{other template}"),
        ("an id of another type", "{email}"),
        ("an upper-case id", "TPL_019AB0C5D0007000800000000000000A"),
        ("SQL injection", "'%20OR%20'1'='1"),
        ("an id that is not UTF-8", "%ff%fe"),
    ] {
        let path = format!("/v1/templates/{id}");
        let requests = [
            Case::bare("GET", &path, name),
            Case::bare("DELETE", &path, name),
            with("PUT", &path, name, &json!({})),
            Case::json("POST", &format!("{path}/preview"), name, "{}"),
        ];
        cases.extend(requests.map(|case| case.is(404, "not_found")));
    }
    for (name, query, code, field) in [
        ("a limit of zero", "limit=0", "invalid_limit", "limit"),
        ("a limit above the maximum", "limit=101", "invalid_limit", "limit"),
        ("a limit that is not a number", "limit=all", "invalid_limit", "limit"),
        ("a cursor that is not an id", "cursor=x", "invalid_cursor", "cursor"),
        ("a cursor of another type", "cursor={email}", "invalid_cursor", "cursor"),
        ("an unknown parameter", "offset=1", "unknown_field", "offset"),
    ] {
        let case = Case::bare("GET", &format!("/v1/templates?{query}"), name);
        cases.push(case.field(code, field));
    }
    for path in ["/v1/templates/", "/v1/templates/{template}/", "/v1/templates/{template}/versions"] {
        cases.push(Case::bare("GET", path, "an unknown route").is(404, "not_found"));
    }
    cases
}

fn in_emails() -> Vec<Case> {
    let case = |name: &str, template: Value, fields: Value| {
        let mut email = json!({
            "from": "sender@example.com", "to": "success@simulator.amazonses.com", "template": template,
        });
        if let (Some(email), Value::Object(fields)) = (email.as_object_mut(), fields) {
            email.extend(fields);
        }
        Case::json("POST", "/v1/emails", &format!("template: {name}"), email.to_string())
    };
    let valid = json!({ "id": "{template}", "variables": { "name": "Ada" } });
    let mut cases = Vec::new();
    for (name, field, value) in [
        ("a subject", "subject", "Hello"),
        ("HTML", "html", "<p>Hello"),
        ("text", "text", "Hello"),
        ("empty text", "text", ""),
    ] {
        let case = case(&format!("with {name}"), valid.clone(), json!({ field: value }));
        cases.push(case.field("template_and_content", field));
    }
    let changed = |fields: Value| {
        let mut template = valid.clone();
        if let (Some(template), Value::Object(fields)) = (template.as_object_mut(), fields) {
            template.extend(fields);
        }
        template
    };
    for (name, template, code, field) in [
        ("a string", json!("{template}"), "invalid_type", "template"),
        ("a missing id", json!({ "variables": {} }), "missing_field", "template.id"),
        ("a number as the id", changed(json!({ "id": 1 })), "invalid_type", "template.id"),
        ("an unknown field", changed(json!({ "name": "Hello" })), "unknown_field", "template.name"),
        ("a list of variables", changed(json!({ "variables": [] })), "invalid_type", "template.variables"),
        ("a string as the version", changed(json!({ "version": "1" })), "invalid_type", "template.version"),
        ("a negative version", changed(json!({ "version": -1 })), "invalid_type", "template.version"),
        ("an empty id", changed(json!({ "id": "" })), "unknown_template", "template.id"),
        ("an id of another type", changed(json!({ "id": "{email}" })), "unknown_template", "template.id"),
        (
            "a template of another organisation",
            changed(json!({ "id": "{other template}" })),
            "unknown_template",
            "template.id",
        ),
        (
            "a version of another organisation's template",
            changed(json!({ "id": "{other template}", "version": 1 })),
            "unknown_template",
            "template.id",
        ),
        ("version zero", changed(json!({ "version": 0 })), "unknown_version", "template.version"),
        ("an unknown version", changed(json!({ "version": 9 })), "unknown_version", "template.version"),
        (
            "a missing variable",
            changed(json!({ "variables": {} })),
            "missing_variable",
            "template.variables.name",
        ),
        (
            "an unknown variable",
            changed(json!({ "variables": { "name": "Ada", "x": 1 } })),
            "unknown_variable",
            "template.variables.x",
        ),
        (
            "an injected header in the subject",
            changed(json!({ "variables": { "name": "Ada\r\nbcc: b@c.example" } })),
            "invalid_subject",
            "template.variables.name",
        ),
        (
            "a list in the text",
            changed(json!({ "variables": { "name": [1] } })),
            "template_failed",
            "template",
        ),
    ] {
        cases.push(case(name, template, json!({})).field(code, field));
    }
    cases
        .push(case("with no recipient", valid.clone(), json!({ "to": [] })).field("missing_recipient", "to"));
    cases
}
