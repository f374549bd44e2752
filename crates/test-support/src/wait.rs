//! Waiting for something, with a deadline and a name.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{Error, Result};

/// What a look at the thing waited for has shown.
pub enum Poll<T> {
    /// It is there.
    Ready(T),
    /// Not yet; with what was seen instead, for the message when time is over.
    Pending(String),
}

/// Looks every `pause` until it is there or `deadline` is over.
///
/// # Errors
/// [`Error::Timeout`] naming `what` and what was seen last; or the first error of `look`.
pub fn until<T>(
    what: &str,
    deadline: Duration,
    pause: Duration,
    mut look: impl FnMut() -> Result<Poll<T>>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        match look()? {
            Poll::Ready(thing) => return Ok(thing),
            Poll::Pending(last) if start.elapsed() >= deadline => {
                let last = if last.is_empty() { last } else { format!(": {last}") };
                return Err(Error::Timeout { what: what.to_owned(), after: deadline, last });
            }
            Poll::Pending(_) => thread::sleep(pause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_come_is_named_with_what_was_seen_last() {
        let mut looks = 0;
        let error = until::<()>("the stack", Duration::from_millis(5), Duration::from_millis(1), || {
            looks += 1;
            Ok(Poll::Pending("CREATE_IN_PROGRESS".into()))
        })
        .unwrap_err();
        assert!(looks > 1);
        let text = error.to_string();
        assert!(text.contains("the stack") && text.contains("CREATE_IN_PROGRESS"), "{text}");
    }

    #[test]
    fn an_error_ends_the_wait_at_once() {
        let error = until::<()>("it", Duration::from_mins(10), Duration::ZERO, || {
            Err(Error::Unexpected("gone".into()))
        });
        assert_eq!(error.unwrap_err().to_string(), "gone");
    }
}
