//! Waiting for a condition.

use std::time::Duration;

use test_support::{
    Result,
    wait::{self, Poll},
};

/// Maximum time to wait for a condition. Most need only a few calls on loopback, but other cases run at the same time.
pub(crate) const WAIT_TIMEOUT: Duration = Duration::from_mins(1);

const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Calls `poll` until it is ready. A timeout error names `description` and the last state.
pub(crate) fn wait_for<T>(description: &str, poll: impl FnMut() -> Result<Poll<T>>) -> Result<T> {
    wait::until(description, WAIT_TIMEOUT, POLL_INTERVAL, poll)
}

/// Calls `condition` until it returns true.
pub(crate) fn wait_until(description: &str, mut condition: impl FnMut() -> Result<bool>) -> Result<()> {
    wait_for(description, || Ok(if condition()? { Poll::Ready(()) } else { Poll::Pending(String::new()) }))
}
