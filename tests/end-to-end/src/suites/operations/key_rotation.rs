//! Rotation of Kraiter's own AWS keys.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{TestResult, assert_equal, assert_that};
use crate::{
    harness::Harness,
    http_proxy::ProxyAction,
    test_email::{SUCCESS, email_to},
    wire::Message,
};

/// STS response for deactivated keys.
const INACTIVE_KEY_RESPONSE: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>\
    <Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>";

pub(super) fn rotated_keys(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("key-rotation")?;
    // The existing pair becomes the next one. The first pair is a new one, which is deactivated below.
    let existing: Vec<_> = environment
        .settings
        .iter()
        .filter(|(name, _)| name.starts_with("AWS_ACCESS") || name.starts_with("AWS_SECRET"))
        .cloned()
        .collect();
    for (name, value) in existing {
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
    let calls_with_first_pair = environment
        .aws_proxy
        .calls_matching(|call| call.action == "AssumeRole" && call.access_key_id == first.access_key_id());
    assert_that(!calls_with_first_pair.is_empty(), "the first key pair is not used")?;

    // From here on, the first pair is deactivated.
    let is_inactive = Arc::new(AtomicBool::new(true));
    let (key, checked) = (first.access_key_id().to_owned(), Arc::clone(&is_inactive));
    let _deactivated = environment.aws_proxy.inject_fault(move |call| {
        let is_rejected = checked.load(Ordering::SeqCst) && call.access_key_id == key;
        is_rejected.then(|| {
            let headers = [("content-type", "text/xml")];
            ProxyAction::Respond(Message::response(403, &headers, INACTIVE_KEY_RESPONSE))
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
    assert_that(
        worker.log().contains("own_credentials_rejected"),
        "the log doesn't report the rejected credentials",
    )?;

    // A reactivated pair works again.
    is_inactive.store(false, Ordering::SeqCst);
    assert_equal("status", &before.verify()?["status"], "connected")
}
