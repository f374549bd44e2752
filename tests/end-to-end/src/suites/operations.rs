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

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    site::Site,
    wiretap::{SEND_EMAIL, fault::json_error},
    world::{World, text},
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("operations::{name}"), world, case);
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

fn changed_keys(world: &World) -> Outcome {
    let mut site = world.site("changed-keys")?;
    // AWS takes the pair that is to follow; of the first it is told below that it does, too, until it is deactivated.
    let valid: Vec<_> = site
        .settings
        .iter()
        .filter(|(name, _)| name.starts_with("AWS_ACCESS") || name.starts_with("AWS_SECRET"))
        .cloned()
        .collect();
    for (name, value) in valid {
        let next =
            if name == "AWS_ACCESS_KEY_ID" { "AWS_ACCESS_KEY_ID_NEXT" } else { "AWS_SECRET_ACCESS_KEY_NEXT" };
        site.settings.push((next, value));
    }
    let first = world.second_keys()?;
    for (name, value) in &mut site.settings {
        match *name {
            "AWS_ACCESS_KEY_ID" => first.access_key_id().clone_into(value),
            "AWS_SECRET_ACCESS_KEY" => first.secret_access_key().clone_into(value),
            _ => {}
        }
    }
    let worker = site.start(&world.tools)?;
    let before = site.connected(world.customer()?)?;
    before.send(&email_to(SUCCESS), "sent")?;
    let used = |key: &str| {
        site.wiretap.calls_where(|call| call.action == "AssumeRole" && call.access_key_id == key).len()
    };
    hold(used(first.access_key_id()) > 0, "the first pair isn't used")?;

    // It is deactivated from here on.
    let inactive = Arc::new(AtomicBool::new(true));
    let (key, is_inactive) = (first.access_key_id().to_owned(), Arc::clone(&inactive));
    let _deactivated = site.wiretap.fault(move |call| {
        let is_meant = is_inactive.load(Ordering::SeqCst) && call.access_key_id == key;
        is_meant.then(|| {
            crate::relay::Reaction::Answer(crate::wire::Message::response(
                403,
                &[("content-type", "text/xml")],
                INACTIVE,
            ))
        })
    });
    for _ in 0..3 {
        let connected = site.connected(world.customer()?)?;
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        connected.wait_for_delivery(&id)?;
        equal("status", &connected.verify()?["status"], "connected")?;
    }
    before.send(&email_to(SUCCESS), "sent")?;
    equal("status", &before.verify()?["status"], "connected")?;
    hold(worker.log().contains("own_credentials_rejected"), "nobody is told")?;

    // Activated again, it would do as well.
    inactive.store(false, Ordering::SeqCst);
    equal("status", &before.verify()?["status"], "connected")
}

fn administrator(world: &World) -> Api {
    world.api().with_key(ADMIN_TOKEN)
}

/// The counts of an organisation, as Prometheus's own reader reads them.
fn counts(world: &World, organisation: &str) -> Result<Value> {
    const READ: &str = "import json, sys\n\
        from prometheus_client.parser import text_string_to_metric_families as families\n\
        found = {}\n\
        for family in families(sys.stdin.read()):\n\
        \x20   for sample in family.samples:\n\
        \x20       assert sample.name in ('kraiter_emails_total', 'kraiter_emails_depth'), sample\n\
        \x20       if sample.labels.get('organisation') == sys.argv[1]:\n\
        \x20           found[sample.labels.get('event', 'depth ' + sample.labels.get('state', '')) + ' ' + sample.labels['region']] = sample.value\n\
        print(json.dumps(found))";
    let answer = administrator(world).get("/metrics")?.expect_status(StatusCode::OK)?;
    let text = answer.as_str().unwrap_or_default().to_owned();
    let mut reader = Command::new(world.tools.python()?)
        .args(["-c", READ, organisation])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::io("run Python"))?;
    let written = reader.stdin.take().map(|mut stdin| std::io::Write::write_all(&mut stdin, text.as_bytes()));
    written.transpose().map_err(Error::io("write to Python"))?;
    let output = reader.wait_with_output().map_err(Error::io("read from Python"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| Error::Unexpected(format!("{error}: {text}")))
}

fn counted(world: &World) -> Outcome {
    let connected = world.connected()?;
    connected.send(&email_to(SUCCESS), "sent")?;
    let refuse = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "not verified"))
    });
    equal("what SES refuses", connected.post(&email_to(SUCCESS))?.code(), Some("aws_refused"))?;
    drop(refuse);
    let mut later = email_to(SUCCESS);
    later["scheduledAt"] =
        json!(crate::forger::written(time::OffsetDateTime::now_utc() + time::Duration::DAY));
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
    let all = kraiter_core::mail::Counter::ALL.map(kraiter_core::mail::Counter::name);
    let expected: Value =
        all.map(|name| (format!("{name} eu-west-1"), json!(ones(name)))).into_iter().collect();
    equal("counts", counts(world, &connected.organisation.id)?, expected)?;

    let throttle = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    for _ in 0..3 {
        connected.send(&email_to(SUCCESS), "queued")?;
    }
    let depth = |expected: u32| {
        let what = format!("a depth of {expected}");
        crate::connected::until(&what, || {
            Ok(counts(world, &connected.organisation.id)?["depth waiting eu-west-1"] == expected)
        })
    };
    depth(3)?;
    drop(throttle);
    depth(0)?;

    let all = administrator(world).get("/metrics?by=region")?.expect_status(StatusCode::OK)?;
    hold(
        all.as_str()
            .is_some_and(|text| text.contains("kraiter_emails_total{region=\"eu-west-1\",event=\"sent\"}")),
        all.to_string(),
    )?;
    equal(
        "an organisation's key",
        connected.organisation.api.get("/metrics")?.status,
        StatusCode::UNAUTHORIZED,
    )
}

fn alerts(world: &World) -> Outcome {
    let rules = std::fs::read_to_string(world.tools.root().join("docs").join("alerts.yml"))?;
    let runbook = std::fs::read_to_string(world.tools.root().join("docs").join("runbook.md"))?;
    let names: Vec<_> = kraiter_core::mail::Counter::ALL.iter().map(|counter| counter.name()).collect();
    let events =
        rules.split("event=").skip(1).filter_map(|rest| rest.trim_start_matches('~').split('"').nth(1));
    let events: Vec<_> = events.flat_map(|events| events.split('|')).collect();
    hold(events.len() > 5, "no rule names an event")?;
    for event in events {
        hold(names.contains(&event), format!("`{event}` isn't counted"))?;
    }
    for alert in rules.split("- alert: ").skip(1).filter_map(|rest| rest.lines().next()) {
        hold(
            runbook.contains(&format!("## {alert}\n")),
            format!("the runbook doesn't say what {alert} means"),
        )?;
    }
    for name in names {
        hold(
            runbook.contains(&format!("`{name}`")),
            format!("the runbook doesn't say what `{name}` counts"),
        )?;
    }
    Ok(())
}

fn restored(world: &World) -> Outcome {
    let site = world.site("restored")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let before = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&before)?;
    worker.kill()?;
    let backup = test_support::temp_dir::TempDir::new()?;
    let d1 = site.state.path().join("v3").join("d1");
    copy(&d1, backup.path())?;

    let worker = site.start(&world.tools)?;
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    worker.kill()?;
    // D1 is as it was before that mail; the Durable Object has it.
    copy(backup.path(), &d1)?;
    drop(throttle);
    let _worker = site.start(&world.tools)?;
    crate::connected::until("the mail to be sent", || Ok(connected.sent()? >= 2.0))?;
    let shown = crate::connected::soon("the mail to be shown again", || {
        let answer = connected.organisation.api.get(&format!("/v1/emails/{queued}"))?;
        Ok(if answer.status == StatusCode::OK {
            test_support::wait::Poll::Ready(answer.body)
        } else {
            test_support::wait::Poll::Pending(answer.body.to_string())
        })
    })?;
    equal("its id", text(&shown, "/id")?, queued)?;
    let taken =
        site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).iter().filter(|call| call.taken).count();
    equal("mails that SES took", taken, 2)
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
    world: &World,
    site: &Site,
    connected: &Connected,
    words: &[&str],
    input: &[u8],
) -> Result<Vec<u8>> {
    let mut child = Command::new(world.tools.node()?)
        .arg(world.tools.root().join("docs").join("backup.mjs"))
        .args([words[0], &site.post_office.origin(), &connected.organisation.id])
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

fn restore(world: &World, site: &Site, connected: &Connected, wanted: &str, backup: &[u8]) -> Result<Value> {
    let printed = script(world, site, connected, &["restore", wanted], backup)?;
    serde_json::from_slice(&printed).map_err(|error| Error::Unexpected(error.to_string()))
}

/// How many mails came back as scheduled, resumed, left and over.
fn outcomes(brought: &Value) -> [Option<u64>; 4] {
    ["scheduled", "resumed", "left", "over"].map(|name| brought[name].as_u64())
}

/// How often SES took each of these mails.
fn taken(site: &Site, connected: &Connected, ids: &[&str]) -> Vec<usize> {
    let calls = site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let of = |id: &str| calls.iter().filter(|call| call.taken && call.body.contains(id)).count();
    ids.iter().map(|id| of(id)).collect()
}

/// Loses what the Durable Objects hold.
fn lose(site: &Site) -> Result<()> {
    let objects = site.state.path().join("v3").join("do");
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
        json!(crate::forger::written(time::OffsetDateTime::now_utc() + time::Duration::DAY));
    email
}

/// What SES answers where the account's rate is exceeded.
fn too_fast() -> crate::relay::Reaction {
    json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
}

/// The subject of a mail that goes while others are held back.
const GOES: &str = "This one goes";

/// Lets SES take none but mails of the subject [`GOES`].
fn held_back(site: &Site, connected: &Connected) -> crate::wiretap::FaultGuard {
    site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |call| {
        let is_held = !call.body.contains(GOES);
        is_held.then(too_fast)
    })
}

fn there_already(world: &World) -> Outcome {
    let connected = world.connected()?;
    let later = connected.send(&tomorrow(email_to(SUCCESS)), "scheduled")?;
    let path = |what: &str| format!("/v1/organisations/{}/{what}", connected.organisation.id);
    let page = administrator(world).get(&path("backup"))?.expect_status(StatusCode::OK)?;
    equal("the connection", &page["connection"]["state"]["status"], "connected")?;
    let next = text(&page, "/nextCursor")?;
    let mails =
        administrator(world).get(&path(&format!("backup?cursor={next}")))?.expect_status(StatusCode::OK)?;
    equal("the mail", &mails["mails"][0]["id"], later.as_str())?;
    let secrets = [connected.customer.credentials().secret_access_key(), "SessionToken", "secretAccessKey"];
    for secret in secrets {
        hold(!page.to_string().contains(secret) && !mails.to_string().contains(secret), "it holds a secret")?;
    }
    for page in [&page, &mails] {
        let brought = administrator(world).post(&path("restore"), page)?.expect_status(StatusCode::OK)?;
        equal("the connection", &brought["connection"], &json!(false))?;
        equal("what is scheduled anew", &brought["scheduled"], &json!(0))?;
    }
    equal("the connection", &connected.binding()?["status"], "connected")?;
    equal("the mail", &connected.email(&later)?["status"], "scheduled")
}

fn brought_back(world: &World) -> Outcome {
    let mut site = world.site("brought-back")?;
    site.settings.push(("UNCONFIRMED_GRACE_SECONDS", "5".to_owned()));
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let api = &connected.organisation.api;
    let under = |email: &Value| {
        let body = ("application/json", email.to_string().into());
        api.send(http::Method::POST, "/v1/emails", Some(body), &[("idempotency-key", "once")])
    };
    let over = text(&under(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?, "/id")?;
    connected.wait_for_delivery(&over)?;
    let later = connected.send(&tomorrow(email_to(SUCCESS)), "scheduled")?;
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    let mut goes = email_to(SUCCESS);
    goes["subject"] = json!(GOES);
    let goes = connected.send(&goes, "queued")?;
    let waits = connected.send(&email_to(SUCCESS), "queued")?;
    let large = connected.send(&with_a_large_file(), "queued")?;
    let backup = script(world, &site, &connected, &["save"], b"")?;
    hold(backup.split(|byte| *byte == b'\n').count() > 4, "the backup has too few pages")?;
    let hold_back = held_back(&site, &connected);
    drop(throttle);
    connected.wait_for_delivery(&goes)?;
    worker.kill()?;
    lose(&site)?;
    drop(hold_back);

    let _worker = site.start(&world.tools)?;
    equal("the connection that was lost", &connected.binding()?["status"], "not_connected")?;
    // One that is cut off in the middle is begun again.
    let first_page = backup.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    hold(restore(world, &site, &connected, "resume", first_page).is_err(), "a part is taken for the whole")?;
    let brought = restore(world, &site, &connected, "resume", &backup)?;
    equal("mails that came back", outcomes(&brought), [1, 2, 0, 1].map(Some))?;
    connected.organisation.wait_for_status("connected", crate::world::SOON)?;
    connected.wait_for_delivery(&waits)?;
    connected.wait_for_delivery(&large)?;
    let again = under(&email_to(SUCCESS))?;
    hold(again.headers.contains_key("idempotent-replayed"), "the key is forgotten")?;
    equal("the mail under the key", text(&again.expect_status(StatusCode::ACCEPTED)?, "/id")?, over.clone())?;
    api.post(&format!("/v1/emails/{later}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;

    let brought = restore(world, &site, &connected, "resume", &backup)?;
    equal("mails that came back the second time", outcomes(&brought), [0, 0, 0, 4].map(Some))?;
    crate::connected::until("AWS to count all", || Ok(connected.sent()? >= 4.0))?;
    equal("mails that AWS counts", connected.sent()?, 4.0)?;
    equal("calls", taken(&site, &connected, &[&over, &goes, &waits, &large, &later]), vec![1, 1, 1, 1, 0])
}

fn left(world: &World) -> Outcome {
    let site = world.site("left")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(too_fast()));
    let mut goes = email_to(SUCCESS);
    goes["subject"] = json!(GOES);
    let goes = connected.send(&goes, "queued")?;
    let waits = connected.send(&email_to(SUCCESS), "queued")?;
    let backup = script(world, &site, &connected, &["save"], b"")?;
    worker.kill()?;
    let d1 = site.state.path().join("v3").join("d1");
    let old_d1 = test_support::temp_dir::TempDir::new()?;
    copy(&d1, old_d1.path())?;
    let hold_back = held_back(&site, &connected);
    drop(throttle);
    let worker = site.start(&world.tools)?;
    connected.wait_for_delivery(&goes)?;
    worker.kill()?;
    lose(&site)?;
    copy(old_d1.path(), &d1)?;
    drop(hold_back);

    let worker = site.start(&world.tools)?;
    let brought = restore(world, &site, &connected, "leave", &backup)?;
    equal("mails that are left", &brought["left"], &json!(2))?;
    for id in [&goes, &waits] {
        let told = connected.wait_for_email(id, "unconfirmed")?;
        let last = told["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
        equal("why", (&last["step"], &last["code"]), (&json!("gave_up"), &json!("restored")))?;
    }
    connected.organisation.wait_for_status("connected", crate::world::SOON)?;
    let next = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&next)?;
    equal("calls", taken(&site, &connected, &[&goes, &waits]), vec![1, 0])?;
    worker.kill()?;
    let stored = crate::stored::Stored::read(&world.tools, site.state.path())?;
    equal("what is kept of them", stored.count("outbox"), 0)
}
