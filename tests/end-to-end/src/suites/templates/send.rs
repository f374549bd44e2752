//! Sending with a template.

use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::emulator::SentEmail;

use super::{TestResult, assert_equal, assert_problem, assert_that, create, get, id_of, put, template};
use crate::{
    aws_proxy::{SEND_EMAIL, fault},
    harness::{Harness, IRELAND},
    test_email::{SENDER, SUCCESS},
};

fn email(template: &Value) -> Value {
    json!({ "from": SENDER, "to": SUCCESS, "template": template })
}

/// Returns the only email with this subject in the mailbox.
fn received_email(harness: &Harness, subject: &str) -> Result<SentEmail, libtest_mimic::Failed> {
    let mut matching = harness.emulator().mailbox()?;
    matching.retain(|email| email.subject.as_deref() == Some(subject));
    match matching.pop() {
        Some(email) if matching.is_empty() => Ok(email),
        _ => Err(format!("the mailbox doesn't have exactly one email with the subject \"{subject}\"").into()),
    }
}

pub(crate) fn create_preview_send(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation_to(harness.mailbox_customer()?, IRELAND)?;
    let organisation = &connected.organisation;
    let created = create(
        organisation,
        &json!({
            "name": "Order confirmation",
            "subject": "Order {{ order.number }} for {{ name }}",
            "html": "<h1>Thank you, {{ name }}!</h1><ul>{% for item in order.items %}<li>{{ item.name }}: {{ '%.2f' | format(item.price) }} €</li>\
                     {% endfor %}</ul>{% if coupon is defined %}<p>{{ coupon }}</p>{% endif %}<p><a href=\"{{ url }}\">Your order</a></p>",
        }),
    )?;
    for (field, value) in [
        ("name", json!("Order confirmation")),
        ("version", json!(1)),
        ("versions", json!({ "oldest": 1, "newest": 1 })),
        ("text", Value::Null),
        (
            "variables",
            json!([
                { "name": "order", "required": true },
                { "name": "name", "required": true },
                { "name": "coupon", "required": false },
                { "name": "url", "required": true },
            ]),
        ),
    ] {
        assert_equal(field, &created[field], &value)?;
    }
    let id = id_of(&created)?;
    assert_that(id.starts_with("tpl_"), id.clone())?;
    assert_equal("stored template", get(organisation, &id, "")?, created)?;

    let variables = json!({
        "name": "Zoë <script>",
        "order": {
            "number": "T-8213",
            "items": [{ "name": "Tea & more", "price": 4 }, { "name": "Coffee", "price": 3.5 }],
            "note": "not used",
        },
        "url": "https://shop.example/orders?a=1&b=2",
    });
    let subject = "Order T-8213 for Zoë <script>";
    let html = "<h1>Thank you, Zoë &lt;script&gt;!</h1><ul><li>Tea &amp; more: 4.00 €</li><li>Coffee: 3.50 €</li></ul>\
                <p><a href=\"https://shop.example/orders?a=1&amp;b=2\">Your order</a></p>";
    let text = "Thank you, Zoë <script>!\n\n- Tea & more: 4.00 €\n- Coffee: 3.50 €\n\n\
                 Your order (https://shop.example/orders?a=1&b=2)";
    let path = format!("/v1/templates/{id}/preview");
    let rendered =
        organisation.api.post(&path, &json!({ "variables": variables }))?.expect_status(StatusCode::OK)?;
    for (field, value) in [("subject", subject), ("html", html), ("text", text)] {
        assert_equal(field, &rendered[field], value)?;
    }

    let sent = connected.send(&email(&json!({ "id": id, "variables": variables })), "sent")?;
    assert_equal("subject in the API", &connected.email(&sent)?["subject"], subject)?;
    let received = received_email(harness, subject)?;
    assert_equal("html", received.html_body.as_deref(), Some(html))?;
    assert_equal("text", received.text_body.as_deref(), Some(text))?;
    connected.wait_for_delivery(&sent)?;
    Ok(())
}

pub(crate) fn explicit_text(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation_to(harness.mailbox_customer()?, IRELAND)?;
    let subject = "Explicit text, T-4410";
    let created = create(
        &connected.organisation,
        &json!({ "name": "Both", "subject": subject, "html": "<p>{{ a }}</p>", "text": "{{ a }} & {{ b }}" }),
    )?;
    let text_only =
        create(&connected.organisation, &json!({ "name": "One", "subject": "T-4411", "text": "{{ a }}" }))?;
    let variables = json!({ "a": "<1>", "b": null });
    connected.send(&email(&json!({ "id": id_of(&created)?, "variables": variables })), "sent")?;
    connected.send(&email(&json!({ "id": id_of(&text_only)?, "variables": { "a": "<1>" } })), "sent")?;
    let both = received_email(harness, subject)?;
    assert_equal("html", both.html_body.as_deref(), Some("<p>&lt;1&gt;</p>"))?;
    assert_equal("text", both.text_body.as_deref(), Some("<1> & "))?;
    let one = received_email(harness, "T-4411")?;
    assert_equal("html", one.html_body.as_deref().unwrap_or_default(), "")?;
    assert_equal("text", one.text_body.as_deref(), Some("<1>"))
}

pub(crate) fn preview_draft(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let preview = |body: &Value| organisation.api.post("/v1/templates/preview", body);
    let mut draft = json!({ "subject": "Bye, {{ name }}", "html": "{% if vip %}<b>Countess</b>{% endif %}!", "variables": {} });
    assert_problem(&preview(&draft)?, 422, "missing_variable", "variables.name")?;
    draft["variables"]["name"] = json!("Ada");
    assert_problem(&preview(&draft)?, 422, "missing_variable", "variables.vip")?;
    draft["variables"]["vip"] = json!(true);
    let rendered = preview(&draft)?.expect_status(StatusCode::OK)?;
    assert_equal(
        "preview",
        rendered,
        json!({
            "subject": "Bye, Ada",
            "html": "<b>Countess</b>!",
            "text": "Countess!",
            "variables": [{ "name": "name", "required": true }, { "name": "vip", "required": true }],
        }),
    )?;
    draft["text"] = json!("\n{{ name");
    let invalid = preview(&draft)?;
    assert_problem(&invalid, 422, "template_syntax", "text")?;
    assert_that(invalid.text("/detail").starts_with("\"text\", line 2, column "), invalid.text("/detail"))?;
    let list = organisation.api.get("/v1/templates")?.expect_status(StatusCode::OK)?;
    assert_equal("stored templates", &list["data"], &json!([]))
}

pub(crate) fn invalid_variables(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let created = create(&connected.organisation, &template("Hello", "{{ firstName }} {{ order.number }}"))?;
    let id = id_of(&created)?;
    let variables = json!({ "firstName": "Ada", "order": { "number": 1 } });
    let mut with_unknown = variables.clone();
    with_unknown["lastName"] = json!("Lovelace");
    let unknown_id = "tpl_00000000000070008000000000000000";
    for (template_use, code, field) in [
        (json!({ "id": id }), "missing_variable", "template.variables.firstName"),
        (
            json!({ "id": id, "variables": { "firstName": "Ada", "order": {} } }),
            "missing_variable",
            "template.variables.order.number",
        ),
        (json!({ "id": id, "variables": with_unknown }), "unknown_variable", "template.variables.lastName"),
        (
            json!({ "id": id, "variables": { "firstName": [], "order": { "number": 1 } } }),
            "template_failed",
            "template",
        ),
        (json!({ "id": unknown_id, "variables": variables }), "unknown_template", "template.id"),
        (json!({ "id": "x", "variables": variables }), "unknown_template", "template.id"),
        (json!({ "id": id, "version": 2, "variables": variables }), "unknown_version", "template.version"),
    ] {
        assert_problem(&connected.submit(&email(&template_use))?, 422, code, field)?;
    }
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)?;
    connected.send(&email(&json!({ "id": id, "variables": variables })), "sent")?;
    Ok(())
}

pub(crate) fn later_template_change(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation_to(harness.mailbox_customer()?, IRELAND)?;
    let organisation = &connected.organisation;
    let template = |text: &str| json!({ "name": "Changing", "subject": "T-5120", "text": text });
    let id = id_of(&create(organisation, &template("before {{ a }}"))?)?;
    let is_throttled = AtomicBool::new(false);
    let throttle = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let is_first = !is_throttled.swap(true, Ordering::SeqCst);
        is_first.then(fault::throttle)
    });
    let queued = connected.send(&email(&json!({ "id": id, "variables": { "a": 1 } })), "queued")?;
    put(organisation, &id, &template("after"))?.expect_status(StatusCode::OK)?;
    let response = organisation.api.delete(&format!("/v1/templates/{id}"))?;
    assert_equal("status of the deletion", response.status, StatusCode::NO_CONTENT)?;
    connected.wait_for_delivery(&queued)?;
    drop(throttle);
    assert_equal("text", received_email(harness, "T-5120")?.text_body.as_deref(), Some("before 1"))
}

pub(crate) fn other_organisation(harness: &Harness) -> TestResult {
    let (owner, other) = (harness.create_organisation()?, harness.connect_organisation()?);
    let created = create(&owner, &template("Secret", "secret"))?;
    let id = id_of(&created)?;
    let organisation = &other.organisation;
    let path = format!("/v1/templates/{id}");
    let responses = [
        organisation.api.get(&path)?,
        organisation.api.get(&format!("{path}?version=1"))?,
        put(organisation, &id, &template("Changed", "changed"))?,
        organisation.api.delete(&path)?,
        organisation.api.post(&format!("{path}/preview"), &json!({}))?,
    ];
    for response in &responses {
        assert_problem(response, 404, "not_found", "")?;
    }
    for template_use in [json!({ "id": id }), json!({ "id": id, "version": 1 })] {
        assert_problem(&other.submit(&email(&template_use))?, 422, "unknown_template", "template.id")?;
    }
    let list = organisation.api.get("/v1/templates")?.expect_status(StatusCode::OK)?;
    assert_equal("the other organisation's list", &list["data"], &json!([]))?;
    assert_equal("the owner's template", get(&owner, &id, "")?, created)?;
    assert_equal("send calls", harness.aws_proxy.send_call_count(&other.role_arn), 0)?;
    // Another organisation can use the same name.
    create(organisation, &template("Secret", "other"))?;
    Ok(())
}
