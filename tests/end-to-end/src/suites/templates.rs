//! Templates: made, changed, shown, sent.

use std::sync::Weak;

use http::{Method, StatusCode};
use kraiter_local::lab::Organisation;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{SENDER, SUCCESS},
    wiretap::SEND_EMAIL,
    world::{World, text},
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("templates::{name}"), world, case);
    vec![
        case("an email is made of a template and its variables", sent),
        case("a change makes a new version, and only of the newest", versions),
        case("templates are listed by pages and gone when deleted", listed),
        case("another organisation sees and sends none of them", of_others),
        case("a preview shows what would be sent, of a draft too", previewed),
        case("a template that would take for ever is refused at once", bombs),
    ]
}

fn welcome() -> Value {
    json!({
        "name": "Welcome",
        "subject": "Welcome, {{ user.name }}",
        "html": "<p>Hello <b>{{ user.name }}</b>, see <a href=\"https://example.com\">your page</a>.</p>",
    })
}

fn create(organisation: &Organisation, template: &Value) -> kraiter_local::Result<Value> {
    organisation.api.post("/v1/templates", template)?.expect(StatusCode::CREATED)
}

fn email(template: &Value) -> Value {
    json!({ "from": SENDER, "to": SUCCESS, "template": template })
}

pub(crate) fn sent(world: &World) -> Outcome {
    let connected = world.connected()?;
    let made = create(&connected.organisation, &welcome())?;
    equal("variables", made["variables"].clone(), json!(["user.name"]))?;
    let template = json!({ "id": made["id"], "variables": { "user": { "name": "Zoë <3" } } });
    let id = connected.send(&email(&template), "sent")?;
    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let simple = calls[0].json()["Content"]["Simple"].clone();
    equal("subject", &simple["Subject"]["Data"], "Welcome, Zoë <3")?;
    let html = simple["Body"]["Html"]["Data"].as_str().unwrap_or_default();
    hold(html.contains("<b>Zoë &lt;3</b>"), html)?;
    let plain = simple["Body"]["Text"]["Data"].as_str().unwrap_or_default();
    hold(plain.contains("Hello Zoë <3") && plain.contains("https://example.com"), plain)?;
    equal("subject of the email", &connected.email(&id)?["subject"], "Welcome, Zoë <3")?;

    for (variables, code, field) in [
        (json!({}), "missing_variable", "template.variables.user.name"),
        (json!({ "user": { "name": "a" }, "x": 1 }), "unknown_variable", "template.variables.x"),
    ] {
        let answer = connected.post(&email(&json!({ "id": made["id"], "variables": variables })))?;
        equal(code, (answer.status.as_u16(), answer.code()), (422, Some(code)))?;
        equal("field", answer.text("/field"), field)?;
    }
    let mut both = email(&template);
    both["subject"] = json!("Mine");
    equal("both", connected.post(&both)?.code(), Some("template_and_content"))
}

pub(crate) fn versions(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let made = create(&organisation, &welcome())?;
    let path = format!("/v1/templates/{}", text(&made, "/id")?);
    let mut changed = welcome();
    changed["subject"] = json!("Hi {{ user.name }}");
    changed["version"] = json!(1);
    let put = |body: &Value| organisation.api.call(Method::PUT, &path, Some(body));
    equal("version", &put(&changed)?.expect(StatusCode::OK)?["version"], 2)?;
    let conflict = put(&changed)?;
    equal("once more", (conflict.status.as_u16(), conflict.code()), (409, Some("version_conflict")))?;
    let first = organisation.api.get(&format!("{path}?version=1"))?.expect(StatusCode::OK)?;
    equal("subject of the first", &first["subject"], &made["subject"])?;
    let newest = organisation.api.get(&path)?.expect(StatusCode::OK)?;
    equal("the newest", (&newest["version"], &newest["subject"]), (&json!(2), &changed["subject"]))?;
    equal("no such version", organisation.api.get(&format!("{path}?version=3"))?.status.as_u16(), 404)?;

    let mut other = welcome();
    other["name"] = json!("Other");
    create(&organisation, &other)?;
    let taken = organisation.api.post("/v1/templates", &welcome())?;
    equal("the same name", (taken.status.as_u16(), taken.code()), (409, Some("template_name_taken")))?;
    other["version"] = json!(2);
    equal("renamed to one that is there", put(&other)?.code(), Some("template_name_taken"))
}

pub(crate) fn listed(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    for n in 0..3 {
        let mut template = welcome();
        template["name"] = json!(format!("Template {n}"));
        create(&organisation, &template)?;
    }
    let page = organisation.api.get("/v1/templates?limit=2")?.expect(StatusCode::OK)?;
    equal("first page", page["data"].as_array().map(Vec::len), Some(2))?;
    equal("newest first", &page["data"][0]["name"], "Template 2")?;
    let next = format!("/v1/templates?limit=2&cursor={}", text(&page, "/nextCursor")?);
    let page = organisation.api.get(&next)?.expect(StatusCode::OK)?;
    equal(
        "second page",
        (page["data"].as_array().map(Vec::len), &page["nextCursor"]),
        (Some(1), &Value::Null),
    )?;

    let path = format!("/v1/templates/{}", text(&page["data"][0], "/id")?);
    equal("deleted", organisation.api.delete(&path)?.status.as_u16(), 204)?;
    equal("deleted again", organisation.api.delete(&path)?.status.as_u16(), 404)?;
    equal("read", organisation.api.get(&path)?.status.as_u16(), 404)
}

pub(crate) fn of_others(world: &World) -> Outcome {
    let made = create(&world.organisation()?, &welcome())?;
    let connected = world.connected()?;
    let path = format!("/v1/templates/{}", text(&made, "/id")?);
    equal("read", connected.organisation.api.get(&path)?.status.as_u16(), 404)?;
    equal("deleted", connected.organisation.api.delete(&path)?.status.as_u16(), 404)?;
    let answer =
        connected.post(&email(&json!({ "id": made["id"], "variables": { "user": { "name": "a" } } })))?;
    equal("sent", (answer.code(), answer.text("/field")), (Some("unknown_template"), "template.id"))?;
    equal("mails", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)
}

pub(crate) fn previewed(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let made = create(&organisation, &welcome())?;
    let path = format!("/v1/templates/{}/preview", text(&made, "/id")?);
    let variables = json!({ "variables": { "user": { "name": "Ada" } } });
    let saved = organisation.api.post(&path, &variables)?.expect(StatusCode::OK)?;
    equal("subject", &saved["subject"], "Welcome, Ada")?;

    let mut draft = variables;
    draft["subject"] = json!("Bye, {{ user.name }}");
    draft["text"] = json!("{% if user.name == 'Ada' %}Countess{% endif %}");
    let shown = organisation.api.post("/v1/templates/preview", &draft)?.expect(StatusCode::OK)?;
    equal("draft", (&shown["subject"], &shown["text"]), (&json!("Bye, Ada"), &json!("Countess")))?;
    draft["text"] = json!("\n{{ user.name");
    let wrong = organisation.api.post("/v1/templates/preview", &draft)?;
    equal("wrong draft", (wrong.code(), wrong.text("/field")), (Some("template_syntax"), "text"))?;
    hold(wrong.text("/detail").starts_with("line 2 of `text`"), wrong.text("/detail"))
}

pub(crate) fn bombs(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let rows: Vec<u32> = (0..1000).collect();
    let loops = "{% for x in a %}{% for y in a %}{% for z in a %}.{% endfor %}{% endfor %}{% endfor %}";
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(50_000), ")".repeat(50_000));
    for (source, variables, code) in [
        (loops, json!({ "a": rows }), "template_too_much_work"),
        ("{% for i in range(1000000000) %}{% endfor %}", json!({}), "template_not_allowed"),
        ("{{ a * 1000000000 }}", json!({ "a": "a" }), "template_not_allowed"),
        (deep.as_str(), json!({}), "template_syntax"),
    ] {
        let body = json!({ "subject": "s", "html": source, "variables": variables });
        let answer = organisation.api.post("/v1/templates/preview", &body)?;
        equal(code, (answer.status.as_u16(), answer.code()), (422, Some(code)))?;
    }
    Ok(())
}
