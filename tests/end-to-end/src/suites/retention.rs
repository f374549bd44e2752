//! Little is kept: a mail's content until its end, what became of it for some days, and nothing of what was deleted.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api, test_env::ADMIN_TOKEN};
use time::{Duration, OffsetDateTime};

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{COMPLAINT, Connected, SENDER, SUCCESS, email_to},
    forger::{Forgery, ses_event, written},
    relay::Reaction,
    site::Site,
    stored::Stored,
    wiretap::{SEND_EMAIL, fault::json_error},
    world::World,
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("retention::{name}"), world, case);
    vec![
        case("what became of a mail is kept for thirty days, and what suppresses for good", after_days),
        case("the content of a mail is gone when it has come to its end", content),
        case("a disconnected account leaves no mail behind that could be sent", disconnected),
        case("an organisation that is deleted is let in nowhere", let_in_nowhere),
        case("of a deleted organisation nothing is left, and another one stays whole", deleted),
    ]
}

/// The day on which what was done now is that many days old.
fn day(number: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::days(number)
}

/// A mail that says something of its own.
fn saying(words: &str, to: &str) -> Value {
    let mut email = email_to(to);
    email["text"] = json!(words);
    email
}

fn for_later(mut email: Value) -> Value {
    email["scheduledAt"] = json!(written(OffsetDateTime::now_utc() + Duration::DAY));
    email
}

/// Lets SNS tell of a mail.
fn tell(site: &Site, connected: &Connected, id: &str, kind: &str, details: &Value) -> Outcome {
    equal("the webhook's answer", post(site, connected, id, kind, details)?, StatusCode::OK)
}

/// Posts an event of a mail as SNS would.
fn post(site: &Site, connected: &Connected, id: &str, kind: &str, details: &Value) -> Result<StatusCode> {
    let event = ses_event(id, kind, &["ada@example.org"], details, OffsetDateTime::now_utc());
    let forgery = Forgery::new("Notification", &connected.topic, &site.wiretap.origin());
    let signed = forgery.with("Message", event).sign()?;
    let body = ("text/plain; charset=UTF-8", signed.to_string().into_bytes().into());
    let api = Api::new(site.post_office.origin());
    Ok(api.send(Method::POST, &connected.target()?, Some(body), &[])?.status)
}

fn after_days(world: &World) -> Outcome {
    let site = world.site("retention")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let api = &connected.organisation.api;
    let over = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&over)?;
    let later = connected.send(&for_later(email_to(SUCCESS)), "scheduled")?;
    tell(&site, &connected, &over, "Delivery", &json!({ "recipients": ["ada@example.org"] }))?;
    let bounced =
        json!({ "bounceType": "Transient", "bouncedRecipients": [{ "emailAddress": "bob@example.org" }] });
    tell(&site, &connected, &over, "Bounce", &bounced)?;
    let complained = json!({ "complainedRecipients": [{ "emailAddress": "ada@example.org" }] });
    tell(&site, &connected, &over, "Complaint", &complained)?;
    let shown = connected.email(&over)?;

    worker.ring(day(29))?;
    equal("after 29 days", connected.email(&over)?, shown)?;
    worker.ring(day(31))?;
    let gone = api.get(&format!("/v1/emails/{over}"))?;
    equal("after 31 days", (gone.status.as_u16(), gone.code()), (404, Some("not_found")))?;
    equal("one that isn't over", &connected.email(&later)?["status"], "scheduled")?;
    let suppressed = api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;
    equal("why it is suppressed", &suppressed["reason"], "complaint")?;

    // A complaint that comes as late as that counts all the same.
    let late = json!({ "complainedRecipients": [{ "emailAddress": "ada@example.org" }] });
    api.delete("/v1/suppressions/ada%40example.org")?;
    tell(&site, &connected, &over, "Complaint", &late)?;
    api.get("/v1/suppressions/ada%40example.org")?.expect_status(StatusCode::OK)?;

    worker.ring(day(39))?;
    worker.kill()?;
    let stored = Stored::read(&world.tools, site.state.path())?;
    equal("who is suppressed", stored.tables_with("ada@example.org"), ["recipients", "suppression_facts"])?;
    equal("who isn't", stored.tables_with("bob@example.org"), Vec::<&str>::new())?;
    equal("events", stored.count("email_events"), 0)?;
    equal("emails", stored.count("emails"), 1)
}

fn content(world: &World) -> Outcome {
    let site = world.site("content")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let api = &connected.organisation.api;
    let over = "these words are over";
    let file = json!([{ "filename": "a.txt", "content": "dGhlc2Ugd29yZHMgYXJlIG92ZXI=" }]);
    let mut with_file = saying(over, SUCCESS);
    with_file["attachments"] = file;
    for email in [saying(over, SUCCESS), with_file] {
        let id = connected.send(&email, "sent")?;
        connected.wait_for_delivery(&id)?;
    }
    let cancelled = connected.send(&for_later(saying(over, SUCCESS)), "scheduled")?;
    api.post(&format!("/v1/emails/{cancelled}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;
    let suppressed = connected.send(
        &json!({
            "from": SENDER,
            "to": COMPLAINT,
            "subject": "Hello",
            "text": over,
            "scheduledAt": written(OffsetDateTime::now_utc() + Duration::seconds(3)),
        }),
        "scheduled",
    )?;
    api.post("/v1/suppressions", &json!({ "address": COMPLAINT }))?.expect_status(StatusCode::CREATED)?;
    connected.wait_for_email(&suppressed, "failed")?;
    let mut unheard = saying(over, SUCCESS);
    unheard["region"] = json!("us-east-1");
    let cut = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(Reaction::PassThenCut));
    connected.send(&unheard, "unconfirmed")?;
    drop(cut);
    let refuse = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "Email address is not verified."))
    });
    equal("what SES refuses", connected.post(&saying(over, SUCCESS))?.code(), Some("aws_refused"))?;
    drop(refuse);
    connected.send(&for_later(saying("these words are needed", SUCCESS)), "scheduled")?;

    worker.kill()?;
    let stored = Stored::read(&world.tools, site.state.path())?;
    equal("where the words are that are over", stored.tables_with(over), Vec::<&str>::new())?;
    equal("pieces of messages", stored.count("outbox_pieces"), 0)?;
    // The control: what is still to be sent is found in the same way.
    equal("where those are that are needed", stored.tables_with("these words are needed"), ["outbox"])
}

fn disconnected(world: &World) -> Outcome {
    let site = world.site("disconnected")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let words = "these words go nowhere";
    let cut = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(Reaction::Cut));
    let in_doubt = connected.send(&saying(words, SUCCESS), "unconfirmed")?;
    drop(cut);
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let later = connected.send(&for_later(saying(words, SUCCESS)), "scheduled")?;
    let waiting = connected.send(&saying(words, SUCCESS), "queued")?;
    connected.organisation.api.delete("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
    for (id, status) in [(&later, "cancelled"), (&waiting, "cancelled"), (&in_doubt, "unconfirmed")] {
        let ended = connected.wait_for_email(id, status)?;
        let last = ended["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
        equal("the last step's code", &last["code"], "disconnected")?;
    }
    drop(throttle);
    let asked =
        site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).iter().filter(|call| call.taken).count();
    equal("mails that SES took", asked, 0)?;

    worker.kill()?;
    let stored = Stored::read(&world.tools, site.state.path())?;
    equal("where the words are", stored.tables_with(words), Vec::<&str>::new())?;
    for table in ["outbox", "webhooks", "role_claims", "identities"] {
        equal(table, stored.count(table), 0)?;
    }
    hold(stored.count("emails") == 3, "what became of the mails isn't kept")
}

fn let_in_nowhere(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let target = connected.target()?;
    connected.send(&for_later(email_to(SUCCESS)), "scheduled")?;
    let administrator = world.api().with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", connected.organisation.id);
    equal("the answer", administrator.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    equal("its key", api.get("/v1/emails")?.status, StatusCode::UNAUTHORIZED)?;
    equal("its webhook", world.post_to_webhook(&target, "{}")?.status, StatusCode::NOT_FOUND)
}

fn deleted(world: &World) -> Outcome {
    let site = world.site("deleted")?;
    let worker = site.start(&world.tools)?;
    let (leaving, staying) = (site.connected(world.customer()?)?, site.connected(world.customer()?)?);
    for connected in [&leaving, &staying] {
        let api = &connected.organisation.api;
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        connected.wait_for_delivery(&id)?;
        tell(&site, connected, &id, "Delivery", &json!({ "recipients": ["ada@example.org"] }))?;
        connected.send(&for_later(email_to(SUCCESS)), "scheduled")?;
        api.post("/v1/suppressions", &json!({ "address": "bob@example.org" }))?
            .expect_status(StatusCode::CREATED)?;
        let template = json!({ "name": "Hello", "subject": "Hello", "text": "Hello" });
        api.post("/v1/templates", &template)?.expect_status(StatusCode::CREATED)?;
        api.post("/v1/identities", &json!({ "identity": "example.org" }))?
            .expect_status(StatusCode::CREATED)?;
    }
    let administrator = Api::new(site.post_office.origin()).with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}", leaving.organisation.id);
    equal("the answer", administrator.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    equal("a second one", administrator.delete(&path)?.code(), Some("not_found"))?;
    equal("its key", leaving.organisation.api.get("/v1/emails")?.status, StatusCode::UNAUTHORIZED)?;
    let post = post(&site, &leaving, "eml_1", "Delivery", &json!({}))?;
    equal("its webhook", post, StatusCode::NOT_FOUND)?;
    worker.ring(day(0))?;
    let whole = staying.organisation.api.get("/v1/emails")?.expect_status(StatusCode::OK)?;
    equal("emails of the other", whole["data"].as_array().map(Vec::len), Some(2))?;
    staying.verify()?;

    worker.kill()?;
    let stored = Stored::read(&world.tools, site.state.path())?;
    for trace in [&leaving.organisation.id, &leaving.role_arn, &leaving.topic] {
        equal(trace, stored.tables_with(trace), Vec::<&str>::new())?;
    }
    for (table, rows) in [
        ("organisations", 1),
        ("api_keys", 1),
        ("webhooks", 1),
        ("templates", 1),
        ("emails", 2),
        ("recipients", 1),
    ] {
        equal(table, stored.count(table), rows)?;
    }
    hold(!stored.tables_with(&staying.role_arn).is_empty(), "the other one's connection is gone too")
}
