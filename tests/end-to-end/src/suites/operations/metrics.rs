//! Metrics, alerts and the runbook.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use domain::delivery::Counter;
use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Error, Result};

use super::{TestResult, administrator, assert_equal, assert_that};
use crate::{
    aws_proxy::{SEND_EMAIL, fault::json_error},
    harness::Harness,
    polling::wait_until,
    test_email::{SUCCESS, email_to, scheduled_tomorrow},
};

/// Prints the samples of one organisation as a JSON object. The keys are the event or `depth <state>`, and the region.
const PARSE_SCRIPT: &str = r"
import json, sys
from prometheus_client.parser import text_string_to_metric_families as families
found = {}
for family in families(sys.stdin.read()):
    for sample in family.samples:
        assert sample.name in ('kraiter_emails_total', 'kraiter_emails_depth'), sample
        if sample.labels.get('organisation') == sys.argv[1]:
            event = sample.labels.get('event', 'depth ' + sample.labels.get('state', ''))
            found[event + ' ' + sample.labels['region']] = sample.value
print(json.dumps(found))
";

/// Returns the metrics of an organisation, parsed with the official Prometheus client.
fn metrics_of(harness: &Harness, organisation: &str) -> Result<Value> {
    let response = administrator(harness).get("/metrics")?.expect_status(StatusCode::OK)?;
    let text = response.as_str().unwrap_or_default().to_owned();
    let mut python = Command::new(harness.tools.python()?)
        .args(["-c", PARSE_SCRIPT, organisation])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::io("run Python"))?;
    if let Some(mut stdin) = python.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(Error::io("write to Python"))?;
    }
    let output = python.wait_with_output().map_err(Error::io("read from Python"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| Error::Unexpected(format!("{error}: {text}")))
}

pub(super) fn counters(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.send(&email_to(SUCCESS), "sent")?;
    let rejection = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "not verified"))
    });
    let rejected = connected.submit(&email_to(SUCCESS))?;
    assert_equal("response to a rejected email", rejected.code(), Some("aws_refused"))?;
    drop(rejection);
    let id = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    connected
        .organisation
        .api
        .post(&format!("/v1/emails/{id}/cancel"), &json!({}))?
        .expect_status(StatusCode::OK)?;
    let expected_count = |name: &str| match name {
        "accepted" => 3,
        "sent" | "failed" | "cancelled" => 1,
        // Counters start at zero, so that the first event is visible as an increase.
        _ => 0,
    };
    let expected: Value = Counter::ALL
        .map(Counter::name)
        .map(|name| (format!("{name} eu-west-1"), json!(expected_count(name))))
        .into_iter()
        .collect();
    assert_equal("metrics", metrics_of(harness, &connected.organisation.id)?, expected)?;

    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    for _ in 0..3 {
        connected.send(&email_to(SUCCESS), "queued")?;
    }
    let wait_for_depth = |expected: u32| {
        wait_until(&format!("a queue depth of {expected}"), || {
            Ok(metrics_of(harness, &connected.organisation.id)?["depth queued eu-west-1"] == expected)
        })
    };
    wait_for_depth(3)?;
    drop(throttle);
    wait_for_depth(0)?;

    let by_region = administrator(harness).get("/metrics?by=region")?.expect_status(StatusCode::OK)?;
    assert_that(
        by_region
            .as_str()
            .is_some_and(|text| text.contains("kraiter_emails_total{region=\"eu-west-1\",event=\"sent\"}")),
        by_region.to_string(),
    )?;
    assert_equal(
        "status with an organisation's key",
        connected.organisation.api.get("/metrics")?.status,
        StatusCode::UNAUTHORIZED,
    )
}

pub(super) fn alerts(harness: &Harness) -> TestResult {
    let docs = harness.tools.root().join("docs");
    let rules = fs::read_to_string(docs.join("alerts.yml"))?;
    let runbook = fs::read_to_string(docs.join("runbook.md"))?;
    let counters: Vec<_> = Counter::ALL.iter().map(|counter| counter.name()).collect();
    let events =
        rules.split("event=").skip(1).filter_map(|rest| rest.trim_start_matches('~').split('"').nth(1));
    let events: Vec<_> = events.flat_map(|events| events.split('|')).collect();
    assert_that(events.len() > 5, "the alert rules name too few events")?;
    for event in events {
        assert_that(
            counters.contains(&event),
            format!("the alert rules name the unknown event \"{event}\""),
        )?;
    }
    for alert in rules.split("- alert: ").skip(1).filter_map(|rest| rest.lines().next()) {
        assert_that(
            runbook.contains(&format!("## {alert}\n")),
            format!("the runbook has no section for the alert {alert}"),
        )?;
    }
    for counter in counters {
        assert_that(
            runbook.contains(&format!("`{counter}`")),
            format!("the runbook doesn't describe the counter \"{counter}\""),
        )?;
    }
    Ok(())
}
