//! Sending by a template.

use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::emulator::SentEmail;

use super::{Outcome, create, equal, get, hold, id_of, is_problem, put, template};
use crate::{
    connected::{SENDER, SUCCESS},
    wiretap::{SEND_EMAIL, fault},
    world::{IRELAND, World},
};

fn email(template: &Value) -> Value {
    json!({ "from": SENDER, "to": SUCCESS, "template": template })
}

/// The one mail with this subject.
fn mail(world: &World, subject: &str) -> Result<SentEmail, libtest_mimic::Failed> {
    let mails = world.emulator().mailbox()?;
    let mut mails: Vec<_> =
        mails.into_iter().filter(|mail| mail.subject.as_deref() == Some(subject)).collect();
    match mails.pop() {
        Some(mail) if mails.is_empty() => Ok(mail),
        _ => Err(format!("not one mail is in the mailbox with the subject {subject}").into()),
    }
}

pub(crate) fn whole_way(world: &World) -> Outcome {
    let connected = world.connected_to(world.shown_customer()?, IRELAND)?;
    let organisation = &connected.organisation;
    let made = create(
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
        equal(field, &made[field], &value)?;
    }
    let id = id_of(&made)?;
    hold(id.starts_with("tpl_"), id.clone())?;
    equal("the template as it is stored", get(organisation, &id, "")?, made)?;

    let variables = json!({
        "name": "Zoë <script>",
        "order": {
            "number": "T-8213",
            "items": [{ "name": "Tea & more", "price": 4 }, { "name": "Coffee", "price": 3.5 }],
            "note": "not shown",
        },
        "url": "https://shop.example/orders?a=1&b=2",
    });
    let subject = "Order T-8213 for Zoë <script>";
    let html = "<h1>Thank you, Zoë &lt;script&gt;!</h1><ul><li>Tea &amp; more: 4.00 €</li><li>Coffee: 3.50 €</li></ul>\
                <p><a href=\"https://shop.example/orders?a=1&amp;b=2\">Your order</a></p>";
    let plain = "Thank you, Zoë <script>!\n\n- Tea & more: 4.00 €\n- Coffee: 3.50 €\n\n\
                 Your order (https://shop.example/orders?a=1&b=2)";
    let path = format!("/v1/templates/{id}/preview");
    let shown =
        organisation.api.post(&path, &json!({ "variables": variables }))?.expect_status(StatusCode::OK)?;
    for (field, value) in [("subject", subject), ("html", html), ("text", plain)] {
        equal(field, &shown[field], value)?;
    }

    let sent = connected.send(&email(&json!({ "id": id, "variables": variables })), "sent")?;
    equal("the subject that is shown", &connected.email(&sent)?["subject"], subject)?;
    let mail = mail(world, subject)?;
    equal("html", mail.html_body.as_deref(), Some(html))?;
    equal("text", mail.text_body.as_deref(), Some(plain))?;
    connected.wait_for_delivery(&sent)?;
    Ok(())
}

pub(crate) fn own_text(world: &World) -> Outcome {
    let connected = world.connected_to(world.shown_customer()?, IRELAND)?;
    let subject = "A text of its own, T-4410";
    let made = create(
        &connected.organisation,
        &json!({ "name": "Both", "subject": subject, "html": "<p>{{ a }}</p>", "text": "{{ a }} & {{ b }}" }),
    )?;
    let only =
        create(&connected.organisation, &json!({ "name": "One", "subject": "T-4411", "text": "{{ a }}" }))?;
    let variables = json!({ "a": "<1>", "b": null });
    connected.send(&email(&json!({ "id": id_of(&made)?, "variables": variables })), "sent")?;
    connected.send(&email(&json!({ "id": id_of(&only)?, "variables": { "a": "<1>" } })), "sent")?;
    let both = mail(world, subject)?;
    equal("html", both.html_body.as_deref(), Some("<p>&lt;1&gt;</p>"))?;
    equal("text", both.text_body.as_deref(), Some("<1> & "))?;
    let one = mail(world, "T-4411")?;
    equal("html", one.html_body.as_deref().unwrap_or_default(), "")?;
    equal("text", one.text_body.as_deref(), Some("<1>"))
}

pub(crate) fn draft(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let preview = |body: &Value| organisation.api.post("/v1/templates/preview", body);
    let mut draft = json!({ "subject": "Bye, {{ name }}", "html": "{% if vip %}<b>Countess</b>{% endif %}!", "variables": {} });
    is_problem(&preview(&draft)?, 422, "missing_variable", "variables.name")?;
    draft["variables"]["name"] = json!("Ada");
    is_problem(&preview(&draft)?, 422, "missing_variable", "variables.vip")?;
    draft["variables"]["vip"] = json!(true);
    let shown = preview(&draft)?.expect_status(StatusCode::OK)?;
    equal(
        "what is shown",
        shown,
        json!({
            "subject": "Bye, Ada",
            "html": "<b>Countess</b>!",
            "text": "Countess!",
            "variables": [{ "name": "name", "required": true }, { "name": "vip", "required": true }],
        }),
    )?;
    draft["text"] = json!("\n{{ name");
    let wrong = preview(&draft)?;
    is_problem(&wrong, 422, "template_syntax", "text")?;
    hold(wrong.text("/detail").starts_with("`text`, line 2: "), wrong.text("/detail"))?;
    let list = organisation.api.get("/v1/templates")?.expect_status(StatusCode::OK)?;
    equal("what is stored", &list["data"], &json!([]))
}

pub(crate) fn wrong_variables(world: &World) -> Outcome {
    let connected = world.connected()?;
    let made = create(&connected.organisation, &template("Hello", "{{ firstName }} {{ order.number }}"))?;
    let id = id_of(&made)?;
    let right = json!({ "firstName": "Ada", "order": { "number": 1 } });
    let mut unknown = right.clone();
    unknown["lastName"] = json!("Lovelace");
    let none = "tpl_00000000000070008000000000000000";
    for (used, code, field) in [
        (json!({ "id": id }), "missing_variable", "template.variables.firstName"),
        (
            json!({ "id": id, "variables": { "firstName": "Ada", "order": {} } }),
            "missing_variable",
            "template.variables.order.number",
        ),
        (json!({ "id": id, "variables": unknown }), "unknown_variable", "template.variables.lastName"),
        (
            json!({ "id": id, "variables": { "firstName": [], "order": { "number": 1 } } }),
            "template_failed",
            "template",
        ),
        (json!({ "id": none, "variables": right }), "unknown_template", "template.id"),
        (json!({ "id": "x", "variables": right }), "unknown_template", "template.id"),
        (json!({ "id": id, "version": 2, "variables": right }), "unknown_version", "template.version"),
    ] {
        is_problem(&connected.post(&email(&used))?, 422, code, field)?;
    }
    equal("calls that send", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)?;
    connected.send(&email(&json!({ "id": id, "variables": right })), "sent")?;
    Ok(())
}

pub(crate) fn later_change(world: &World) -> Outcome {
    let connected = world.connected_to(world.shown_customer()?, IRELAND)?;
    let organisation = &connected.organisation;
    let draft = |text: &str| json!({ "name": "Changing", "subject": "T-5120", "text": text });
    let id = id_of(&create(organisation, &draft("before {{ a }}"))?)?;
    let asked = AtomicBool::new(false);
    let throttle = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let is_first = !asked.swap(true, Ordering::SeqCst);
        is_first.then(|| fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let queued = connected.send(&email(&json!({ "id": id, "variables": { "a": 1 } })), "queued")?;
    put(organisation, &id, &draft("after"))?.expect_status(StatusCode::OK)?;
    let answer = organisation.api.delete(&format!("/v1/templates/{id}"))?;
    equal("the answer to DELETE", answer.status, StatusCode::NO_CONTENT)?;
    connected.wait_for_delivery(&queued)?;
    drop(throttle);
    equal("text", mail(world, "T-5120")?.text_body.as_deref(), Some("before 1"))
}

pub(crate) fn of_another(world: &World) -> Outcome {
    let (owner, other) = (world.organisation()?, world.connected()?);
    let made = create(&owner, &template("Secret", "secret"))?;
    let id = id_of(&made)?;
    let organisation = &other.organisation;
    let path = format!("/v1/templates/{id}");
    let answers = [
        organisation.api.get(&path)?,
        organisation.api.get(&format!("{path}?version=1"))?,
        put(organisation, &id, &template("Mine", "mine"))?,
        organisation.api.delete(&path)?,
        organisation.api.post(&format!("{path}/preview"), &json!({}))?,
    ];
    for answer in &answers {
        is_problem(answer, 404, "not_found", "")?;
    }
    for used in [json!({ "id": id }), json!({ "id": id, "version": 1 })] {
        is_problem(&other.post(&email(&used))?, 422, "unknown_template", "template.id")?;
    }
    let list = organisation.api.get("/v1/templates")?.expect_status(StatusCode::OK)?;
    equal("the other's list", &list["data"], &json!([]))?;
    equal("the owner's template", get(&owner, &id, "")?, made)?;
    equal("calls that send", world.wiretap.calls_by_role(&other.role_arn, SEND_EMAIL).len(), 0)?;
    // The same name is free there.
    create(organisation, &template("Secret", "theirs"))?;
    Ok(())
}
