//! When and how often an email was attempted.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The attempts to send an email that has not finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// The number of attempts, also those that failed before SES was called.
    #[serde(rename = "n", default)]
    pub count: u32,
    /// The number of calls to SES.
    #[serde(rename = "c", default)]
    pub calls: u32,
    #[serde(rename = "f", default, with = "time::serde::timestamp::milliseconds::option")]
    pub first_at: Option<OffsetDateTime>,
    /// The time of the last call to SES.
    #[serde(rename = "l", default, with = "time::serde::timestamp::milliseconds::option")]
    pub last_call_at: Option<OffsetDateTime>,
}

impl Attempts {
    /// Returns the attempts including one that begins now.
    #[must_use]
    pub fn next(self, now: OffsetDateTime) -> Self {
        Self { count: self.count.saturating_add(1), first_at: Some(self.first_at.unwrap_or(now)), ..self }
    }

    /// Returns the attempts including a call to SES that begins now.
    #[must_use]
    pub const fn with_call(self, now: OffsetDateTime) -> Self {
        Self { calls: self.calls.saturating_add(1), last_call_at: Some(now), ..self }
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn the_first_attempt_and_the_last_call_are_kept() {
        let now = datetime!(2026-11-28 12:00 UTC);
        let first = Attempts::default().next(now).with_call(now);
        let later = now + Duration::MINUTE;
        let second = first.next(later).with_call(later);
        assert_eq!((second.count, second.calls), (2, 2));
        assert_eq!((second.first_at, second.last_call_at), (Some(now), Some(later)));
        let text = serde_json::to_string(&second).unwrap();
        assert_eq!(serde_json::from_str::<Attempts>(&text).unwrap(), second);
    }
}
