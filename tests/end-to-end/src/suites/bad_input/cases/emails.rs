//! Invalid requests to `/v1/emails`.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::super::request::Case;

/// A valid request body.
pub(crate) const VALID_EMAIL: &str = r#"{"from":"sender@example.com","to":"success@simulator.amazonses.com","subject":"Hello","text":"Hello"}"#;

pub(crate) fn all() -> Vec<Case> {
    let mut cases = fields();
    cases.extend(addresses());
    cases.extend(contents());
    cases.extend(headers());
    cases.extend(tags());
    cases.extend(attachments());
    cases.extend(batches());
    cases.extend(unsubscribe());
    cases.extend(schedule());
    cases.extend(cancel());
    cases.extend(update());
    cases.extend(list());
    cases
}

/// A valid email with one field replaced, or removed if `value` is `None`.
fn with(name: &str, field: &str, value: Option<Value>) -> Case {
    let mut email: Value = serde_json::from_str(VALID_EMAIL).unwrap_or_default();
    if let Some(fields) = email.as_object_mut() {
        fields.remove(field);
        fields.extend(value.map(|value| (field.to_owned(), value)));
    }
    Case::json("POST", "/v1/emails", &format!("{field}: {name}"), email.to_string())
}

fn fields() -> Vec<Case> {
    let mut cases = Vec::new();
    for field in ["from", "to", "subject"] {
        cases.push(with("missing", field, None).field("missing_field", field));
        cases.push(with("null", field, Some(Value::Null)).field("invalid_type", field));
        cases.push(with("a number", field, Some(json!(1))).field("invalid_type", field));
        cases.push(with("an object", field, Some(json!({}))).field("invalid_type", field));
    }
    for (field, value) in [
        ("cc", json!(1)),
        ("bcc", json!({ "address": "a@b.example" })),
        ("replyTo", json!(true)),
        ("html", json!(["<p>"])),
        ("text", json!(1)),
        ("headers", json!([["X-A", "b"]])),
        ("tags", json!("a=b")),
        ("tracking", json!(true)),
        ("region", json!(1)),
    ] {
        cases.push(with("a value of another type", field, Some(value)).field("invalid_type", field));
    }
    let duplicate = VALID_EMAIL.replace("\"subject\"", "\"subject\":\"Bye\",\"subject\"");
    cases.extend([
        Case::json("POST", "/v1/emails", "a duplicate subject", duplicate)
            .field("duplicate_field", "subject"),
        with("empty", "from", Some(json!(""))).field("missing_field", "from"),
        with("empty", "subject", Some(json!(""))).field("missing_field", "subject"),
        with("an empty list", "to", Some(json!([]))).field("missing_recipient", "to"),
        with("a list of numbers", "to", Some(json!([1]))).field("invalid_type", "to[0]"),
        with("several addresses in one string", "to", Some(json!("a@b.example, c@d.example")))
            .field("several_addresses", "to[0]"),
        with("a list of lists", "to", Some(json!([["a@b.example"]]))).field("invalid_type", "to[0]"),
        with("an empty object", "tracking", Some(json!({}))).field("missing_field", "tracking.opens"),
        with("a text", "tracking", Some(json!({ "opens": "yes", "clicks": true })))
            .field("invalid_type", "tracking.opens"),
        with("an unknown field", "tracking", Some(json!({ "opens": false, "clicks": false, "x": 1 })))
            .field("unknown_field", "tracking.x"),
        with("while it is off", "tracking", Some(json!({ "opens": true, "clicks": false })))
            .field("tracking_off", "tracking"),
        with("an unknown region", "region", Some(json!("eu-west-9"))).field("invalid_region", "region"),
        with("no text and no HTML", "text", None).field("missing_content", "text"),
        with("empty", "text", Some(json!(""))).field("missing_content", "text"),
    ]);
    cases
}

fn addresses() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, address) in [
        ("no at sign", "nobody"),
        ("no domain", "nobody@"),
        ("an injected header", "a@b.example\r\nbcc: c@d.example"),
        ("an unclosed bracket", "Me <a@b.example"),
        ("an IP address", "a@[127.0.0.1]"),
        ("a space", "a b@c.example"),
    ] {
        cases.push(with(name, "from", Some(json!(address))).field("invalid_email_address", "from"));
        cases.push(
            with(name, "to", Some(json!(["a@b.example", address]))).field("invalid_email_address", "to[1]"),
        );
        cases.push(with(name, "cc", Some(json!(address))).field("invalid_email_address", "cc[0]"));
        cases.push(with(name, "bcc", Some(json!([address]))).field("invalid_email_address", "bcc[0]"));
        cases.push(with(name, "replyTo", Some(json!(address))).field("invalid_email_address", "replyTo[0]"));
    }
    let two = "a@b.example, c@d.example";
    cases.push(with("two addresses", "from", Some(json!(two))).field("invalid_email_address", "from"));
    for (field, place) in [("to", "to[0]"), ("cc", "cc[0]"), ("bcc", "bcc[0]"), ("replyTo", "replyTo[0]")] {
        let case = with("two addresses", field, Some(json!([two])));
        cases.push(case.field("several_addresses", place));
    }
    let many = |count: usize| (0..count).map(|n| format!("a{n}@b.example")).collect::<Value>();
    let name = |name: &str| Some(json!(format!("{name} <a@b.example>")));
    cases.extend([
        with("51 recipients", "to", Some(many(51))).field("too_many_recipients", "to"),
        with("50 recipients and one in to", "cc", Some(many(50))).field("too_many_recipients", "to"),
        with("10,000 recipients", "bcc", Some(many(10_000))).field("too_many_recipients", "to"),
        with("51 addresses", "replyTo", Some(many(51))).field("too_many_reply_to", "replyTo"),
        with("not ASCII", "to", Some(json!("ü@b.example"))).field("unsupported_email_address", "to[0]"),
        with("a line break in the name", "from", name("Me\r\nbcc: c@d.example"))
            .field("invalid_display_name", "from"),
        with("NUL in the name", "from", name("Me\0")).field("invalid_display_name", "from"),
        with("a line separator in the name", "from", name("M\u{2028}e"))
            .field("invalid_display_name", "from"),
        with("a name that is too long when encoded", "from", name(&"漢".repeat(100)))
            .field("invalid_display_name", "from"),
        with("a name that overrides the direction of text", "to", name("\u{202e}eM"))
            .field("invalid_display_name", "to[0]"),
        with("misplaced dots", "to", Some(json!("a..b@c.example"))).field("invalid_email_address", "to[0]"),
    ]);
    cases
}

fn schedule() -> Vec<Case> {
    let case = |name: &str, value: Value| with(name, "scheduledAt", Some(value));
    let batch = json!({ "emails": [{ "from": "sender@example.com", "to": "a@b.example", "subject": "Hello", "text": "Hello", "scheduledAt": 1 }] });
    let mut cases = vec![
        case("a number", json!(1_795_600_000)).field("invalid_type", "scheduledAt"),
        case("an object", json!({ "at": "2099-01-01T00:00:00Z" })).field("invalid_type", "scheduledAt"),
        case("a time in the past", json!("2020-01-01T00:00:00Z")).field("scheduled_at_passed", "scheduledAt"),
        case("a time in many years", json!("2099-01-01T00:00:00Z"))
            .field("scheduled_at_too_far", "scheduledAt"),
        case("the last possible time", json!("9999-12-31T23:59:59-23:59"))
            .field("scheduled_at_too_far", "scheduledAt"),
        Case::json("POST", "/v1/emails/batch", "scheduledAt: a number", batch.to_string())
            .field("invalid_type", "emails[0].scheduledAt"),
    ];
    for (name, text) in [
        ("empty", ""),
        ("a text", "tomorrow at noon"),
        ("a date without a time", "2026-12-24"),
        ("no time zone", "2026-12-24T18:00:00"),
        ("a day that doesn't exist", "2026-02-30T18:00:00Z"),
        ("two times", "2026-12-24T18:00:00Z, 2026-12-25T18:00:00Z"),
        ("a line break", "2026-12-24T18:00:00Z\n"),
    ] {
        cases.push(case(name, json!(text)).field("invalid_scheduled_at", "scheduledAt"));
    }
    cases
}

fn cancel() -> Vec<Case> {
    let cancel = |name: &str, id: &str| Case::bare("POST", &format!("/v1/emails/{id}/cancel"), name);
    vec![
        cancel("a delivered email", "{email}").is(409, "email_not_cancellable"),
        cancel("another organisation's email", "{other email}").is(404, "not_found"),
        cancel("an unknown id", "eml_019ab0c5d0007000800000000000000a").is(404, "not_found"),
        cancel("an invalid id", "cancel").is(404, "not_found"),
        cancel("the id of a template", "{template}").is(404, "not_found"),
        cancel("a request without a key", "{email}")
            .with_header("authorization", None)
            .is(401, "unauthorized"),
    ]
}

fn update() -> Vec<Case> {
    let update = |name: &str, id: &str, body: &Value| {
        Case::json("PATCH", &format!("/v1/emails/{id}"), name, body.to_string())
    };
    let at = |time: &str| json!({ "scheduledAt": time });
    let ahead = |days| {
        let time = OffsetDateTime::now_utc() + Duration::days(days);
        at(&time.format(&Rfc3339).unwrap_or_default())
    };
    vec![
        update("a delivered email", "{email}", &ahead(1)).is(409, "email_not_scheduled"),
        update("another organisation's email", "{other email}", &ahead(1)).is(404, "not_found"),
        update("an invalid id", "x", &ahead(1)).is(404, "not_found"),
        update("no time", "{email}", &json!({})).field("missing_field", "scheduledAt"),
        update("null", "{email}", &json!({ "scheduledAt": null })).field("invalid_type", "scheduledAt"),
        update("a text", "{email}", &at("tomorrow")).field("invalid_scheduled_at", "scheduledAt"),
        update("the past", "{email}", &ahead(-1)).field("scheduled_at_passed", "scheduledAt"),
        update("too far ahead", "{email}", &ahead(31)).field("scheduled_at_too_far", "scheduledAt"),
        update("another field", "{email}", &json!({ "scheduledAt": "2027-01-01T00:00:00Z", "subject": "s" }))
            .field("unknown_field", "subject"),
    ]
}

fn list() -> Vec<Case> {
    let list = |name: &str, query: &str| Case::bare("GET", &format!("/v1/emails?{query}"), name);
    vec![
        list("status: an unknown status", "status=lost").field("invalid_status", "status"),
        list("status: empty", "status=").field("invalid_status", "status"),
        list("status: upper case", "status=SCHEDULED").field("invalid_status", "status"),
        list("to: a part of an address", "to=ada").field("invalid_email_address", "to"),
        list("to: a name", "to=Ada+%3Cada@example.com%3E").field("invalid_email_address", "to"),
        list("to: invalid UTF-8", "to=%ff@example.com").field("unsupported_email_address", "to"),
        list("from: empty", "from=").field("invalid_email_address", "from"),
        list("from: very long", &format!("from={}.com", "a".repeat(2_000)))
            .field("invalid_email_address", "from"),
        list("subject: too long", &format!("subject={}", "a".repeat(201))).field("invalid_search", "subject"),
        list("tag: a value without a name", "tag==spring").field("invalid_tag", "tag"),
        list("template: a name", "template=welcome").field("invalid_search", "template"),
        list("region: unknown", "region=mars").field("invalid_region", "region"),
        list("since: a date without a time", "since=2026-11-24").field("invalid_since", "since"),
        list("until: a time without a zone", "until=2026-11-24T12:00:00").field("invalid_until", "until"),
    ]
}

fn unsubscribe() -> Vec<Case> {
    let case = |name: &str, fields: Value| {
        let mut email: Value = serde_json::from_str(VALID_EMAIL).unwrap_or_default();
        email["unsubscribe"] = json!(true);
        if let (Value::Object(email), Value::Object(fields)) = (&mut email, fields) {
            email.extend(fields);
        }
        Case::json("POST", "/v1/emails", &format!("unsubscribe: {name}"), email.to_string())
    };
    let many: serde_json::Map<String, Value> = (0..14).map(|n| (format!("X-{n}"), json!("a"))).collect();
    vec![
        case("a text", json!({ "unsubscribe": "yes" })).field("invalid_type", "unsubscribe"),
        case("null", json!({ "unsubscribe": null })).field("invalid_type", "unsubscribe"),
        case("two recipients", json!({ "to": ["a@b.example", "b@b.example"] }))
            .field("unsubscribe_recipients", "unsubscribe"),
        case("a BCC recipient", json!({ "bcc": "b@b.example" }))
            .field("unsubscribe_recipients", "unsubscribe"),
        case(
            "a custom List-Unsubscribe header",
            json!({ "headers": { "list-unsubscribe": "<https://b.example>" } }),
        )
        .field("unsubscribe_header", "headers.list-unsubscribe"),
        case("too many other headers", json!({ "headers": many })).field("too_many_headers", "headers"),
    ]
}

fn contents() -> Vec<Case> {
    let subject =
        |name: &str, text: &str| with(name, "subject", Some(json!(text))).field("invalid_subject", "subject");
    vec![
        subject("an injected header", "Hello\r\nbcc: c@d.example"),
        subject("a line feed", "Hello\n"),
        subject("a carriage return", "Hel\rlo"),
        subject("NUL", "Hel\0lo"),
        subject("a line separator", "Hel\u{2028}lo"),
        subject("only spaces", "   "),
        subject("too long", &"x".repeat(999)),
    ]
}

fn headers() -> Vec<Case> {
    let case = |name: &str, headers: Value| with(name, "headers", Some(headers));
    let many: serde_json::Map<String, Value> = (0..16).map(|n| (format!("X-{n}"), json!("a"))).collect();
    let duplicate = VALID_EMAIL.replacen('{', r#"{"headers":{"X-A":"a","X-A":"b"},"#, 1);
    let mut cases = vec![
        case("a line break in a value", json!({ "X-A": "a\r\nbcc: c@d.example" }))
            .field("invalid_header_value", "headers.X-A"),
        case("a line feed at the end", json!({ "X-A": "a\n" })).field("invalid_header_value", "headers.X-A"),
        case("an empty value", json!({ "X-A": "" })).field("invalid_header_value", "headers.X-A"),
        case("a value that is not ASCII", json!({ "X-A": "ü" })).field("invalid_header_value", "headers.X-A"),
        case("a line that is too long", json!({ "X-A": "a".repeat(994) }))
            .field("invalid_header_value", "headers.X-A"),
        case("a value that is not a string", json!({ "X-A": 1 })).field("invalid_type", "headers.X-A"),
        case("a line break in a name", json!({ "X-A\r\nBcc": "a" }))
            .field("invalid_header_name", "headers.X-A\r\nBcc"),
        case("a colon in a name", json!({ "X-A:": "a" })).field("invalid_header_name", "headers.X-A:"),
        case("a space in a name", json!({ "X A": "a" })).field("invalid_header_name", "headers.X A"),
        case("an empty name", json!({ "": "a" })).field("invalid_header_name", "headers."),
        case("a duplicate name in another case", json!({ "X-A": "a", "x-a": "b" }))
            .field("duplicate_header", "headers.x-a"),
        case("too many", Value::Object(many)).field("too_many_headers", "headers"),
        Case::json("POST", "/v1/emails", "headers: a duplicate name", duplicate)
            .field("duplicate_field", "headers.X-A"),
    ];
    for (name, field) in [
        ("Bcc", "headers.Bcc"),
        ("from", "headers.from"),
        ("Return-Path", "headers.Return-Path"),
        ("Content-Type", "headers.Content-Type"),
        ("DKIM-Signature", "headers.DKIM-Signature"),
        ("X-SES-CONFIGURATION-SET", "headers.X-SES-CONFIGURATION-SET"),
        ("x-ses-message-tags", "headers.x-ses-message-tags"),
    ] {
        cases.push(case(name, json!({ name: "a" })).field("reserved_header", field));
    }
    cases
}

fn tags() -> Vec<Case> {
    let case = |name: &str, tags: Value| with(name, "tags", Some(tags));
    let many: serde_json::Map<String, Value> = (0..50).map(|n| (format!("tag{n}"), json!("a"))).collect();
    vec![
        case("a space in a value", json!({ "a": "b c" })).field("invalid_tag", "tags.a"),
        case("a line break in a value", json!({ "a": "b\n" })).field("invalid_tag", "tags.a"),
        case("an empty value", json!({ "a": "" })).field("invalid_tag", "tags.a"),
        case("a value that is too long", json!({ "a": "b".repeat(257) })).field("invalid_tag", "tags.a"),
        case("a name that is not ASCII", json!({ "ä": "b" })).field("invalid_tag", "tags.ä"),
        case("a value that is not a string", json!({ "a": 1 })).field("invalid_type", "tags.a"),
        case("a reserved name", json!({ "kraiter-message-id": "b" }))
            .field("reserved_tag", "tags.kraiter-message-id"),
        case("a reserved name in another case", json!({ "Kraiter": "b" }))
            .field("reserved_tag", "tags.Kraiter"),
        case("a name reserved by SES", json!({ "ses:from-domain": "b" }))
            .field("reserved_tag", "tags.ses:from-domain"),
        case("a duplicate name in another case", json!({ "a": "b", "A": "b" }))
            .field("duplicate_tag", "tags.a"),
        case("too many", Value::Object(many)).field("too_many_tags", "tags"),
    ]
}

/// A valid attachment with one field replaced, or removed if `value` is `None`.
fn file(name: &str, field: &str, value: Option<Value>) -> Case {
    let mut file = json!({ "filename": "a.pdf", "content": "JVBERg==" });
    if let Some(fields) = file.as_object_mut() {
        fields.remove(field);
        fields.extend(value.map(|value| (field.to_owned(), value)));
    }
    with(&format!("{field}: {name}"), "attachments", Some(json!([file])))
}

fn attachments() -> Vec<Case> {
    let mut cases = vec![
        with("null", "attachments", Some(Value::Null)).field("invalid_type", "attachments"),
        with("an object", "attachments", Some(json!({}))).field("invalid_type", "attachments"),
        with("a list of strings", "attachments", Some(json!(["a"]))).field("invalid_type", "attachments[0]"),
        file("missing", "filename", None).field("missing_field", "attachments[0].filename"),
        file("missing", "content", None).field("missing_field", "attachments[0].content"),
        file("an unknown field", "path", Some(json!("/etc/passwd")))
            .field("unknown_field", "attachments[0].path"),
        file("a number", "content", Some(json!(1))).field("invalid_type", "attachments[0].content"),
        file("without HTML", "contentId", Some(json!("logo")))
            .field("content_id_without_html", "attachments[0].contentId"),
    ];
    for content in ["JVBER", "JVBE=Rg=", "JVBE*Rg=", "data:text/plain;base64,JVBE", "é", "\u{0}"] {
        cases.push(
            file(&format!("{content:?}"), "content", Some(json!(content)))
                .field("invalid_base64", "attachments[0].content"),
        );
    }
    for name in ["", "a/b.pdf", "..\\b.pdf", "a\r\nBcc: c@d.example", "a\u{0}.pdf", "fdp.\u{202e}exe"] {
        cases.push(
            file(&format!("{name:?}"), "filename", Some(json!(name)))
                .field("invalid_filename", "attachments[0].filename"),
        );
    }
    for name in ["run.exe", "RUN.JS", "x.bat."] {
        cases.push(
            file(name, "filename", Some(json!(name)))
                .field("attachment_type_refused", "attachments[0].filename"),
        );
    }
    for kind in ["pdf", "multipart/mixed", "message/rfc822", "text/html; charset", "a/b\r\nX: y"] {
        cases.push(
            file(&format!("{kind:?}"), "contentType", Some(json!(kind)))
                .field("invalid_content_type", "attachments[0].contentType"),
        );
    }
    for id in ["", "<logo>", "a b", "a\r\nX: y"] {
        cases.push(
            file(&format!("{id:?}"), "contentId", Some(json!(id)))
                .field("invalid_content_id", "attachments[0].contentId"),
        );
    }
    let many = vec![json!({ "filename": "a.txt", "content": "" }); 101];
    cases.push(
        with("too many", "attachments", Some(json!(many))).field("too_many_attachments", "attachments"),
    );
    let large = "A".repeat(40_000_004);
    let large =
        VALID_EMAIL.replace('}', &format!(r#","attachments":[{{"filename":"a","content":"{large}"}}]}}"#));
    cases.push(
        Case::json("POST", "/v1/emails", "attachments: too large as MIME", large)
            .field("email_too_large", "attachments"),
    );
    cases
}

fn batches() -> Vec<Case> {
    let batch = |name: &str, emails: Value| {
        Case::json(
            "POST",
            "/v1/emails/batch",
            &format!("emails: {name}"),
            json!({ "emails": emails }).to_string(),
        )
    };
    let valid: Value = serde_json::from_str(VALID_EMAIL).unwrap_or_default();
    let mut invalid = valid.clone();
    invalid["to"] = json!(1);
    let mut unknown = valid.clone();
    unknown["admin"] = json!(true);
    vec![
        batch("an empty list", json!([])).field("invalid_batch", "emails"),
        batch("too many", json!(vec![valid.clone(); 101])).field("invalid_batch", "emails"),
        batch("an object", valid.clone()).field("invalid_type", "emails"),
        batch("a list of strings", json!(["a"])).field("invalid_type", "emails[0]"),
        batch("a field of another type", json!([valid.clone(), invalid]))
            .field("invalid_type", "emails[1].to"),
        batch("an unknown field", json!([valid, unknown])).field("unknown_field", "emails[1].admin"),
        Case::json("POST", "/v1/emails/batch", "emails: missing", "{}").field("missing_field", "emails"),
        batch("too long", json!("x".repeat(4 * 1024 * 1024))).is(413, "body_too_large"),
    ]
}
