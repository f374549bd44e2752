//! DNS checks. Each case sets records for its own domain in the resolver.

use aws_sans_io::ses::CreateEmailIdentity;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::Result;

use super::{
    assert_equal, assert_that, create,
    dkim::{KEY, PUBLIC_KEY},
};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    suites::TestResult,
};

fn check_dns(connected: &ConnectedOrganisation, identity: &Value) -> Result<Value> {
    let path = format!("/v1/identities/{}/check-dns", string_at(identity, "/id")?);
    connected.organisation.api.call(Method::POST, &path, None)?.expect_status(StatusCode::OK)
}

/// Returns the status of each record.
fn statuses(check: &Value) -> Vec<&str> {
    let records = check["records"].as_array().into_iter().flatten();
    records.map(|record| record["status"].as_str().unwrap_or_default()).collect()
}

fn advice_for<'a>(check: &'a Value, purpose: &str) -> &'a Value {
    let mut advice = check["advice"].as_array().into_iter().flatten();
    advice.find(|advice| advice["purpose"] == purpose).unwrap_or(&Value::Null)
}

/// Creates a domain that exists at SES already, so its records may have been published long ago.
fn create_existing(connected: &ConnectedOrganisation, name: &str) -> Result<Value> {
    let domain = name.parse().map_err(|error| test_support::Error::Unexpected(format!("{name}: {error}")))?;
    let operation = CreateEmailIdentity { email_identity: domain, signing: None };
    connected.customer.perform(&operation, connected.link.region)?;
    create(connected, &json!({ "identity": name }), StatusCode::CREATED)
}

pub(super) fn records(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let identity = create_existing(&connected, "mail.records.example")?;
    let records = identity["dnsRecords"].as_array().cloned().unwrap_or_default();
    let name = |index: usize| string_at(&records[index], "/name");
    let value = |index: usize| string_at(&records[index], "/value");

    let empty_zone = check_dns(&connected, &identity)?;
    assert_equal("records in an empty zone", statuses(&empty_zone), ["missing", "missing", "missing"])?;
    assert_equal("complete", &empty_zone["complete"], false)?;
    assert_equal("zone", &empty_zone["zone"], "records.example")?;
    assert_equal("checkAgainAfterSeconds", &empty_zone["checkAgainAfterSeconds"], 300)?;
    for (index, record) in empty_zone["records"].as_array().into_iter().flatten().enumerate() {
        assert_equal("name", &record["name"], name(index)?.as_str())?;
        assert_equal("value", &record["value"], value(index)?.as_str())?;
        let host = name(index)?.trim_end_matches(".records.example").to_owned();
        assert_equal("host", &record["host"], host.as_str())?;
        assert_that(record["help"].is_string() && record["message"].is_string(), record.to_string())?;
    }

    harness.resolver.set(&name(0)?, "CNAME", &[&value(0)?.to_uppercase()]);
    harness.resolver.set(&name(1)?, "CNAME", &["elsewhere.example"]);
    harness.resolver.fail(&name(2)?);
    let partial_zone = check_dns(&connected, &identity)?;
    assert_equal("records in a partial zone", statuses(&partial_zone), ["found", "mismatch", "pending"])?;
    assert_equal(
        "values found instead",
        &partial_zone["records"][1]["found"],
        &json!(["elsewhere.example"]),
    )?;

    // Common mistakes: an A record of a proxy instead of the CNAME, a TXT record, and a name with the zone appended
    // twice.
    let other = create_existing(&connected, "mail.mistakes.example")?;
    let other_name = |index: usize| string_at(&other, &format!("/dnsRecords/{index}/name"));
    harness.resolver.set(&other_name(0)?, "A", &["192.0.2.1"]);
    harness.resolver.set(&other_name(1)?, "TXT", &[&value(1)?]);
    harness.resolver.set(&format!("{}.mistakes.example", other_name(2)?), "CNAME", &[&value(2)?]);
    let mistakes = check_dns(&connected, &other)?;
    assert_equal("records with mistakes", statuses(&mistakes), ["mismatch", "mismatch", "mismatch"])?;
    assert_equal(
        "address found instead of a CNAME",
        &mistakes["records"][0]["found"],
        &json!(["192.0.2.1"]),
    )?;

    for index in 0..3 {
        harness.resolver.set(&other_name(index)?, "CNAME", &[&value(index)?]);
    }
    let complete_zone = check_dns(&connected, &other)?;
    assert_equal("records in a complete zone", statuses(&complete_zone), ["found", "found", "found"])?;
    assert_equal("complete", &complete_zone["complete"], true)?;
    assert_equal("checkAgainAfterSeconds", &complete_zone["checkAgainAfterSeconds"], &Value::Null)?;

    // Records of a new domain are pending, because DNS changes take time.
    let new = create(&connected, &json!({ "identity": "new.example" }), StatusCode::CREATED)?;
    let checked = check_dns(&connected, &new)?;
    assert_equal("records of a new domain", statuses(&checked), ["pending", "pending", "pending"])
}

pub(super) fn customer_key(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let body = json!({ "identity": "own-key.example", "dkim": { "selector": "sel1", "privateKey": KEY } });
    let identity = create(&connected, &body, StatusCode::CREATED)?;
    let name = "sel1._domainkey.own-key.example";
    assert_equal("status without a record", statuses(&check_dns(&connected, &identity)?), ["pending"])?;
    for (text, status) in [
        (format!("p={PUBLIC_KEY}"), "found"),
        (format!("v=DKIM1; k=rsa; p={PUBLIC_KEY}"), "found"),
        (format!("v=DKIM1; k=rsa; p={}", PUBLIC_KEY.replace('A', "B")), "mismatch"),
        ("v=DKIM1; p=".to_owned(), "mismatch"),
    ] {
        harness.resolver.set(name, "TXT", &[&text]);
        let checked = check_dns(&connected, &identity)?;
        assert_equal(&text, statuses(&checked), [status])?;
        assert_equal("value", &checked["records"][0]["value"], format!("p={PUBLIC_KEY}").as_str())?;
    }
    Ok(())
}

pub(super) fn advice(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let identity = create(&connected, &json!({ "identity": "mail.advice.example" }), StatusCode::CREATED)?;
    let assert_advice = |purpose: &str, action: &str, value: Value| -> TestResult {
        let checked = check_dns(&connected, &identity)?;
        let advice = advice_for(&checked, purpose);
        assert_equal(purpose, (&advice["action"], &advice["value"]), (&json!(action), &value))
    };
    assert_advice("spf", "publish", json!("v=spf1 include:amazonses.com ~all"))?;
    assert_advice("dmarc", "publish", json!("v=DMARC1; p=none"))?;

    let domain = "mail.advice.example";
    harness.resolver.set(domain, "TXT", &["verification=1", "v=spf1 mx include:other.example -all"]);
    assert_advice("spf", "change", json!("v=spf1 mx include:other.example include:amazonses.com -all"))?;
    let checked = check_dns(&connected, &identity)?;
    assert_equal(
        "current value",
        &advice_for(&checked, "spf")["found"],
        &json!(["v=spf1 mx include:other.example -all"]),
    )?;
    assert_equal("host", &advice_for(&checked, "spf")["host"], "mail")?;
    harness.resolver.set(domain, "TXT", &["v=spf1 include:amazonses.com -all"]);
    assert_advice("spf", "keep", Value::Null)?;
    harness.resolver.set(domain, "TXT", &["v=spf1 -all", "v=spf1 mx -all"]);
    assert_advice("spf", "fix_manually", Value::Null)?;
    harness.resolver.fail(domain);
    assert_advice("spf", "wait", Value::Null)?;

    harness.resolver.set(
        "_dmarc.advice.example",
        "TXT",
        &["v=DMARC1; p=reject; rua=mailto:x@advice.example"],
    );
    assert_advice("dmarc", "keep", Value::Null)?;
    harness.resolver.set("_dmarc.mail.advice.example", "TXT", &["v=DMARC1; p=perhaps"]);
    assert_advice("dmarc", "fix_manually", Value::Null)?;
    harness.resolver.set("_dmarc.mail.advice.example", "TXT", &["v=DMARC1; p=quarantine"]);
    assert_advice("dmarc", "keep", Value::Null)
}

pub(super) fn zone(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let identity = create(&connected, &json!({ "identity": "mail.zone.example" }), StatusCode::CREATED)?;
    harness.resolver.set("mail.zone.example", "TXT", &["v=spf1 mx -all"]);
    let path = format!("/v1/identities/{}/zone", string_at(&identity, "/id")?);
    let response = connected.organisation.api.get(&path)?;
    assert_equal("status", response.status, StatusCode::OK)?;
    let header =
        |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_equal("content-type", header("content-type"), "text/plain; charset=utf-8")?;
    assert_equal(
        "content-disposition",
        header("content-disposition"),
        "attachment; filename=\"mail.zone.example.zone\"",
    )?;
    let file = response.body.as_str().unwrap_or_default();
    let lines: Vec<&str> = file.lines().filter(|line| !line.is_empty() && !line.starts_with(';')).collect();
    let record = |index: usize, field: &str| string_at(&identity, &format!("/dnsRecords/{index}/{field}"));
    for (index, line) in lines.iter().take(3).enumerate() {
        assert_equal(
            "record",
            *line,
            format!("{}. 1800 IN CNAME {}.", record(index, "name")?, record(index, "value")?),
        )?;
    }
    assert_equal(
        "lines after the DKIM records",
        &lines[3..],
        ["_dmarc.mail.zone.example. 1800 IN TXT \"v=DMARC1; p=none\""],
    )?;
    let spf_line = "; Change it to: mail.zone.example. 1800 IN TXT \"v=spf1 mx include:amazonses.com -all\"";
    assert_that(file.lines().any(|line| line == spf_line), file.to_owned())
}
