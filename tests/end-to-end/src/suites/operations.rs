//! What whoever runs Kraiter does and sees.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use http::StatusCode;
use kraiter_local::{Error, Result, api::Api, lab::ADMIN_TOKEN};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Outcome, equal, hold, trial};
use crate::{
    connected::{SUCCESS, email_to},
    wiretap::{SEND_EMAIL, fault::json_error},
    world::{World, text},
};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("operations::{name}"), world, case);
    vec![
        case("our own keys are changed without a failed send", changed_keys),
        case("what happens to mails is counted, and an independent reader reads it", counted),
        case("every alert's counter is one that is counted", alerts),
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
    let worker = site.start(&world.toolbox)?;
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
    hold(worker.log().contains("own_keys_refused"), "nobody is told")?;

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
        \x20       assert sample.name == 'kraiter_emails_total', sample\n\
        \x20       if sample.labels.get('organisation') == sys.argv[1]:\n\
        \x20           found[sample.labels['event'] + ' ' + sample.labels['region']] = sample.value\n\
        print(json.dumps(found))";
    let answer = administrator(world).get("/metrics")?.expect(StatusCode::OK)?;
    let text = answer.as_str().unwrap_or_default().to_owned();
    let mut reader = Command::new(world.toolbox.python()?)
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
        .expect(StatusCode::OK)?;
    let expected = json!({ "accepted eu-west-1": 3, "sent eu-west-1": 1, "failed eu-west-1": 1, "cancelled eu-west-1": 1 });
    equal("counts", counts(world, &connected.organisation.id)?, expected)?;

    let all = administrator(world).get("/metrics?by=region")?.expect(StatusCode::OK)?;
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
    let rules = std::fs::read_to_string(world.toolbox.root().join("docs").join("alerts.yml"))?;
    let runbook = std::fs::read_to_string(world.toolbox.root().join("docs").join("runbook.md"))?;
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
    let worker = site.start(&world.toolbox)?;
    let connected = site.connected(world.customer()?)?;
    let before = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&before)?;
    worker.kill()?;
    let backup = kraiter_local::folder::Folder::temporary()?;
    let d1 = site.state.path().join("v3").join("d1");
    copy(&d1, backup.path())?;

    let worker = site.start(&world.toolbox)?;
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    worker.kill()?;
    // D1 is as it was before that mail; the Durable Object has it.
    copy(backup.path(), &d1)?;
    drop(throttle);
    let _worker = site.start(&world.toolbox)?;
    crate::connected::until("the mail to be sent", || Ok(connected.sent()? >= 2.0))?;
    let shown = crate::connected::soon("the mail to be shown again", || {
        let answer = connected.organisation.api.get(&format!("/v1/emails/{queued}"))?;
        Ok(if answer.status == StatusCode::OK {
            kraiter_local::wait::Seen::There(answer.body)
        } else {
            kraiter_local::wait::Seen::NotYet(answer.body.to_string())
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
