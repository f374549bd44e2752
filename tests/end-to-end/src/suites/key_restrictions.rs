//! API keys that may only send some emails.

use std::{collections::HashSet, sync::Weak, thread};

use aws_sans_io::{Credentials, ses::SendEmail};
use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Error, Result, api::Api, customer::Customer};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    aws_proxy::{Call, SEND_EMAIL},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::wait_until,
    test_email::{SENDER, SUCCESS, email_to, scheduled_tomorrow},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| {
        trial(format!("key_restrictions::{name}"), harness, case)
    };
    vec![
        case("an email that the key doesn't permit is refused with its field", refused_fields),
        case("a restricted key finds and cancels only emails that it may send", other_emails),
        case("AWS refuses what the session of a restricted key may not send", refused_by_aws),
        case("queued emails keep the restriction of their key after its deletion", queued_emails),
    ]
}

/// A domain that the restricted keys may send to, besides the simulator's.
const DOMAIN: &str = "simulator.amazonses.com";

/// Creates a restricted key. Returns its ID and a client that uses it.
fn restricted(harness: &Harness, api: &Api, restrictions: &Value) -> Result<(String, Api)> {
    let key = json!({ "name": "Shop", "scope": "sending", "restrictions": restrictions });
    let created = api.post("/v1/api-keys", &key)?.expect_status(StatusCode::CREATED)?;
    assert_restrictions(&created["restrictions"], restrictions)?;
    Ok((string_at(&created, "/id")?, harness.api().with_key(&string_at(&created, "/apiKey")?)))
}

fn assert_restrictions(shown: &Value, expected: &Value) -> Result<()> {
    let is_shown = ["senders", "recipientDomains", "templates"]
        .into_iter()
        .all(|list| expected.get(list).is_none_or(|entries| &shown[list] == entries));
    if is_shown { Ok(()) } else { Err(Error::Unexpected(format!("the key shows {shown}"))) }
}

fn refused_fields(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let template = json!({ "name": "Receipt", "subject": "Receipt", "text": "Thank you!" });
    let template = api.post("/v1/templates", &template)?.expect_status(StatusCode::CREATED)?;
    let (_, shop) = restricted(
        harness,
        api,
        &json!({ "senders": [SENDER], "recipientDomains": [DOMAIN], "templates": [template["id"]] }),
    )?;
    let permitted = json!({ "from": SENDER, "to": SUCCESS, "template": { "id": template["id"] } });
    let with = |field: &str, value: Value| {
        let mut email = permitted.clone();
        email[field] = value;
        email
    };
    let content = email_to(SUCCESS);
    let cases = [
        (with("from", json!("other@simulator.amazonses.com")), "sender_not_permitted", "from"),
        (with("to", json!([SUCCESS, "ada@example.com"])), "recipient_not_permitted", "to[1]"),
        (with("bcc", json!("ada@example.com")), "recipient_not_permitted", "bcc[0]"),
        (content, "template_not_permitted", "template"),
    ];
    for (email, code, field) in &cases {
        let response = shop.post("/v1/emails", email)?;
        assert_error(code, &response, 422, code)?;
        assert_equal("field", &response.body["field"], *field)?;
    }
    let emails: Vec<_> = cases.iter().map(|(email, ..)| email).chain([&permitted]).collect();
    let batch = shop.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let batch = batch.expect_status(StatusCode::ACCEPTED)?;
    for (index, (_, code, field)) in cases.iter().enumerate() {
        let error = &batch["data"][index]["error"];
        assert_equal("item of the batch", (&error["code"], &error["field"]), (&json!(code), &json!(field)))?;
    }
    let id = string_at(&batch, "/data/4/id")?;
    connected.wait_for_delivery(&id)?;
    assert_equal("emails that AWS got", connected.aws_sent_count()?, 1.0)
}

fn other_emails(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let (_, shop) = restricted(harness, api, &json!({ "senders": ["example.com"] }))?;
    let other = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    let path = format!("/v1/emails/{other}");
    assert_error("getting another key's email", &shop.get(&path)?, 404, "not_found")?;
    let cancelled = shop.post(&format!("{path}/cancel"), &json!({}))?;
    assert_error("cancelling another key's email", &cancelled, 404, "not_found")?;
    let mut own = scheduled_tomorrow(email_to(SUCCESS));
    own["from"] = json!("shop@example.com");
    let own = shop.post("/v1/emails", &own)?.expect_status(StatusCode::ACCEPTED)?;
    let path = format!("/v1/emails/{}", string_at(&own, "/id")?);
    assert_equal("its own email", shop.get(&path)?.status, StatusCode::OK)?;
    let cancelled = shop.post(&format!("{path}/cancel"), &json!({}))?;
    assert_equal("cancelling it", cancelled.status, StatusCode::OK)
}

/// Returns the calls that assumed the role with a restricted session policy.
fn restricted_sessions(harness: &Harness, connected: &ConnectedOrganisation) -> Vec<std::sync::Arc<Call>> {
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole");
    calls.into_iter().filter(|call| call.parameter("Policy").contains("ses:FromAddress")).collect()
}

/// Returns whether AWS lets the holder of a session send an email, past everything that Kraiter checks.
fn is_accepted_by_aws(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    session: &Call,
    from: &str,
    to: &[&str],
) -> Result<bool> {
    let secrets: Vec<String> = session.secrets().collect();
    let [secret, token] = &secrets[..] else {
        return Err(Error::Unexpected("the session has no credentials".into()));
    };
    let key = session.session_key().unwrap_or_default();
    let credentials = Credentials::temporary(key, secret, token, OffsetDateTime::now_utc() + Duration::HOUR);
    let unexpected = |error| Error::Unexpected(format!("{error}"));
    let endpoint = harness.aws_proxy.origin().parse().map_err(unexpected)?;
    let holder = Customer::new(connected.customer.account().clone(), credentials, endpoint);
    let email = SendEmail {
        from_email_address: from.to_owned(),
        to_addresses: to.iter().map(|&address| address.to_owned()).collect(),
        subject: "Hello".into(),
        text: Some("Hello!".into()),
        ..SendEmail::default()
    };
    match holder.perform(&email, "eu-west-1".parse().map_err(unexpected)?) {
        Ok(_) => Ok(true),
        Err(Error::Aws { error, .. }) if error.is_access_denied() => Ok(false),
        Err(error) => Err(error),
    }
}

fn refused_by_aws(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let restrictions = json!({ "senders": [SENDER], "recipientDomains": [DOMAIN] });
    let (_, shop) = restricted(harness, &connected.organisation.api, &restrictions)?;
    let sent = shop.post("/v1/emails", &email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
    connected.wait_for_delivery(&string_at(&sent, "/id")?)?;
    let sessions = restricted_sessions(harness, &connected);
    assert_equal("restricted sessions", sessions.len(), 1)?;
    let accepted = |from: &str, to: &[&str]| is_accepted_by_aws(harness, &connected, &sessions[0], from, to);
    assert_that(accepted(SENDER, &[SUCCESS])?, "AWS refuses a permitted email")?;
    assert_that(accepted(&format!("Shop <{SENDER}>"), &[SUCCESS])?, "AWS refuses a sender with a name")?;
    for (from, to) in [
        ("other@simulator.amazonses.com", vec![SUCCESS]),
        ("info@example.com", vec![SUCCESS]),
        (SENDER, vec!["ada@example.com"]),
        (SENDER, vec![SUCCESS, "ada@example.com"]),
        (SENDER, vec![]),
    ] {
        assert_that(!accepted(from, &to)?, format!("AWS accepts an email from {from} to {to:?}"))?;
    }
    // An unrestricted key of the organisation isn't affected.
    let mut other = email_to(SUCCESS);
    other["from"] = json!("other@simulator.amazonses.com");
    connected.send(&other, "sent").map(drop)?;
    Ok(())
}

fn queued_emails(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let restrictions = json!({ "senders": [SENDER], "recipientDomains": [DOMAIN] });
    let (id, shop) = restricted(harness, api, &restrictions)?;
    // More than the account's rate, so some wait in the queue. They are sent after the key is gone.
    let throttled = harness.aws_proxy.throttle_emails(&connected.role_arn);
    thread::scope(|scope| -> TestResult {
        let sending: Vec<_> = (0..10)
            .map(|_| {
                scope.spawn(|| {
                    shop.post("/v1/emails", &email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)
                })
            })
            .collect();
        for thread in sending {
            thread.join().map_err(|_| "a thread has panicked")??;
        }
        Ok(())
    })?;
    api.delete(&format!("/v1/api-keys/{id}"))?.expect_status(StatusCode::NO_CONTENT)?;
    drop(throttled);
    wait_until("all emails to be sent", || {
        Ok(harness.aws_proxy.processed_emails(&connected.role_arn).len() == 10)
    })?;
    let sessions = restricted_sessions(harness, &connected);
    let keys: HashSet<_> = sessions.iter().filter_map(|session| session.session_key()).collect();
    for call in harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL) {
        assert_that(
            keys.contains(call.access_key_id.as_str()),
            "an email was sent with a session without its restriction",
        )?;
    }
    Ok(())
}
