//! The sender's side of the rate limiter: spreads an organisation's emails over its lease.

use time::{Duration, OffsetDateTime};

use super::{
    bucket::Bucket,
    hold::Hold,
    lease::{Lease, LeaseGrant, LeaseRequest},
    limits::{Limits, QuotaSnapshot},
    report::SendReport,
    whole,
};

/// The shortest time between a response of the limiter and the next request.
const MIN_ASK_INTERVAL: Duration = Duration::milliseconds(100);

/// The part of a lease's time after which it is renewed.
const RENEW_AFTER: f64 = 0.7;

/// The part (1/n) of a lease's daily recipients at which it is renewed.
const LOW_DAY: u32 = 3;

/// The time between two requests while the limiter can't be reached, and the length of the lease that is assumed then.
const UNREACHABLE: Duration = Duration::seconds(5);

/// The time after which a client without any lease tries an unreachable limiter again.
const RETRY_INTERVAL: Duration = Duration::seconds(1);

/// The time between two emails without a lease.
const OVERDRAFT_INTERVAL: Duration = Duration::seconds(1);

/// The time after throttling in which no email is sent without a lease.
const OVERDRAFT_CAUTION: Duration = Duration::minutes(1);

/// The lowest rate of an account, per recipient of the email, at which an email is sent without a lease.
const OVERDRAFT_RATE: f64 = 10.0;

/// The age up to which limits are relied on without the limiter.
const MAX_LIMITS_AGE: Duration = Duration::hours(1);

/// The time between two reductions of the rate.
const SLOWDOWN_INTERVAL: Duration = Duration::seconds(1);

/// The pace of an organisation's emails in one region. Kept in memory only: a new instance starts by asking the limiter.
#[derive(Clone, Debug, Default)]
pub struct Pacer {
    held: Option<HeldLease>,
    bucket: Option<Bucket>,
    hold: Option<Hold>,
    /// The rate of the last lease that the limiter granted.
    granted_rate: Option<f64>,
    account: Option<KnownAccount>,
    /// The demand of the last request.
    demand: u32,
    ask_not_before: Option<OffsetDateTime>,
    /// Recipients since the last request.
    spent: u32,
    spent_since: Option<OffsetDateTime>,
    report: SendReport,
    quota: Option<QuotaSnapshot>,
    production_access: bool,
    overdrawn_at: Option<OffsetDateTime>,
    throttled_at: Option<OffsetDateTime>,
    slowed_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug)]
struct HeldLease {
    until: OffsetDateTime,
    renew_at: OffsetDateTime,
    /// Recipients that are left of the daily quota.
    day: Option<u32>,
    low_day: u32,
    rate: f64,
    /// The demand that the lease was requested with.
    demand: u32,
}

/// What the limiter last said about the account.
#[derive(Clone, Copy, Debug)]
struct KnownAccount {
    limits: Limits,
    limits_taken_at: OffsetDateTime,
    per_second: f64,
    used: u64,
    alone: bool,
}

/// Whether an email may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The email is counted as sent: send it at this time, which is now or within the requested time.
    At(OffsetDateTime),
    /// Nothing is taken. Try again at this time.
    Later(OffsetDateTime),
    /// Nothing is taken. Ask the limiter ([`Pacer::request`]) and try again; if a request is in progress, wait for it.
    AskFirst,
    /// Nothing is taken. The email has to wait.
    Hold(Hold),
}

impl Pacer {
    /// Takes the slot of an email to this many recipients if it is at most `ahead` from now.
    pub fn try_take(&mut self, recipients: u32, ahead: Duration, now: OffsetDateTime) -> Take {
        let recipients = recipients.max(1);
        let exceeds_daily_quota = self.exceeds_daily_quota(recipients);
        let (Some(held), Some(bucket)) = (self.held.filter(|held| held.until > now), &mut self.bucket) else {
            return self.take_without_lease(recipients, now);
        };
        if held.day.is_some_and(|day| day < recipients) && !exceeds_daily_quota {
            return self.ask_or_wait(now);
        }
        let at = bucket.available_at(recipients, now);
        if at >= held.until {
            return if now >= held.renew_at {
                self.ask_or_wait(now)
            } else {
                Take::Later(at.min(held.renew_at))
            };
        }
        if at > now + ahead {
            return Take::Later(at);
        }
        bucket.take(recipients);
        if let Some(day) = self.held.as_mut().and_then(|held| held.day.as_mut()) {
            *day = day.saturating_sub(recipients);
        }
        self.spend(recipients, now);
        Take::At(at)
    }

    fn take_without_lease(&mut self, recipients: u32, now: OffsetDateTime) -> Take {
        if let Some(hold) = self.hold.filter(|hold| hold.retry_at > now) {
            return Take::Hold(hold);
        }
        if self.may_overdraw(recipients, now) {
            self.overdrawn_at = Some(now);
            self.spend(recipients, now);
            return Take::At(now);
        }
        self.ask_or_wait(now)
    }

    /// Returns whether the limiter should be asked in the background: when less than 30 % of the lease is left, or the demand has grown, and
    /// emails are queued or more than one per second is sent. `queued` is the recipients of queued emails.
    #[must_use]
    pub fn should_ask(&self, queued: u32, now: OffsetDateTime) -> bool {
        if self.ask_not_before.is_some_and(|at| now < at) {
            return false;
        }
        if self.report.throttled || self.report.daily_quota_exceeded {
            return true;
        }
        let Some(held) = self.held.filter(|held| held.until > now) else {
            return queued > 0 && self.hold.is_none_or(|hold| hold.retry_at <= now);
        };
        if queued == 0 && self.recent_rate(now) <= 1.0 {
            return false;
        }
        let left = (held.until - now).as_seconds_f64();
        let has_grown = queued / 2 > held.demand && f64::from(queued) > held.rate * left;
        now >= held.renew_at || held.day.is_some_and(|day| day < held.low_day) || has_grown
    }

    /// Returns the request for a lease, and starts a new report. `queued` is the recipients of all emails that wait, and `next` those of the
    /// first one. Pass the response to [`Self::apply`], or the request to [`Self::fail`].
    #[must_use]
    pub fn request(
        &mut self,
        client: &str,
        queued: u32,
        next: u32,
        epoch: u64,
        now: OffsetDateTime,
    ) -> LeaseRequest {
        self.demand = queued.max(next).saturating_add(whole(2.0 * self.recent_rate(now)));
        let request = LeaseRequest {
            client: client.to_owned(),
            demand: self.demand,
            next,
            spent: self.spent,
            report: self.report,
            quota: self.quota,
            epoch,
        };
        (self.spent, self.spent_since, self.report) = (0, None, SendReport::default());
        request
    }

    /// Returns the request for the account's limits. It leaves the lease and the report as they are.
    #[must_use]
    pub fn limits_request(&self, client: &str, epoch: u64) -> LeaseRequest {
        LeaseRequest { client: client.to_owned(), quota: self.quota, epoch, ..LeaseRequest::default() }
    }

    /// Continues with the limiter's response.
    pub fn apply(&mut self, grant: &LeaseGrant, now: OffsetDateTime) {
        self.hold = grant.hold;
        self.held = None;
        // Without limits, the next request follows immediately after the account was read.
        self.ask_not_before = grant.limits.map(|_| now + MIN_ASK_INTERVAL);
        let alone =
            grant.lease.map_or(self.account.is_some_and(|account| account.alone), |lease| lease.alone);
        if let (Some(limits), Some(limits_taken_at), Some(per_second)) =
            (grant.limits, grant.limits_taken_at, grant.per_second)
        {
            let alone = alone && grant.hold.is_none();
            self.account =
                Some(KnownAccount { limits, limits_taken_at, per_second, used: grant.used, alone });
        }
        if let Some(lease) = grant.lease {
            self.granted_rate = Some(lease.rate);
            self.hold_lease(lease, now);
        }
    }

    /// Continues without the limiter: it could not be reached. For five seconds the pacer uses half of the last lease's rate. The results
    /// in `request` are reported again.
    pub fn fail(&mut self, request: &LeaseRequest, now: OffsetDateTime) {
        self.spent = self.spent.saturating_add(request.spent);
        self.spent_since = Some(self.spent_since.unwrap_or(now));
        self.report = self.report.and(request.report);
        self.ask_not_before = Some(now + RETRY_INTERVAL);
        let Some((rate, account)) = self
            .granted_rate
            .zip(self.account)
            .filter(|(_, account)| now - account.limits_taken_at < MAX_LIMITS_AGE)
        else {
            return;
        };
        let day = account.limits.per_day.map(|per_day| {
            let left = most_of(per_day).saturating_sub(account.used);
            u32::try_from(left).unwrap_or(u32::MAX)
        });
        let rate = rate / 2.0;
        let lease = Lease { rate, burst: Lease::burst_of(rate), until: now + UNREACHABLE, day, alone: false };
        self.hold_lease(lease, now);
    }

    /// Records the results of send attempts. If SES throttled, halves the rate.
    pub fn record(&mut self, report: SendReport, now: OffsetDateTime) {
        let SendReport { unused, throttled, .. } = report;
        self.report = self.report.and(SendReport { unused: self.unspend(unused), ..report });
        if throttled {
            self.throttled_at = Some(now);
            if self.slowed_at.is_none_or(|at| now - at >= SLOWDOWN_INTERVAL) {
                self.slowed_at = Some(now);
                if let Some(bucket) = &mut self.bucket {
                    bucket.slow_down(now);
                }
                if let Some(held) = &mut self.held {
                    held.rate /= 2.0;
                }
            }
        }
    }

    /// Returns the slot of an email that was not sent: SES was not called.
    pub fn return_unused(&mut self, recipients: u32) {
        let unused = self.unspend(recipients);
        self.report = self.report.and(SendReport { unused, ..SendReport::default() });
        if let Some(bucket) = &mut self.bucket {
            bucket.give_back(recipients);
        }
    }

    /// Records a `GetAccount` response: the quota, and whether the account has left the sandbox.
    pub fn record_account(&mut self, quota: QuotaSnapshot, production_access: bool) {
        if self.quota.is_none_or(|known| quota.taken_at >= known.taken_at) {
            self.quota = Some(quota);
            self.production_access = production_access;
        }
    }

    /// Returns the rate of the running lease in recipients per second.
    #[must_use]
    pub fn rate(&self, now: OffsetDateTime) -> Option<f64> {
        self.held.filter(|held| held.until > now).map(|held| held.rate)
    }

    /// Returns the hold that keeps emails queued at the moment.
    #[must_use]
    pub fn hold(&self, now: OffsetDateTime) -> Option<Hold> {
        self.hold.filter(|hold| hold.retry_at > now)
    }

    fn hold_lease(&mut self, lease: Lease, now: OffsetDateTime) {
        let Lease { rate, burst, until, day, .. } = lease;
        match &mut self.bucket {
            Some(bucket) => bucket.set(rate, burst, until, now),
            None => self.bucket = Some(Bucket::new(rate, burst, until, now)),
        }
        let renew_at = now + ((until - now) * RENEW_AFTER).max(MIN_ASK_INTERVAL);
        let low_day = day.unwrap_or(0) / LOW_DAY;
        // Emails that were sent while the request was in progress count towards the new lease.
        let day = day.map(|day| day.saturating_sub(self.spent));
        self.held = Some(HeldLease { until, renew_at, day, low_day, rate, demand: self.demand });
    }

    fn ask_or_wait(&self, now: OffsetDateTime) -> Take {
        self.ask_not_before.filter(|at| *at > now).map_or(Take::AskFirst, Take::Later)
    }

    fn spend(&mut self, recipients: u32, now: OffsetDateTime) {
        self.spent = self.spent.saturating_add(recipients);
        self.spent_since.get_or_insert(now);
    }

    /// Frees recipients of the daily quota, and returns those that were reported already.
    fn unspend(&mut self, recipients: u32) -> u32 {
        if let Some(day) = self.held.as_mut().and_then(|held| held.day.as_mut()) {
            *day = day.saturating_add(recipients);
        }
        let unreported = recipients.min(self.spent);
        self.spent -= unreported;
        recipients - unreported
    }

    /// Returns the recipients per second since the last request.
    fn recent_rate(&self, now: OffsetDateTime) -> f64 {
        let elapsed = self.spent_since.map_or(0.0, |since| (now - since).as_seconds_f64());
        f64::from(self.spent) / elapsed.max(1.0)
    }

    /// Returns whether the account's daily quota is lower than the recipients of one email. SES refuses it.
    fn exceeds_daily_quota(&self, recipients: u32) -> bool {
        let per_day = self.account.and_then(|account| account.limits.per_day);
        per_day.is_some_and(|per_day| per_day < recipients.into())
    }

    /// Returns whether a single email may be sent without asking. The 4 % of SES's rate that are never leased cover it.
    fn may_overdraw(&self, recipients: u32, now: OffsetDateTime) -> bool {
        let Some(account) = self.account.filter(|account| account.alone && self.production_access) else {
            return false;
        };
        let used = account.used + u64::from(self.spent) + u64::from(recipients);
        account.per_second >= OVERDRAFT_RATE * f64::from(recipients)
            && account.limits.per_day.is_none_or(|per_day| used < most_of(per_day))
            && now - account.limits_taken_at < MAX_LIMITS_AGE
            && self.throttled_at.is_none_or(|at| now - at >= OVERDRAFT_CAUTION)
            && self.overdrawn_at.is_none_or(|at| now - at >= OVERDRAFT_INTERVAL)
    }
}

/// Returns 95 % of the daily quota: as much as may be used without the limiter.
const fn most_of(per_day: u64) -> u64 {
    per_day - per_day.div_ceil(20)
}

#[cfg(test)]
mod tests;
