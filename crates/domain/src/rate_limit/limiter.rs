//! The limiter of one account in one region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    clients::{Clients, Rates, Term},
    hold::{Hold, ThrottleReason},
    lease::{Lease, LeaseGrant, LeaseRequest},
    limits::{Limits, QuotaSnapshot},
    sliding_window::SlidingWindow,
    slowdown::Slowdown,
    whole,
};

/// The fraction of SES's rate that is leased. Requests take different times to reach SES, so that at the full rate it could receive more
/// than a second's worth in a second.
const UTILISATION: f64 = 0.96;

/// The interval between checks of an exhausted daily quota. Other senders use the account too, and AWS may raise the limit.
const QUOTA_CHECK_INTERVAL: Duration = Duration::minutes(15);

/// The time after the end of the other leases at which their reservations of the daily quota are released.
const RELEASE_AFTER: Duration = Duration::seconds(1);

/// The maximum time for which counted recipients are only in memory.
const STORE_INTERVAL: Duration = Duration::minutes(1);

/// The part of the daily quota (1/n) that may be counted only in memory.
const UNSTORED_FRACTION: u64 = 100;

/// The leases and counters of one account in one region, stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RateLimiter {
    quota: Option<QuotaSnapshot>,
    slowdown: Slowdown,
    window: SlidingWindow,
    clients: Clients,
    /// The highest epoch of each client.
    epochs: BTreeMap<String, u64>,
    #[serde(skip)]
    unstored: Unstored,
}

/// What has changed since the state was last stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Unstored {
    recipients: u64,
    is_urgent: bool,
    stored_at: Option<OffsetDateTime>,
}

impl RateLimiter {
    /// Continues with a state that was read from storage. The leases in it are assumed to run for another second, since those granted
    /// after the last write are lost.
    pub fn resume(&mut self, now: OffsetDateTime) {
        self.clients.resume(now);
    }

    /// Returns whether the state should be stored: immediately if a client's epoch rose, the daily quota is exhausted or 1 % of it has been
    /// counted since the last write, and once a minute if any recipients have.
    ///
    /// The rest may be lost. Without the latest counts, at most 1 % too much of the daily quota is granted before SES is read again; without
    /// the leases, the clients may exceed the rate for a second, and SES throttles.
    #[must_use]
    pub fn should_store(&self, now: OffsetDateTime) -> bool {
        let Unstored { recipients, is_urgent, stored_at } = self.unstored;
        let is_old = stored_at.is_none_or(|at| now - at >= STORE_INTERVAL);
        let per_day = self.quota.and_then(|quota| quota.limits().per_day);
        let is_much = per_day.is_some_and(|per_day| recipients >= (per_day / UNSTORED_FRACTION).max(1));
        is_urgent || (recipients > 0 && (is_old || is_much))
    }

    /// Records that the state was stored.
    pub const fn mark_stored(&mut self, now: OffsetDateTime) {
        self.unstored = Unstored { recipients: 0, is_urgent: false, stored_at: Some(now) };
    }

    /// Records the results in the request, and grants a lease. Grants none until the limits are known.
    pub fn ask(&mut self, request: &LeaseRequest, now: OffsetDateTime) -> LeaseGrant {
        self.update(request, now);
        let rolled_back = self.compare_epoch(request);
        let used = self.window.used();
        let Some(quota) = self.quota else {
            let hold = Some(Hold::until(ThrottleReason::LimitsUnknown, now));
            return LeaseGrant { hold, refresh_quota: true, used, rolled_back, ..LeaseGrant::default() };
        };
        let limits = quota.limits();
        let rates = self.rates(limits);
        let (lease, hold) = if rolled_back.is_some() {
            (None, None)
        } else if request.demand == 0 {
            (self.running(&request.client, limits, now), None)
        } else {
            match self.grant(request, limits, rates, now) {
                Ok(lease) => (Some(lease), None),
                Err(hold) => (None, Some(hold)),
            }
        };
        LeaseGrant {
            lease,
            hold,
            refresh_quota: quota.is_stale(hold.is_some() || request.report.throttled, now),
            limits: Some(limits),
            limits_taken_at: Some(quota.taken_at),
            per_second: Some(rates.leased),
            used,
            rolled_back,
        }
    }

    fn rates(&self, limits: Limits) -> Rates {
        let allowed = limits.per_second * self.slowdown.factor();
        Rates { leased: allowed * UTILISATION, allowed }
    }

    /// Applies the results and the quota of a request.
    fn update(&mut self, request: &LeaseRequest, now: OffsetDateTime) {
        self.window.advance_to(now);
        self.clients.advance_to(now);
        if request.spent > 0 {
            self.window.record(now, request.spent);
            self.clients.spend(&request.client, request.spent);
        }
        self.window.release(request.report.unused);
        self.unstored.recipients += u64::from(request.spent) + u64::from(request.report.unused);
        let is_newer = |quota: &QuotaSnapshot| self.quota.is_none_or(|known| quota.taken_at > known.taken_at);
        if let Some(quota) = request.quota.filter(is_newer) {
            self.window.set_total(quota.sent_last_24_hours());
            self.clients.free_reservations(quota.taken_at);
            self.quota = Some(quota);
        }
        self.slowdown.record(request.report, now);
        if request.report.daily_quota_exceeded
            && let Some(per_day) = self.quota.and_then(|quota| quota.limits().per_day)
        {
            self.window.set_exhausted(per_day);
            self.unstored.is_urgent = true;
        }
    }

    /// Returns the highest epoch of the client if the request's is lower.
    fn compare_epoch(&mut self, request: &LeaseRequest) -> Option<u64> {
        let known = self.epochs.get(&request.client).copied();
        if known.is_some_and(|known| request.epoch < known) {
            return known;
        }
        if known.is_none_or(|known| request.epoch > known) {
            self.epochs.insert(request.client.clone(), request.epoch);
            self.unstored.is_urgent = true;
        }
        None
    }

    fn grant(
        &mut self,
        request: &LeaseRequest,
        limits: Limits,
        rates: Rates,
        now: OffsetDateTime,
    ) -> Result<Lease, Hold> {
        let client = &request.client;
        let reserved_by_others = self.clients.reserved_by_others(client);
        let available =
            limits.per_day.map(|per_day| per_day.saturating_sub(self.window.used() + reserved_by_others));
        if let Some(hold) = self.quota_hold(request, limits, available, now) {
            self.clients.end(client, now);
            return Err(hold);
        }
        let was_throttled = self.slowdown.is_recent(now);
        let Term { rate, until, alone } =
            self.clients.grant(client, request.demand, rates, was_throttled, now).map_err(Hold::for_rate)?;
        let burst = Lease::burst_of(rate);
        let day = available.map(|available| {
            let usable = whole(rate * (until - now).as_seconds_f64() + burst).max(request.next);
            let share = available / u64::from(self.clients.active(client, now));
            let share = share.max(request.next.into()).min(available);
            usable.min(u32::try_from(share).unwrap_or(u32::MAX))
        });
        self.clients.reserve(client, day.unwrap_or(0));
        Ok(Lease { rate, burst, until, day, alone })
    }

    fn running(&self, client: &str, limits: Limits, now: OffsetDateTime) -> Option<Lease> {
        let (Term { rate, until, alone }, reserved) = self.clients.running(client, now)?;
        let day = limits.per_day.map(|_| reserved);
        Some(Lease { rate, burst: Lease::burst_of(rate), until, day, alone })
    }

    /// Returns a hold if the next email exceeds the daily quota. An email with more recipients than the whole quota is left to SES to refuse.
    fn quota_hold(
        &self,
        request: &LeaseRequest,
        limits: Limits,
        available: Option<u64>,
        now: OffsetDateTime,
    ) -> Option<Hold> {
        let per_day = limits.per_day.filter(|per_day| u64::from(request.next) <= *per_day)?;
        available.filter(|available| *available < request.next.into())?;
        // When other senders' recipients leave the window is unknown, but it is within a day after the snapshot that counted them.
        let others_expire_at = self.quota.map_or(now, |quota| quota.taken_at) + Duration::hours(24);
        let Some(until) = self.window.available_at(request.next, per_day, others_expire_at) else {
            // The other clients have reserved the rest, and may not use all of it.
            let released_at =
                self.clients.last_end(&request.client).map_or(now, |end| end.max(now)) + RELEASE_AFTER;
            return Some(Hold::until(ThrottleReason::DailyQuota, released_at));
        };
        let until = until.max(now);
        let retry_at = until.min(now + QUOTA_CHECK_INTERVAL);
        Some(Hold { reason: ThrottleReason::DailyQuota, retry_at, until })
    }
}

#[cfg(test)]
mod tests;
