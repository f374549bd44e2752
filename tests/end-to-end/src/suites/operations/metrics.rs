//! Metrics, alerts and the runbook.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use domain::delivery::Counter;
use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Error, Result, api::Api, test_env::ADMIN_TOKEN, tools::Tools, wait::Poll};

use super::{TestResult, administrator, assert_equal, assert_that};
use crate::{
    aws_proxy::{SEND_EMAIL, fault::json_error},
    harness::{Harness, IRELAND},
    polling::wait_for,
    test_email::{SUCCESS, email_to, scheduled_tomorrow},
};

/// Where the runbook is published.
const RUNBOOK_URL: &str = "https://github.com/kraiter/aws-setup/blob/main/docs/runbook.md";

/// Prints the samples of one organisation's emails as a JSON object. The keys are the event or `depth <state>`, and the region.
const PARSE_SCRIPT: &str = r"
import json, sys
from prometheus_client.parser import text_string_to_metric_families as families
found = {}
for family in families(sys.stdin.read()):
    for sample in family.samples:
        if sample.name.startswith('kraiter_emails_') and sample.labels.get('organisation') == sys.argv[1]:
            event = sample.labels.get('event', 'depth ' + sample.labels.get('state', ''))
            found[event + ' ' + sample.labels['region']] = sample.value
print(json.dumps(found))
";

/// The metrics of a Worker.
struct Metrics<'a> {
    tools: &'a Tools,
    administrator: Api,
}

impl Metrics<'_> {
    fn text(&self, query: &str) -> Result<String> {
        let response = self.administrator.get(&format!("/metrics{query}"))?.expect_status(StatusCode::OK)?;
        Ok(response.as_str().unwrap_or_default().to_owned())
    }

    /// Returns the counters and depths of an organisation, parsed with the official Prometheus client.
    fn of_organisation(&self, organisation: &str) -> Result<Value> {
        let text = self.text("")?;
        let mut python = Command::new(self.tools.python()?)
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

    /// Waits until an organisation's counters and depths are `expected`.
    fn wait_for(&self, organisation: &str, expected: &Value) -> Result<()> {
        wait_for("an organisation's metrics", || {
            let metrics = self.of_organisation(organisation)?;
            Ok(if metrics == *expected {
                Poll::Ready(())
            } else {
                Poll::Pending(format!("expected {expected}, found {metrics}"))
            })
        })
    }
}

/// Returns the counters of an organisation. Those that aren't in `counts` are zero, so that the first event is visible as an increase.
fn counters_with(counts: &[(&str, u64)]) -> Value {
    let count = |name| counts.iter().find(|(counter, _)| *counter == name).map_or(0, |(_, count)| *count);
    let counters =
        Counter::ALL.map(Counter::name).map(|name| (format!("{name} {IRELAND}"), json!(count(name))));
    counters.into_iter().collect()
}

pub(super) fn counters(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("metrics")?;
    // The default is five minutes.
    environment.settings.push(("METRICS_INTERVAL_SECONDS", "1".to_owned()));
    let token = "metrics-only-0123456789abcdef";
    environment.set("METRICS_TOKEN", token);
    let _worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let id = &connected.organisation.id;
    let api = Api::new(environment.webhook_proxy.origin());
    let metrics = Metrics { tools: &harness.tools, administrator: api.with_key(ADMIN_TOKEN) };

    connected.send(&email_to(SUCCESS), "sent")?;
    let rejection = environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(json_error(400, "MessageRejected", "not verified"))
    });
    let rejected = connected.submit(&email_to(SUCCESS))?;
    assert_equal("response to a rejected email", rejected.code(), Some("aws_refused"))?;
    drop(rejection);
    let scheduled = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    connected
        .organisation
        .api
        .post(&format!("/v1/emails/{scheduled}/cancel"), &json!({}))?
        .expect_status(StatusCode::OK)?;
    let mut counts = vec![("accepted", 3), ("sent", 1), ("failed", 1), ("cancelled", 1)];
    metrics.wait_for(id, &counters_with(&counts))?;

    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    for _ in 0..3 {
        connected.send(&email_to(SUCCESS), "queued")?;
    }
    wait_for("a queue depth of 3", || {
        let metrics = metrics.of_organisation(id)?;
        let is_queued = metrics["depth queued eu-west-1"] == 3;
        Ok(if is_queued { Poll::Ready(()) } else { Poll::Pending(metrics.to_string()) })
    })?;
    drop(throttle);
    // How often SES throttles depends on the time.
    let throttled = wait_for("an empty queue", || {
        let metrics = metrics.of_organisation(id)?;
        let is_done = metrics["depth queued eu-west-1"] == 0 && metrics["sent eu-west-1"] == 4;
        Ok(if is_done {
            Poll::Ready(metrics["throttled eu-west-1"].clone())
        } else {
            Poll::Pending(metrics.to_string())
        })
    })?;
    counts[0].1 = 6;
    counts[1].1 = 4;
    counts.push(("throttled", throttled.as_u64().unwrap_or_default()));
    let mut expected = counters_with(&counts);
    expected["depth queued eu-west-1"] = json!(0);
    expected["depth unconfirmed eu-west-1"] = json!(0);
    metrics.wait_for(id, &expected)?;

    let sum = "kraiter_emails_total{region=\"eu-west-1\",event=\"sent\"} 4\n";
    let by_region = metrics.text("?by=region")?;
    assert_that(by_region.contains(sum), format!("the metrics don't contain {sum}: {by_region}"))?;
    let size = format!("kraiter_database_max_bytes{{organisation=\"{id}\"}} ");
    assert_that(by_region.contains(&size), format!("the metrics don't contain {size}: {by_region}"))?;
    let monitoring = api.with_key(token);
    assert_equal("status with the metrics token", monitoring.get("/metrics")?.status, StatusCode::OK)?;
    for path in ["/v1/organisations".to_owned(), format!("/v1/organisations/{id}/backup")] {
        let status = monitoring.get(&path)?.status;
        assert_equal("status of another route with the metrics token", status, StatusCode::UNAUTHORIZED)?;
    }
    let with_key = connected.organisation.api.get("/metrics")?;
    assert_equal("status with an organisation's key", with_key.status, StatusCode::UNAUTHORIZED)?;

    let deleted = metrics.administrator.delete(&format!("/v1/organisations/{id}"))?;
    assert_equal("status of the deletion", deleted.status, StatusCode::NO_CONTENT)?;
    metrics.wait_for(id, &json!({}))?;
    let by_region = metrics.text("?by=region")?;
    assert_that(by_region.contains(sum), format!("a sum decreased: {by_region}"))
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
    assert_metrics_exist(harness, "alerts.yml", &rules)?;
    for alert in rules.split("- alert: ").skip(1).filter_map(|rest| rest.lines().next()) {
        assert_that(
            runbook.contains(&format!("## {alert}\n")),
            format!("the runbook has no section for the alert {alert}"),
        )?;
        let url = format!("{RUNBOOK_URL}#{}\n", alert.to_lowercase());
        assert_equal(&format!("runbook URLs of {alert}"), rules.matches(&url).count(), 1)?;
    }
    let count = |part: &str| rules.matches(part).count();
    for part in ["severity: ", "summary: ", "description: ", "runbook_url: "] {
        assert_equal(part, count(&format!("          {part}")), count("- alert: "))?;
    }
    for counter in counters {
        assert_that(
            runbook.contains(&format!("`{counter}`")),
            format!("the runbook doesn't describe the counter \"{counter}\""),
        )?;
    }
    Ok(())
}

/// Fails unless the Worker has every metric that a file names.
fn assert_metrics_exist(harness: &Harness, file: &str, text: &str) -> TestResult {
    let metrics = administrator(harness).get("/metrics")?.expect_status(StatusCode::OK)?;
    let metrics = metrics.as_str().unwrap_or_default();
    let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut names: Vec<_> = names.filter(|name| name.starts_with("kraiter_")).collect();
    names.sort_unstable();
    names.dedup();
    assert_that(names.len() > 3, format!("{file} names too few metrics: {names:?}"))?;
    for name in names {
        assert_that(
            metrics.contains(&format!("# TYPE {name} ")),
            format!("{file} names the unknown metric \"{name}\""),
        )?;
    }
    Ok(())
}

pub(super) fn grafana(harness: &Harness) -> TestResult {
    let text = fs::read_to_string(harness.tools.root().join("docs").join("grafana.json"))?;
    assert_metrics_exist(harness, "grafana.json", &text)?;
    let dashboard: Value = serde_json::from_str(&text)?;
    let panels = dashboard["panels"].as_array().ok_or("the dashboard has no panels")?;
    let events = Counter::ALL.map(Counter::name);
    for panel in panels {
        let targets = panel["targets"].as_array().filter(|targets| !targets.is_empty());
        for target in targets.ok_or_else(|| format!("a panel has no query: {panel}"))? {
            // The data source is chosen on import.
            assert_equal("data source", &target["datasource"]["uid"], "${DS_PROMETHEUS}")?;
            let query = target["expr"].as_str().unwrap_or_default();
            for event in query.split("event=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert_that(events.contains(&event), format!("{query} names an unknown event"))?;
            }
        }
    }
    let inputs = dashboard["__inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_equal(
        "inputs",
        inputs.iter().map(|input| &input["name"]).collect::<Vec<_>>(),
        vec!["DS_PROMETHEUS"],
    )?;
    assert_that(dashboard["schemaVersion"].as_u64() >= Some(36), "Grafana would migrate the dashboard")
}
