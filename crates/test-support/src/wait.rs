//! Polling with a timeout.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{Error, Result};

/// The result of checking a condition once.
pub enum Poll<T> {
    Ready(T),
    /// Not ready yet, with the current state for the error message.
    Pending(String),
}

/// Calls `check` every `interval` until it is ready. Fails with [`Error::Timeout`] after `timeout`, naming `what` and the last
/// state, or with the first error of `check`.
pub fn until<T>(
    what: &str,
    timeout: Duration,
    interval: Duration,
    mut check: impl FnMut() -> Result<Poll<T>>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        match check()? {
            Poll::Ready(value) => return Ok(value),
            Poll::Pending(last) if start.elapsed() >= timeout => {
                let last = if last.is_empty() { last } else { format!(": {last}") };
                return Err(Error::Timeout { what: what.to_owned(), after: timeout, last });
            }
            Poll::Pending(_) => thread::sleep(interval),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_names_the_condition_and_the_last_state() {
        let mut checks = 0;
        let error = until::<()>("the stack", Duration::from_millis(5), Duration::from_millis(1), || {
            checks += 1;
            Ok(Poll::Pending("CREATE_IN_PROGRESS".into()))
        })
        .unwrap_err();
        assert!(checks > 1);
        let text = error.to_string();
        assert!(text.contains("the stack") && text.contains("CREATE_IN_PROGRESS"), "{text}");
    }

    #[test]
    fn an_error_ends_the_wait_immediately() {
        let error = until::<()>("it", Duration::from_mins(10), Duration::ZERO, || {
            Err(Error::Unexpected("gone".into()))
        });
        assert_eq!(error.unwrap_err().to_string(), "gone");
    }
}
