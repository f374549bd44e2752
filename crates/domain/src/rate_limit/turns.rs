//! Several organisations may send through one AWS account: each who waits gets its share of the moments that are given out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Who doesn't come back within this time isn't waited for.
const PATIENCE: Duration = Duration::seconds(2);

/// Who waits, and until when they are expected back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turns(BTreeMap<String, i64>);

impl Turns {
    /// How many share the next moments: `who` and those that wait beside it.
    pub(super) fn sharing(&mut self, who: &str, now: OffsetDateTime) -> u32 {
        let now = milliseconds(now);
        self.0.retain(|_, until| *until >= now);
        let others = self.0.keys().filter(|other| *other != who).count();
        u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Notes that `who` still has mails that wait, and comes back at `at`.
    pub(super) fn comes_back(&mut self, who: &str, at: OffsetDateTime) {
        self.0.insert(who.to_owned(), milliseconds(at + PATIENCE));
    }

    /// Notes that `who` has none.
    pub(super) fn is_done(&mut self, who: &str) {
        self.0.remove(who);
    }
}

fn milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
