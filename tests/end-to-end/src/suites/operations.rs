//! What whoever runs Kraiter does and sees.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Error, Result, api::Api, test_env::ADMIN_TOKEN};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    aws_proxy::{
        SEND_EMAIL,
        fault::{self, json_error},
    },
    connected_organisation::ConnectedOrganisation,
    environment::Environment,
    harness::{Harness, string_at},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("operations::{name}"), harness, case);
    vec![
        case("our own keys are changed without a failed send", changed_keys),
        case("what happens to mails is counted, and an independent reader reads it", counted),
        case("every alert's counter is one that is counted", alerts),
        case("bringing back what is there changes nothing", there_already),
        case("what a lost Durable Object held is brought back, and nothing is sent twice", brought_back),
        case("with a D1 that was put back too, what may have been sent is left and told", left),
        case("a D1 that was put back to an earlier time doubles no mail", restored),
    ]
}

/// What STS answers for keys that were deactivated.
const INACTIVE: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>\
    <Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>";

fn changed_keys(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("changed-keys")?;
    // AWS takes the pair that is to follow; of the first it is told below that it does, too, until it is deactivated.
    let valid: Vec<_> = environment
        .settings
        .iter()
        .filter(|(name, _)| name.starts_with("AWS_ACCESS") || name.starts_with("AWS_SECRET"))
        .cloned()
        .collect();
    for (name, value) in valid {
        let next =
            if name == "AWS_ACCESS_KEY_ID" { "AWS_ACCESS_KEY_ID_NEXT" } else { "AWS_SECRET_ACCESS_KEY_NEXT" };
        environment.settings.push((next, value));
    }
    let first = harness.create_second_keys()?;
    for (name, value) in &mut environment.settings {
        match *name {
            "AWS_ACCESS_KEY_ID" => first.access_key_id().clone_into(value),
            "AWS_SECRET_ACCESS_KEY" => first.secret_access_key().clone_into(value),
            _ => {}
        }
    }
    let worker = environment.start_worker(&harness.tools)?;
    let before = environment.connect_organisation(harness.create_customer()?)?;
    before.send(&email_to(SUCCESS), "sent")?;
    let used = |key: &str| {
        environment
            .aws_proxy
            .calls_matching(|call| call.action == "AssumeRole" && call.access_key_id == key)
            .len()
    };
    assert_that(used(first.access_key_id()) > 0, "the first key pair is not used")?;

    // It is deactivated from here on.
    let inactive = Arc::new(AtomicBool::new(true));
    let (key, is_inactive) = (first.access_key_id().to_owned(), Arc::clone(&inactive));
    let _deactivated = environment.aws_proxy.inject_fault(move |call| {
        let is_meant = is_inactive.load(Ordering::SeqCst) && call.access_key_id == key;
        is_meant.then(|| {
            crate::http_proxy::ProxyAction::Respond(crate::wire::Message::response(
                403,
                &[("content-type", "text/xml")],
                INACTIVE,
            ))
        })
    });
    for _ in 0..3 {
        let connected = environment.connect_organisation(harness.create_customer()?)?;
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        connected.wait_for_delivery(&id)?;
        assert_equal("status", &connected.verify()?["status"], "connected")?;
    }
    before.send(&email_to(SUCCESS), "sent")?;
    assert_equal("status", &before.verify()?["status"], "connected")?;
    assert_that(worker.log().contains("own_credentials_rejected"), "the log has no own_keys_refused")?;

    // Activated again, it would do as well.
    inactive.store(false, Ordering::SeqCst);
    assert_equal("status", &before.verify()?["status"], "connected")
}

fn administrator(harness: &Harness) -> Api {
    harness.api().with_key(ADMIN_TOKEN)
}

/// The counts of an organisation, as Prometheus's own reader reads them.
fn counts(harness: &Harness, organisation: &str) -> Result<Value> {
    const READ: &str = "import json, sys\n\
        from prometheus_client.parser import text_string_to_metric_families as families\n\
        found = {}\n\
        for family in families(sys.stdin.read()):\n\
        \x20   for sample in family.samples:\n\
        \x20       assert sample.name in ('kraiter_emails_total', 'kraiter_emails_depth'), sample\n\
        \x20       if sample.labels.get('organisation') == sys.argv[1]:\n\
        \x20           found[sample.labels.get('event', 'depth ' + sample.labels.get('state', '')) + ' ' + sample.labels['region']] = sample.value\n\
        print(json.dumps(found))";
    let response = administrator(harness).get("/metrics")?.expect_status(StatusCode::OK)?;
    let text = response.as_str().unwrap_or_default().to_owned();
    let mut reader = Command::new(harness.tools.python()?)
        .args(["-c", READ, organisation])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::io("run Python"))?;
    let sns_timestamp =
        reader.stdin.take().map(|mut stdin| std::io::Write::write_all(&mut stdin, text.as_bytes()));
    sns_timestamp.transpose().map_err(Error::io("write to Python"))?;
    let output = reader.wait_with_output().map_err(Error::io("read from Python"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| Error::Unexpected(format!("{error}: {text}")))
}

fn counted(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.send(&email_to(SUCCESS), "sent")?;
    let refuse = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "not verified"))
    });
    assert_equal(
        "response to a rejected email",
        connected.submit(&email_to(SUCCESS))?.code(),
        Some("aws_refused"),
    )?;
    drop(refuse);
    let mut later = email_to(SUCCESS);
    later["scheduledAt"] =
        json!(crate::sns_signer::sns_timestamp(time::OffsetDateTime::now_utc() + time::Duration::DAY));
    let id = connected.send(&later, "scheduled")?;
    connected
        .organisation
        .api
        .post(&format!("/v1/emails/{id}/cancel"), &json!({}))?
        .expect_status(StatusCode::OK)?;
    let ones = |name: &str| match name {
        "accepted" => 3,
        "sent" | "failed" | "cancelled" => 1,
        // What wasn't counted yet is there: so its first count is a growth.
        _ => 0,
    };
    let all = domain::delivery::Counter::ALL.map(domain::delivery::Counter::name);
    let expected: Value =
        all.map(|name| (format!("{name} eu-west-1"), json!(ones(name)))).into_iter().collect();
    assert_equal("counts", counts(harness, &connected.organisation.id)?, expected)?;

    let throttle =
        harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    for _ in 0..3 {
        connected.send(&email_to(SUCCESS), "queued")?;
    }
    let depth = |expected: u32| {
        let what = format!("a queue depth of {expected}");
        crate::polling::wait_until(&what, || {
            Ok(counts(harness, &connected.organisation.id)?["depth queued eu-west-1"] == expected)
        })
    };
    depth(3)?;
    drop(throttle);
    depth(0)?;

    let all = administrator(harness).get("/metrics?by=region")?.expect_status(StatusCode::OK)?;
    assert_that(
        all.as_str()
            .is_some_and(|text| text.contains("kraiter_emails_total{region=\"eu-west-1\",event=\"sent\"}")),
        all.to_string(),
    )?;
    assert_equal(
        "status with an organisation's key",
        connected.organisation.api.get("/metrics")?.status,
        StatusCode::UNAUTHORIZED,
    )
}

fn alerts(harness: &Harness) -> TestResult {
    let rules = std::fs::read_to_string(harness.tools.root().join("docs").join("alerts.yml"))?;
    let runbook = std::fs::read_to_string(harness.tools.root().join("docs").join("runbook.md"))?;
    let names: Vec<_> = domain::delivery::Counter::ALL.iter().map(|counter| counter.name()).collect();
    let events =
        rules.split("event=").skip(1).filter_map(|rest| rest.trim_start_matches('~').split('"').nth(1));
    let events: Vec<_> = events.flat_map(|events| events.split('|')).collect();
    assert_that(events.len() > 5, "the alert rules name too few events")?;
    for event in events {
        assert_that(names.contains(&event), format!("the alert rules name the unknown event \"{event}\""))?;
    }
    for alert in rules.split("- alert: ").skip(1).filter_map(|rest| rest.lines().next()) {
        assert_that(
            runbook.contains(&format!("## {alert}\n")),
            format!("the runbook has no section for the alert {alert}"),
        )?;
    }
    for name in names {
        assert_that(
            runbook.contains(&format!("`{name}`")),
            format!("the runbook doesn't describe the counter \"{name}\""),
        )?;
    }
    Ok(())
}

fn restored(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("restored")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let before = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&before)?;
    worker.kill()?;
    let backup = test_support::temp_dir::TempDir::new()?;
    let d1 = environment.state.path().join("v3").join("d1");
    copy(&d1, backup.path())?;

    let worker = environment.start_worker(&harness.tools)?;
    let throttle =
        environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    worker.kill()?;
    // D1 is as it was before that mail; the Durable Object has it.
    copy(backup.path(), &d1)?;
    drop(throttle);
    let _worker = environment.start_worker(&harness.tools)?;
    crate::polling::wait_until("the email to be sent", || Ok(connected.aws_sent_count()? >= 2.0))?;
    let shown = crate::polling::wait_for("the email to be listed again", || {
        let response = connected.organisation.api.get(&format!("/v1/emails/{queued}"))?;
        Ok(if response.status == StatusCode::OK {
            test_support::wait::Poll::Ready(response.body)
        } else {
            test_support::wait::Poll::Pending(response.body.to_string())
        })
    })?;
    assert_equal("id", string_at(&shown, "/id")?, queued)?;
    let taken = environment
        .aws_proxy
        .calls_by_role(&connected.role_arn, SEND_EMAIL)
        .iter()
        .filter(|call| call.processed)
        .count();
    assert_equal("emails that SES processed", taken, 2)
}

/// Puts the files of one folder in the place of another's.
fn copy(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    let copied = Command::new("cp").arg("-rT").arg(from).arg(to).status().map_err(Error::io("run cp"))?;
    if copied.success() {
        Ok(())
    } else {
        Err(Error::Unexpected(format!("{} can't be copied", from.display())))
    }
}

/// Runs the script that docs/operations.md names; answers what it prints.
fn script(
    harness: &Harness,
    environment: &Environment,
    connected: &ConnectedOrganisation,
    words: &[&str],
    input: &[u8],
) -> Result<Vec<u8>> {
    let mut child = Command::new(harness.tools.node()?)
        .arg(harness.tools.root().join("docs").join("backup.mjs"))
        .args([words[0], &environment.webhook_proxy.origin(), &connected.organisation.id])
        .args(&words[1..])
        .env("ADMIN_TOKEN", ADMIN_TOKEN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::io("run the script"))?;
    if let Some(mut stdin) = child.stdin.take() {
        std::io::Write::write_all(&mut stdin, input).map_err(Error::io("write to the script"))?;
    }
    let output = child.wait_with_output().map_err(Error::io("read from the script"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Error::Unexpected(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

fn restore(
    harness: &Harness,
    environment: &Environment,
    connected: &ConnectedOrganisation,
    wanted: &str,
    backup: &[u8],
) -> Result<Value> {
    let printed = script(harness, environment, connected, &["restore", wanted], backup)?;
    serde_json::from_slice(&printed).map_err(|error| Error::Unexpected(error.to_string()))
}

/// How many mails came back as scheduled, resumed, left and over.
fn outcomes(brought: &Value) -> [Option<u64>; 4] {
    ["scheduled", "resumed", "left", "over"].map(|name| brought[name].as_u64())
}

/// How often SES took each of these mails.
fn taken(environment: &Environment, connected: &ConnectedOrganisation, ids: &[&str]) -> Vec<usize> {
    let calls = environment.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let of = |id: &str| calls.iter().filter(|call| call.processed && call.body.contains(id)).count();
    ids.iter().map(|id| of(id)).collect()
}

/// Loses what the Durable Objects hold.
fn lose(environment: &Environment) -> Result<()> {
    let objects = environment.state.path().join("v3").join("do");
    std::fs::remove_dir_all(&objects).map_err(Error::io(format!("delete {}", objects.display())))
}

/// A mail whose file fills more than one page of a backup.
fn with_a_large_file() -> Value {
    let mut email = email_to(SUCCESS);
    let content = "TWFueSB3b3Jkcy4g".repeat(400_000);
    email["attachments"] = json!([{ "filename": "words.txt", "content": content }]);
    email
}

fn tomorrow(mut email: Value) -> Value {
    email["scheduledAt"] =
        json!(crate::sns_signer::sns_timestamp(time::OffsetDateTime::now_utc() + time::Duration::DAY));
    email
}

/// What SES answers where the account's rate is exceeded.
fn too_fast() -> crate::http_proxy::ProxyAction {
    fault::throttle()
}

/// The subject of a mail that goes while others are held back.
const GOES: &str = "This one goes";

/// Lets SES take none but mails of the subject [`GOES`].
fn held_back(environment: &Environment, connected: &ConnectedOrganisation) -> crate::aws_proxy::FaultGuard {
    environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |call| {
        let is_held = !call.body.contains(GOES);
        is_held.then(too_fast)
    })
}

fn there_already(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let later = connected.send(&tomorrow(email_to(SUCCESS)), "scheduled")?;
    let path = |what: &str| format!("/v1/organisations/{}/{what}", connected.organisation.id);
    let page = administrator(harness).get(&path("backup"))?.expect_status(StatusCode::OK)?;
    assert_equal("connection", &page["connection"]["state"]["status"], "connected")?;
    let next = string_at(&page, "/nextCursor")?;
    let mails =
        administrator(harness).get(&path(&format!("backup?cursor={next}")))?.expect_status(StatusCode::OK)?;
    assert_equal("email", &mails["mails"][0]["id"], later.as_str())?;
    let secrets = [connected.customer.credentials().secret_access_key(), "SessionToken", "secretAccessKey"];
    for secret in secrets {
        assert_that(
            !page.to_string().contains(secret) && !mails.to_string().contains(secret),
            "the backup contains a secret",
        )?;
    }
    for page in [&page, &mails] {
        let brought = administrator(harness).post(&path("restore"), page)?.expect_status(StatusCode::OK)?;
        assert_equal("connection", &brought["connection"], &json!(false))?;
        assert_equal("rescheduled emails", &brought["scheduled"], &json!(0))?;
    }
    assert_equal("connection", &connected.binding()?["status"], "connected")?;
    assert_equal("email", &connected.email(&later)?["status"], "scheduled")
}

fn brought_back(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("brought-back")?;
    environment.settings.push(("UNCONFIRMED_GRACE_SECONDS", "5".to_owned()));
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let api = &connected.organisation.api;
    let under = |email: &Value| {
        let body = ("application/json", email.to_string().into());
        api.send(http::Method::POST, "/v1/emails", Some(body), &[("idempotency-key", "once")])
    };
    let over = string_at(&under(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?, "/id")?;
    connected.wait_for_delivery(&over)?;
    let later = connected.send(&tomorrow(email_to(SUCCESS)), "scheduled")?;
    let throttle =
        environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    let mut goes = email_to(SUCCESS);
    goes["subject"] = json!(GOES);
    let goes = connected.send(&goes, "queued")?;
    let waits = connected.send(&email_to(SUCCESS), "queued")?;
    let large = connected.send(&with_a_large_file(), "queued")?;
    let backup = script(harness, &environment, &connected, &["save"], b"")?;
    assert_that(backup.split(|byte| *byte == b'\n').count() > 4, "the backup has too few pages")?;
    let hold_back = held_back(&environment, &connected);
    drop(throttle);
    connected.wait_for_delivery(&goes)?;
    worker.kill()?;
    lose(&environment)?;
    drop(hold_back);

    let _worker = environment.start_worker(&harness.tools)?;
    assert_equal("connection before the restore", &connected.binding()?["status"], "not_connected")?;
    // One that is cut off in the middle is begun again.
    let first_page = backup.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    assert_that(
        restore(harness, &environment, &connected, "resume", first_page).is_err(),
        "an incomplete backup was accepted",
    )?;
    let brought = restore(harness, &environment, &connected, "resume", &backup)?;
    assert_equal("results of the first restore", outcomes(&brought), [1, 2, 0, 1].map(Some))?;
    connected.organisation.wait_for_status("connected", crate::polling::WAIT_TIMEOUT)?;
    connected.wait_for_delivery(&waits)?;
    connected.wait_for_delivery(&large)?;
    let again = under(&email_to(SUCCESS))?;
    assert_that(again.headers.contains_key("idempotent-replayed"), "the idempotency key is lost")?;
    assert_equal(
        "email of the idempotency key",
        string_at(&again.expect_status(StatusCode::ACCEPTED)?, "/id")?,
        over.clone(),
    )?;
    api.post(&format!("/v1/emails/{later}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;

    let brought = restore(harness, &environment, &connected, "resume", &backup)?;
    assert_equal("results of the second restore", outcomes(&brought), [0, 0, 0, 4].map(Some))?;
    crate::polling::wait_until("AWS to count all emails", || Ok(connected.aws_sent_count()? >= 4.0))?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 4.0)?;
    assert_equal(
        "calls",
        taken(&environment, &connected, &[&over, &goes, &waits, &large, &later]),
        vec![1, 1, 1, 1, 0],
    )
}

fn left(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("left")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let throttle =
        environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    let mut goes = email_to(SUCCESS);
    goes["subject"] = json!(GOES);
    let goes = connected.send(&goes, "queued")?;
    let waits = connected.send(&email_to(SUCCESS), "queued")?;
    let backup = script(harness, &environment, &connected, &["save"], b"")?;
    worker.kill()?;
    let d1 = environment.state.path().join("v3").join("d1");
    let old_d1 = test_support::temp_dir::TempDir::new()?;
    copy(&d1, old_d1.path())?;
    let hold_back = held_back(&environment, &connected);
    drop(throttle);
    let worker = environment.start_worker(&harness.tools)?;
    connected.wait_for_delivery(&goes)?;
    worker.kill()?;
    lose(&environment)?;
    copy(old_d1.path(), &d1)?;
    drop(hold_back);

    let worker = environment.start_worker(&harness.tools)?;
    let brought = restore(harness, &environment, &connected, "leave", &backup)?;
    assert_equal("emails left unconfirmed", &brought["left"], &json!(2))?;
    for id in [&goes, &waits] {
        let told = connected.wait_for_email(id, "unconfirmed")?;
        let last = told["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
        assert_equal("reason", (&last["step"], &last["code"]), (&json!("gave_up"), &json!("restored")))?;
    }
    connected.organisation.wait_for_status("connected", crate::polling::WAIT_TIMEOUT)?;
    let next = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&next)?;
    assert_equal("calls", taken(&environment, &connected, &[&goes, &waits]), vec![1, 0])?;
    worker.kill()?;
    let stored = crate::stored_rows::StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("stored emails", stored.count("outbox"), 0)
}
