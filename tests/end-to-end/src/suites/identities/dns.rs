//! What DNS has of a domain's records, by a resolver whose table each case fills for a domain of its own.

use http::{Method, StatusCode};
use kraiter_core::ses::CreateEmailIdentity;
use serde_json::{Value, json};
use test_support::Result;

use super::{
    create, equal, hold,
    signing::{KEY, PUBLIC},
};
use crate::{
    connected::Connected,
    suites::Outcome,
    world::{World, text},
};

fn check(connected: &Connected, identity: &Value) -> Result<Value> {
    let path = format!("/v1/identities/{}/check-dns", text(identity, "/id")?);
    connected.organisation.api.call(Method::POST, &path, None)?.expect_status(StatusCode::OK)
}

/// The status of each record.
fn statuses(check: &Value) -> Vec<&str> {
    let records = check["records"].as_array().into_iter().flatten();
    records.map(|record| record["status"].as_str().unwrap_or_default()).collect()
}

fn of<'a>(check: &'a Value, purpose: &str) -> &'a Value {
    let mut advice = check["advice"].as_array().into_iter().flatten();
    advice.find(|one| one["purpose"] == purpose).unwrap_or(&Value::Null)
}

/// A domain that the customer has at SES before Kraiter sees it: its records may have been published long ago.
fn there_before(connected: &Connected, name: &str) -> Result<Value> {
    let domain = name.parse().map_err(|error| test_support::Error::Unexpected(format!("{name}: {error}")))?;
    let create_it = CreateEmailIdentity { email_identity: domain, signing: None };
    connected.customer.perform(&create_it, connected.link.region)?;
    create(connected, &json!({ "identity": name }), StatusCode::CREATED)
}

pub(super) fn records(world: &World) -> Outcome {
    let connected = world.connected()?;
    let identity = there_before(&connected, "mail.records.example")?;
    let records = identity["dnsRecords"].as_array().cloned().unwrap_or_default();
    let name = |at: usize| text(&records[at], "/name");
    let value = |at: usize| text(&records[at], "/value");

    let none = check(&connected, &identity)?;
    equal("an empty zone", statuses(&none), ["missing", "missing", "missing"])?;
    equal("complete", &none["complete"], false)?;
    equal("zone", &none["zone"], "records.example")?;
    equal("ask again after", &none["checkAgainAfterSeconds"], 300)?;
    for (at, record) in none["records"].as_array().into_iter().flatten().enumerate() {
        equal("name", &record["name"], name(at)?.as_str())?;
        equal("value", &record["value"], value(at)?.as_str())?;
        let host = name(at)?.trim_end_matches(".records.example").to_owned();
        equal("host", &record["host"], host.as_str())?;
        hold(record["help"].is_string() && record["message"].is_string(), record.to_string())?;
    }

    world.resolver.set(&name(0)?, "CNAME", &[&value(0)?.to_uppercase()]);
    world.resolver.set(&name(1)?, "CNAME", &["elsewhere.example"]);
    world.resolver.fail(&name(2)?);
    let some = check(&connected, &identity)?;
    equal("some records", statuses(&some), ["found", "mismatch", "pending"])?;
    equal("what is there instead", &some["records"][1]["found"], &json!(["elsewhere.example"]))?;

    // A proxy's address in the place of the CNAME, and a name that the host has lengthened.
    let other = there_before(&connected, "mail.mistakes.example")?;
    let at = |at: usize| text(&other, &format!("/dnsRecords/{at}/name"));
    world.resolver.set(&at(0)?, "A", &["192.0.2.1"]);
    world.resolver.set(&at(1)?, "TXT", &[&value(1)?]);
    world.resolver.set(&format!("{}.mistakes.example", at(2)?), "CNAME", &[&value(2)?]);
    let mistakes = check(&connected, &other)?;
    equal("mistakes", statuses(&mistakes), ["mismatch", "mismatch", "mismatch"])?;
    equal("the address", &mistakes["records"][0]["found"], &json!(["192.0.2.1"]))?;

    for at in 0..3 {
        world.resolver.set(&text(&other, &format!("/dnsRecords/{at}/name"))?, "CNAME", &[&value(at)?]);
    }
    let all = check(&connected, &other)?;
    equal("all records", statuses(&all), ["found", "found", "found"])?;
    equal("complete", &all["complete"], true)?;
    equal("ask again after", &all["checkAgainAfterSeconds"], &Value::Null)?;

    // What was made a moment ago can't be missing yet.
    let new = create(&connected, &json!({ "identity": "new.example" }), StatusCode::CREATED)?;
    let seen = check(&connected, &new)?;
    equal("a new domain", statuses(&seen), ["pending", "pending", "pending"])
}

pub(super) fn own_key(world: &World) -> Outcome {
    let connected = world.connected()?;
    let body = json!({ "identity": "own-key.example", "dkim": { "selector": "sel1", "privateKey": KEY } });
    let identity = create(&connected, &body, StatusCode::CREATED)?;
    let name = "sel1._domainkey.own-key.example";
    equal("nothing there", statuses(&check(&connected, &identity)?), ["pending"])?;
    for (text, status) in [
        (format!("p={PUBLIC}"), "found"),
        (format!("v=DKIM1; k=rsa; p={PUBLIC}"), "found"),
        (format!("v=DKIM1; k=rsa; p={}", PUBLIC.replace('A', "B")), "mismatch"),
        ("v=DKIM1; p=".to_owned(), "mismatch"),
    ] {
        world.resolver.set(name, "TXT", &[&text]);
        let checked = check(&connected, &identity)?;
        equal(&text, statuses(&checked), [status])?;
        equal("value", &checked["records"][0]["value"], format!("p={PUBLIC}").as_str())?;
    }
    Ok(())
}

pub(super) fn advice(world: &World) -> Outcome {
    let connected = world.connected()?;
    let identity = create(&connected, &json!({ "identity": "mail.advice.example" }), StatusCode::CREATED)?;
    let is = |purpose: &str, action: &str, value: Value| -> Outcome {
        let checked = check(&connected, &identity)?;
        let advice = of(&checked, purpose);
        equal(purpose, (&advice["action"], &advice["value"]), (&json!(action), &value))
    };
    is("spf", "publish", json!("v=spf1 include:amazonses.com ~all"))?;
    is("dmarc", "publish", json!("v=DMARC1; p=none"))?;

    let domain = "mail.advice.example";
    world.resolver.set(domain, "TXT", &["verification=1", "v=spf1 mx include:other.example -all"]);
    is("spf", "change", json!("v=spf1 mx include:other.example include:amazonses.com -all"))?;
    let checked = check(&connected, &identity)?;
    equal("what is there", &of(&checked, "spf")["found"], &json!(["v=spf1 mx include:other.example -all"]))?;
    equal("host", &of(&checked, "spf")["host"], "mail")?;
    world.resolver.set(domain, "TXT", &["v=spf1 include:amazonses.com -all"]);
    is("spf", "keep", Value::Null)?;
    world.resolver.set(domain, "TXT", &["v=spf1 -all", "v=spf1 mx -all"]);
    is("spf", "fix_manually", Value::Null)?;
    world.resolver.fail(domain);
    is("spf", "wait", Value::Null)?;

    world.resolver.set("_dmarc.advice.example", "TXT", &["v=DMARC1; p=reject; rua=mailto:x@advice.example"]);
    is("dmarc", "keep", Value::Null)?;
    world.resolver.set("_dmarc.mail.advice.example", "TXT", &["v=DMARC1; p=perhaps"]);
    is("dmarc", "fix_manually", Value::Null)?;
    world.resolver.set("_dmarc.mail.advice.example", "TXT", &["v=DMARC1; p=quarantine"]);
    is("dmarc", "keep", Value::Null)
}

pub(super) fn zone(world: &World) -> Outcome {
    let connected = world.connected()?;
    let identity = create(&connected, &json!({ "identity": "mail.zone.example" }), StatusCode::CREATED)?;
    world.resolver.set("mail.zone.example", "TXT", &["v=spf1 mx -all"]);
    let path = format!("/v1/identities/{}/zone", text(&identity, "/id")?);
    let answer = connected.organisation.api.get(&path)?;
    equal("status", answer.status, StatusCode::OK)?;
    let header =
        |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    equal("content-type", header("content-type"), "text/plain; charset=utf-8")?;
    equal(
        "content-disposition",
        header("content-disposition"),
        "attachment; filename=\"mail.zone.example.zone\"",
    )?;
    let file = answer.body.as_str().unwrap_or_default();
    let lines: Vec<&str> = file.lines().filter(|line| !line.is_empty() && !line.starts_with(';')).collect();
    let record = |at: usize, field: &str| text(&identity, &format!("/dnsRecords/{at}/{field}"));
    for (at, line) in lines.iter().take(3).enumerate() {
        equal("record", *line, format!("{}. 1800 IN CNAME {}.", record(at, "name")?, record(at, "value")?))?;
    }
    equal("the rest", &lines[3..], ["_dmarc.mail.zone.example. 1800 IN TXT \"v=DMARC1; p=none\""])?;
    let changed = "; Make it:  mail.zone.example. 1800 IN TXT \"v=spf1 mx include:amazonses.com -all\"";
    hold(file.lines().any(|line| line == changed), file.to_owned())
}
