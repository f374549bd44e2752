//! A topic that its owner deleted, which AWS doesn't report.

use http::StatusCode;
use serde_json::{Value, json};
use time::Duration;

use super::{TestResult, assert_equal, scenario::Scenario};
use crate::{
    aws_proxy::SEND_EMAIL,
    harness::{Harness, string_at},
    polling::wait_until,
};

/// Longer than events may take.
const SILENCE: Duration = Duration::minutes(16);

/// Returns the state of the events of the stack's region.
fn events(binding: &Value) -> Value {
    let regions = binding["regions"].as_array().into_iter().flatten();
    let mut stack =
        regions.filter(|region| region["region"] == binding["stackRegion"]).map(|region| &region["events"]);
    stack.next().cloned().unwrap_or_default()
}

pub(super) fn noticed(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-silence")?;
    let sent = scenario.send("unheard", &Scenario::email("unheard"))?.expect_status(StatusCode::ACCEPTED)?;
    scenario.ring()?;
    assert_equal("status before", &scenario.connected.binding()?["status"], "connected")?;
    scenario.move_clock(SILENCE)?;
    scenario.ring()?;
    let binding = scenario.connected.binding()?;
    assert_equal("reason", &binding["reason"]["code"], "events_silent")?;
    assert_equal("events", events(&binding), json!("silent"))?;
    // A check doesn't show that events arrive, and emails still use the configuration set.
    assert_equal("reason after a check", &scenario.connected.verify()?["reason"]["code"], "events_silent")?;
    scenario.send("next", &Scenario::email("next"))?.expect_status(StatusCode::ACCEPTED)?;
    let calls = scenario.environment().aws_proxy.calls_by_role(&scenario.connected.role_arn, SEND_EMAIL);
    let has_set = calls.last().is_some_and(|call| call.json()["ConfigurationSetName"].is_string());
    assert_equal("email with a configuration set", has_set, true)?;
    let event = scenario.event(&string_at(&sent, "/id")?, "Send")?;
    scenario.post_until_accepted(&event)?;
    wait_until("the connection to work again", || {
        scenario.ring()?;
        let binding = scenario.connected.binding()?;
        Ok(binding["status"] == "connected" && events(&binding) == "active")
    })?;
    Ok(())
}
