//! The `delivery` option of emails whose response is lost and that have no events.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::{TestResult, assert_equal};
use crate::{
    aws_proxy::SEND_EMAIL,
    connected_organisation::last_history_step,
    harness::{Harness, string_at},
    http_proxy::ProxyAction,
    polling::wait_until,
    test_email::{SUCCESS, email_to},
};

pub(super) fn no_events(harness: &Harness) -> TestResult {
    for (delivery, status, calls, last_step) in
        [("at_most_once", "unconfirmed", 1, "gave_up"), ("at_least_once", "sent", 2, "sent")]
    {
        let connected = harness.connect_organisation()?;
        let attempts = AtomicU32::new(0);
        let _fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
            (attempts.fetch_add(1, Ordering::SeqCst) == 0).then_some(ProxyAction::ForwardThenDisconnect)
        });
        let mut email = email_to(SUCCESS);
        email["region"] = json!("us-east-1");
        email["delivery"] = json!(delivery);
        let id = string_at(&connected.submit(&email)?.body, "/id")?;
        connected.wait_for_email(&id, status)?;
        wait_until(&format!("{delivery} to end with {last_step}"), || {
            Ok(last_history_step(&connected.email(&id)?)["step"] == last_step)
        })?;
        let calls_made = harness.aws_proxy.send_call_count(&connected.role_arn);
        assert_equal(&format!("{delivery}: send calls"), calls_made, calls)?;
    }
    Ok(())
}
