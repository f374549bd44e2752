//! Shares of the send rate for organisations that use the same AWS account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The maximum delay of a client's next request. After it, the share goes to the others.
const TOLERANCE: Duration = Duration::seconds(2);

/// The clients with queued emails, and the time until which each keeps its share, in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FairShare(BTreeMap<String, i64>);

impl FairShare {
    /// Returns the number of clients that share the next slots, including `client`.
    pub(super) fn clients(&mut self, client: &str, now: OffsetDateTime) -> u32 {
        let now = milliseconds(now);
        self.0.retain(|_, until| *until >= now);
        let others = self.0.keys().filter(|other| *other != client).count();
        u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Reserves a share for `client`, which has more emails and will ask again at `at`.
    pub(super) fn reserve(&mut self, client: &str, at: OffsetDateTime) {
        self.0.insert(client.to_owned(), milliseconds(at + TOLERANCE));
    }

    /// Releases the share of `client`, which has no more emails.
    pub(super) fn release(&mut self, client: &str) {
        self.0.remove(client);
    }
}

fn milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
