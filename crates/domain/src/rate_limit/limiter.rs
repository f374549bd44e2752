//! Requests for send slots, and the grants.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    fair_share::FairShare,
    limits::{Limits, QuotaSnapshot},
    rate::Rate,
    sliding_window::SlidingWindow,
};

/// The time ahead for which slots are granted.
const GRANT_AHEAD: Duration = Duration::seconds(1);

/// The interval between checks of an exhausted daily quota. Other senders use the account too, and AWS may raise the limit.
const QUOTA_CHECK_INTERVAL: Duration = Duration::minutes(15);

/// The interval between attempts while the connection is broken.
const CONNECTION_CHECK_INTERVAL: Duration = Duration::minutes(1);

/// The counters of one account in one region, stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RateLimiter {
    quota: Option<QuotaSnapshot>,
    rate: Rate,
    window: SlidingWindow,
    shares: FairShare,
}

/// A request for send slots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateRequest {
    /// The ID of the organisation.
    pub client: String,
    /// The recipient count of each email, in the order in which they are to be sent.
    pub emails: Vec<u32>,
    /// The results of the emails sent since the last request.
    pub report: SendReport,
    /// The newest quota that the client knows.
    pub quota: Option<QuotaSnapshot>,
}

/// The results of send attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendReport {
    /// Emails that SES accepted.
    pub accepted: u32,
    /// Recipients that had a slot and were not sent to: SES refused the email or was not called.
    pub unused: u32,
    /// True if SES throttled.
    pub throttled: bool,
    /// True if SES reported the daily quota as exceeded.
    pub daily_quota_exceeded: bool,
}

impl SendReport {
    /// Returns the sum of both reports.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            accepted: self.accepted.saturating_add(other.accepted),
            unused: self.unused.saturating_add(other.unused),
            throttled: self.throttled || other.throttled,
            daily_quota_exceeded: self.daily_quota_exceeded || other.daily_quota_exceeded,
        }
    }
}

/// The response to a [`RateRequest`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Milliseconds from now until each granted email may be sent: the first emails of the request, in their order.
    pub send_after: Vec<u64>,
    /// The hold of the next email; `None` if all were granted.
    pub hold: Option<Hold>,
    /// True if the client should read the account and pass the quota with its next request.
    pub refresh_quota: bool,
    /// The current rate in recipients per second; `None` until the limits are known.
    pub per_second: Option<f64>,
    /// The account's limits; `None` until they are known.
    pub limits: Option<Limits>,
    /// Recipients of the last 24 hours, as far as they are known.
    pub used: u64,
}

impl Grant {
    /// Returns the delay of each granted email, as in [`Self::send_after`].
    pub fn delays(&self) -> impl Iterator<Item = Duration> {
        let milliseconds = self.send_after.iter().map(|after| i64::try_from(*after).unwrap_or(i64::MAX));
        milliseconds.map(Duration::milliseconds)
    }
}

/// A pause in sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    pub reason: ThrottleReason,
    /// The time at which to request slots again.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub retry_at: OffsetDateTime,
    /// The latest time at which the email can be sent, as far as it is known.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
}

impl Hold {
    /// Returns a hold for a connection that doesn't work at the moment.
    #[must_use]
    pub fn for_connection(now: OffsetDateTime) -> Self {
        let at = now + CONNECTION_CHECK_INTERVAL;
        Self { reason: ThrottleReason::Connection, retry_at: at, until: at }
    }
}

/// The limit or problem that causes a [`Hold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThrottleReason {
    /// The rate in recipients per second.
    Rate,
    /// The quota of recipients in 24 hours.
    DailyQuota,
    /// The limits are not known yet.
    LimitsUnknown,
    /// The connection doesn't work at the moment.
    Connection,
}

impl RateLimiter {
    /// Grants slots. Grants none until the limits are known.
    pub fn grant(&mut self, request: &RateRequest, now: OffsetDateTime) -> Grant {
        self.update(request, now);
        let Some(quota) = self.quota else {
            let hold = Hold { reason: ThrottleReason::LimitsUnknown, retry_at: now, until: now };
            return Grant {
                send_after: Vec::new(),
                hold: Some(hold),
                refresh_quota: true,
                per_second: None,
                limits: None,
                used: self.window.used(),
            };
        };
        let limits = quota.limits();
        let (send_after, hold) = self.allocate(request, limits, now);
        match hold {
            Some(hold) => self.shares.reserve(&request.client, hold.retry_at),
            None => self.shares.release(&request.client),
        }
        let is_on_hold = hold.is_some() || request.report.throttled;
        Grant {
            send_after,
            hold,
            refresh_quota: quota.is_stale(is_on_hold, now),
            per_second: Some(self.rate.per_second(limits.per_second)),
            limits: Some(limits),
            used: self.window.used(),
        }
    }

    /// Applies the report and the quota of a request.
    fn update(&mut self, request: &RateRequest, now: OffsetDateTime) {
        self.window.advance_to(now);
        self.window.release(request.report.unused);
        let is_newer = |quota: &QuotaSnapshot| self.quota.is_none_or(|known| quota.taken_at > known.taken_at);
        if let Some(quota) = request.quota.filter(is_newer) {
            self.window.set_total(quota.sent_last_24_hours());
            self.quota = Some(quota);
        }
        if request.report.throttled {
            self.rate.slow_down(now);
        } else if request.report.accepted > 0 {
            self.rate.speed_up(now);
        }
        if request.report.daily_quota_exceeded
            && let Some(per_day) = self.quota.and_then(|quota| quota.limits().per_day)
        {
            self.window.set_exhausted(per_day);
        }
    }

    fn allocate(
        &mut self,
        request: &RateRequest,
        limits: Limits,
        now: OffsetDateTime,
    ) -> (Vec<u64>, Option<Hold>) {
        let share = GRANT_AHEAD / self.shares.clients(&request.client, now);
        let first_slot = self.rate.next_slot(now);
        let mut send_after = Vec::new();
        for &recipients in &request.emails {
            if let Some(hold) = self.quota_hold(recipients, limits, now) {
                return (send_after, Some(hold));
            }
            let slot = self.rate.next_slot(now);
            if slot - now > GRANT_AHEAD || slot - first_slot > share {
                let retry_at = (slot - GRANT_AHEAD).max(now + share);
                return (send_after, Some(Hold { reason: ThrottleReason::Rate, retry_at, until: slot }));
            }
            self.rate.reserve(slot, recipients, limits.per_second);
            self.window.record(slot, recipients);
            send_after.push(u64::try_from((slot - now).whole_milliseconds()).unwrap_or(0));
        }
        (send_after, None)
    }

    /// Returns a hold if the email exceeds the daily quota. An email with more recipients than the whole quota is left to SES to refuse.
    fn quota_hold(&self, recipients: u32, limits: Limits, now: OffsetDateTime) -> Option<Hold> {
        let per_day = limits.per_day.filter(|per_day| u64::from(recipients) <= *per_day)?;
        // When other senders' recipients leave the window is unknown, but it is within a day after the snapshot that counted them.
        let others_expire_at = self.quota.map_or(now, |quota| quota.taken_at) + Duration::hours(24);
        let until = self.window.available_at(recipients, per_day, others_expire_at)?.max(now);
        let retry_at = until.min(now + QUOTA_CHECK_INTERVAL);
        Some(Hold { reason: ThrottleReason::DailyQuota, retry_at, until })
    }
}

#[cfg(test)]
mod tests;
