//! The recipients of the last 24 hours.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

const WINDOW: Duration = Duration::hours(24);

/// The length of a bucket. Recipients leave the window with the end of their bucket, so up to this much late.
const BUCKET: Duration = Duration::minutes(5);

/// The recipients that the account sent to in the last 24 hours: Kraiter's in buckets by time, and those of other senders as a total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SlidingWindow {
    buckets: VecDeque<Bucket>,
    other_senders: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    start: OffsetDateTime,
    recipients: u64,
}

impl Bucket {
    fn expires_at(&self) -> OffsetDateTime {
        self.start + WINDOW + BUCKET
    }
}

impl SlidingWindow {
    /// Returns the recipients in the window.
    pub(super) fn used(&self) -> u64 {
        self.own().saturating_add(self.other_senders)
    }

    fn own(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.recipients).sum()
    }

    /// Drops the buckets that have left the window.
    pub(super) fn advance_to(&mut self, now: OffsetDateTime) {
        while self.buckets.front().is_some_and(|bucket| bucket.expires_at() <= now) {
            self.buckets.pop_front();
        }
    }

    /// Adds recipients that were sent to.
    pub(super) fn record(&mut self, at: OffsetDateTime, recipients: u32) {
        match self.buckets.back_mut().filter(|bucket| at - bucket.start < BUCKET) {
            Some(bucket) => bucket.recipients += u64::from(recipients),
            None => self.buckets.push_back(Bucket { start: at, recipients: recipients.into() }),
        }
    }

    /// Removes recipients that were counted and not sent to, starting with the newest bucket.
    pub(super) fn release(&mut self, recipients: u32) {
        let mut remaining = u64::from(recipients);
        for bucket in self.buckets.iter_mut().rev() {
            let released = bucket.recipients.min(remaining);
            bucket.recipients -= released;
            remaining -= released;
        }
    }

    /// Sets the total to what SES counted. Recipients that aren't Kraiter's belong to other senders.
    pub(super) fn set_total(&mut self, total: u64) {
        self.other_senders = total.saturating_sub(self.own());
    }

    /// Marks `limit` as used up, whatever the count says.
    pub(super) fn set_exhausted(&mut self, limit: u64) {
        self.other_senders = self.other_senders.max(limit.saturating_sub(self.own()));
    }

    /// Returns the time at which `recipients` more fit into `limit`, or `None` if they fit now. The recipients of other senders leave
    /// the window by `others_expire_at`.
    pub(super) fn available_at(
        &self,
        recipients: u32,
        limit: u64,
        others_expire_at: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        let mut excess =
            (self.used() + u64::from(recipients)).checked_sub(limit).filter(|excess| *excess > 0)?;
        let others = (self.other_senders >= excess).then_some(others_expire_at);
        for bucket in &self.buckets {
            if bucket.recipients >= excess {
                let own = bucket.expires_at();
                return Some(others.map_or(own, |others| others.min(own)));
            }
            excess -= bucket.recipients;
        }
        Some(others_expire_at)
    }
}
