//! What becomes of a mail whose answer was lost where no event can tell.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::{TestResult, assert_equal};
use crate::{
    aws_proxy::SEND_EMAIL,
    harness::{Harness, string_at},
    http_proxy::ProxyAction,
    test_email::{SUCCESS, email_to},
};

pub(super) fn no_events(harness: &Harness) -> TestResult {
    for (delivery, status, calls, last) in
        [("at_most_once", "unconfirmed", 1, "gave_up"), ("at_least_once", "sent", 2, "sent")]
    {
        let connected = harness.connect_organisation()?;
        let attempts = AtomicU32::new(0);
        let _cut = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
            (attempts.fetch_add(1, Ordering::SeqCst) == 0).then_some(ProxyAction::ForwardThenDisconnect)
        });
        let mut email = email_to(SUCCESS);
        email["region"] = json!("us-east-1");
        email["delivery"] = json!(delivery);
        let id = string_at(&connected.submit(&email)?.body, "/id")?;
        connected.wait_for_email(&id, status)?;
        let steps = || {
            let email = connected.email(&id)?;
            let steps =
                email["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
            Ok::<_, test_support::Error>(steps["step"] == last)
        };
        crate::polling::wait_until(&format!("{delivery} to end with {last}"), steps)?;
        let calls_made = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL).len();
        assert_equal(&format!("{delivery}: send calls"), calls_made, calls)?;
    }
    Ok(())
}
