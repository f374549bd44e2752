//! Events while the webhook is unavailable.

use time::Duration;

use super::{TestResult, assert_equal, assert_that};
use crate::{
    aws_proxy::{SEND_EMAIL, fault},
    harness::Harness,
    http_proxy::ProxyAction,
    polling::wait_until,
    test_email::{SUCCESS, email_to},
};

/// The path of the certificate that the emulator signs with.
const CERTIFICATE: &str = "GET /_fakecloud/sns/cert.pem";

const GRACE_SECONDS: &str = "60";

const STEP: Duration = Duration::MINUTE;

const OUTAGE: Duration = Duration::minutes(10);

/// The longest delay between two retries of SNS.
const LONGEST_DELAY: Duration = Duration::minutes(2);

/// The Worker can't fetch SNS's certificate for ten minutes, so it refuses every message. Meanwhile SES's response to an email is lost.
pub(crate) fn ten_minutes(harness: &Harness) -> TestResult {
    let (mut environment, customer) = harness.create_environment_with_clock("webhook-outage")?;
    environment.set("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS);
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(customer)?;
    // Events have arrived, so without the failures of the webhook silence would count as a proof.
    let before = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&before)?;

    // The next Worker has no certificate in memory.
    worker.kill()?;
    let outage = environment.aws_proxy.inject_fault(|call| {
        (call.action == CERTIFICATE).then(|| fault::json_error(503, "SlowDown", "Try later"))
    });
    let worker = environment.start_worker(&harness.tools)?;
    let lost_response = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::ForwardThenDisconnect));
    let id = connected.send(&email_to(SUCCESS), "unconfirmed")?;
    drop(lost_response);
    let refused = || {
        let posts = environment.webhook_proxy.sns_posts(&connected.topic_arn);
        posts.iter().filter(|post| post.status == 503).count()
    };
    wait_until("the webhook to refuse both events", || Ok(refused() >= 2))?;

    let mut clock = Duration::ZERO;
    let mut move_clock = |by: Duration| -> test_support::Result<()> {
        clock += by;
        environment.webhook_proxy.set_clock(clock.unsigned_abs());
        worker.set_clock(clock)?;
        worker.ring(&connected.organisation.id)
    };
    for _ in 0..OUTAGE.whole_minutes() {
        move_clock(STEP)?;
        assert_equal("status during the outage", &connected.email(&id)?["status"], "unconfirmed")?;
    }
    assert_that(refused() > 6, format!("SNS has retried too rarely: {} refused posts", refused()))?;
    drop(outage);
    // A post that was in progress can still be refused, and is retried after another delay.
    let mut moves = 0..3;
    wait_until("SNS to retry both events", || {
        if connected.email(&id)?["status"] == "delivered" {
            return Ok(true);
        }
        moves.next().map_or(Ok(()), |_| move_clock(LONGEST_DELAY))?;
        Ok(false)
    })?;
    move_clock(STEP)?;
    assert_equal("attempts", environment.aws_proxy.send_call_count(&connected.role_arn), 2)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 2.0)
}
