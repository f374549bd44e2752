//! Deletion of expired data, in slices.

use domain::EmailId;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::OrganisationObject;
use crate::{clock, http::Error};

/// Emails of a slice.
const EMAILS: u32 = 100;

/// Events of the feed of a slice.
const EVENTS: u32 = 500;

/// Logged requests of a slice, of each kind.
const REQUESTS: u32 = 250;

/// Calls to AWS of a slice.
const CALLS: u32 = 500;

/// Suppressed addresses of a slice.
const ADDRESSES: u32 = 100;

/// Slices of one alarm. Between two alarms, requests have their turn.
const SLICES: u32 = 5;

/// The time between two passes through the data.
const INTERVAL: Duration = Duration::hours(6);

/// The time between two alarms of a pass.
const PAUSE: Duration = Duration::seconds(1);

/// How far the deletion of expired data has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RetentionState {
    /// In milliseconds since 1970.
    next_at: i64,
    /// The last email of the present pass that was looked at.
    after: Option<EmailId>,
    /// Whether all emails have been looked at in the present pass.
    emails_done: bool,
}

impl OrganisationObject {
    /// Deletes some of what has expired, if it is time.
    pub(super) fn delete_expired(&self, now: OffsetDateTime) -> Result<(), Error> {
        let mut state = self.retention_state()?;
        if clock::from_milliseconds(state.next_at) > now {
            return Ok(());
        }
        let retention = self.context.settings()?.retention;
        for _ in 0..SLICES {
            if !state.emails_done {
                state.after = self.emails.delete_expired(state.after, retention.email_cutoff(now), EMAILS)?;
                state.emails_done = state.after.is_none();
            } else if self.delete_expired_events(retention.email_cutoff(now))?
                && !self.aws_calls.delete_expired(now, CALLS)?
                && !self.requests.delete_expired(now, REQUESTS)?
                && self.suppression.delete_expired_batch(retention.recipient_cutoff(now), ADDRESSES)?
            {
                self.reputation.delete_before(retention.recipient_cutoff(now))?;
                self.metrics.delete_expired(now)?;
                self.access.delete_expired(now)?;
                // Spread over organisations by their id.
                let [.., spread] = self.context.organisation()?.id.to_bytes();
                let next_at = now + INTERVAL + Duration::minutes(i64::from(spread));
                return self.set_retention_state(RetentionState {
                    next_at: clock::to_milliseconds(next_at),
                    ..RetentionState::default()
                });
            }
        }
        state.next_at = clock::to_milliseconds(now + PAUSE);
        self.set_retention_state(state)
    }

    /// Deletes a slice of the oldest events, with their deliveries. Returns whether no more have expired.
    fn delete_expired_events(&self, cutoff: OffsetDateTime) -> Result<bool, Error> {
        let may_be_more = self.feed.delete_expired(cutoff, EVENTS)?;
        self.webhooks.delete_expired()?;
        Ok(!may_be_more)
    }

    /// Returns when expired data is deleted next.
    pub(super) fn retention_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let next_at = clock::from_milliseconds(self.retention_state()?.next_at);
        // An organisation isn't woken for nothing. Soft bounces are stored longer than emails.
        let retention = clock::now() - self.context.settings()?.retention.email_cutoff(clock::now());
        let email = self.emails.oldest()?.or(self.feed.oldest()?).map(|oldest| oldest + retention);
        let suppression = (email.is_none() && self.suppression.can_expire()).then_some(next_at);
        let others = [self.aws_calls.expires_at()?, self.requests.expires_at()?, self.metrics.next_expiry()?];
        let first = others.into_iter().chain([email]).flatten().map(|at| at.max(next_at));
        Ok(first.chain(suppression).min())
    }

    fn retention_state(&self) -> Result<RetentionState, Error> {
        Ok(self.retention.get(&self.context.sql)?.map(|state| (*state).clone()).unwrap_or_default())
    }

    fn set_retention_state(&self, state: RetentionState) -> Result<(), Error> {
        self.retention.set(&self.context.sql, Some(state))
    }
}
