//! Cloudflare's limit of six simultaneous connections, which the local runtime doesn't have.

use std::time::Duration;

use test_support::api::Api;

use super::{
    super::reliability::{event_burst::post_events, rate_limit::send_at_limit},
    TestResult,
};
use crate::{harness::Harness, standalone_worker::Entry, test_entry::CONNECTIONS};

/// How long SES takes. At the rate limit of the case, more than six calls are in progress.
const SES_LATENCY: Duration = Duration::from_millis(250);

/// Sends at the rate limit and receives many events with six connections per `scope`.
pub(super) fn limited(harness: &Harness, scope: &str) -> TestResult {
    let mut environment = harness.create_environment(&format!("connections-{scope}"))?;
    environment.entry = Entry::Test;
    environment.set(CONNECTIONS, scope);
    let _worker = environment.start_worker(&harness.tools)?;
    let connect = || environment.connect_organisation(harness.create_customer()?);
    send_at_limit(&environment.aws_proxy, &connect()?, SES_LATENCY)?;
    post_events(&environment.aws_proxy, &Api::new(environment.webhook_proxy.origin()), &connect()?)
}
