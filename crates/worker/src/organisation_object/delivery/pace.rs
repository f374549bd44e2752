//! The pace of emails in a region: leases of the account's send rate, and its limits.

use std::{pin::pin, rc::Rc};

use aws_sans_io::{Region, ses::GetAccount};
use domain::{
    connection::{CallTarget, ConnectionEvent, Quota},
    onboarding::SessionPurpose,
    rate_limit::{LeaseGrant, Pacer, QuotaSnapshot, SendReport, Take},
};
use futures_util::{
    future::{Either, select},
    lock::Mutex,
};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::Delivery;
use crate::{clock, http::Error, log, rate_limiter_object};

/// What is assumed of an account that can't be read: the rate of the sandbox, which every account has.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>
const UNREADABLE: Quota = Quota { max_24_hour_send: -1.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };

/// How long the rate limiter is waited for, the reading of the account's limits included.
const LIMITER_PATIENCE: Duration = Duration::seconds(5);

/// What the rate limiter is asked for.
#[derive(Clone, Copy)]
enum Wanted {
    /// Only the account's limits.
    Limits,
    /// A lease for the recipients of queued emails, and of the first of them.
    Lease { queued: u32, next: u32 },
}

impl Delivery {
    /// Takes the slot of an email if it is at most `ahead` from now. Asks the rate limiter only if nothing else is known.
    ///
    /// # Errors
    /// Fails if the rate limiter can't be reached and no lease is left.
    pub(super) async fn take_slot(
        &self,
        target: &CallTarget,
        recipients: u32,
        ahead: Duration,
    ) -> Result<Take, Error> {
        let region = target.region;
        let take = || self.with_pacer(region, |pacer| pacer.try_take(recipients, ahead, clock::now()));
        let first = take()?;
        if first != Take::AskFirst {
            return Ok(first);
        }
        let lock = self.asking(region);
        let asked = pin!(async {
            // After another request, its result is tried first.
            let _one_at_a_time = lock.lock().await;
            match take()? {
                Take::AskFirst => {
                    let queued = if self.has_queue.get() { self.queue_length(region)? } else { 0 };
                    self.ask(target, Wanted::Lease { queued, next: recipients }).await?;
                    take()
                }
                taken => Ok(taken),
            }
        });
        match select(asked, pin!(clock::sleep(LIMITER_PATIENCE))).await {
            Either::Left((taken, _)) => taken,
            Either::Right(_) => Err(Error::internal("the rate limiter doesn't respond")),
        }
    }

    /// Renews the lease of a region if little of it is left. `queued` is the recipients of queued emails.
    pub(super) async fn renew_lease(&self, target: &CallTarget, queued: u32) -> Result<(), Error> {
        let region = target.region;
        if !self.with_pacer(region, |pacer| pacer.should_ask(queued, clock::now()))? {
            return Ok(());
        }
        let lock = self.asking(region);
        // Another request renews it already.
        let Some(_one_at_a_time) = lock.try_lock() else { return Ok(()) };
        self.ask(target, Wanted::Lease { queued, next: 0 }).await.map(drop)
    }

    /// Returns what the rate limiter knows of the account, without asking for a lease.
    pub(super) async fn account_status(&self, target: &CallTarget) -> Result<LeaseGrant, Error> {
        let lock = self.asking(target.region);
        let _one_at_a_time = lock.lock().await;
        self.ask(target, Wanted::Limits).await
    }

    /// Asks the rate limiter, and reads the account if its limits are unknown or old.
    async fn ask(&self, target: &CallTarget, wanted: Wanted) -> Result<LeaseGrant, Error> {
        let grant = self.ask_once(target, wanted).await?;
        if !grant.refresh_quota {
            return Ok(grant);
        }
        self.read_account(target, grant.limits.is_none()).await?;
        if grant.limits.is_some() { Ok(grant) } else { self.ask_once(target, wanted).await }
    }

    async fn ask_once(&self, target: &CallTarget, wanted: Wanted) -> Result<LeaseGrant, Error> {
        let region = target.region;
        let client = self.context.organisation()?.id.to_string();
        let epoch = self.epoch()?;
        let request = self.with_pacer(region, |pacer| match wanted {
            Wanted::Limits => pacer.limits_request(&client, epoch),
            Wanted::Lease { queued, next } => pacer.request(&client, queued, next, epoch, clock::now()),
        })?;
        let granted =
            rate_limiter_object::ask(&self.context.env, target.binding.account(), region, &request).await;
        match &granted {
            Ok(grant) => {
                self.with_pacer(region, |pacer| pacer.apply(grant, clock::now()))?;
                if let Some(epoch) = grant.rolled_back {
                    self.roll_back(epoch).await?;
                }
            }
            Err(_) => self.with_pacer(region, |pacer| pacer.fail(&request, clock::now()))?,
        }
        granted
    }

    /// Reads the account. If nothing is known of it and it can't be read, it counts as one in the sandbox.
    async fn read_account(&self, target: &CallTarget, must_know: bool) -> Result<(), Error> {
        let response = self.connection.with_role(target, SessionPurpose::Check, &GetAccount).await;
        let (quota, production_access) = if let Ok(Ok(account)) = response {
            let known = self.connection.account_in(target.region)?;
            if known.is_some_and(|known| known.production_access != account.production_access_enabled) {
                self.connection.happen(ConnectionEvent::CheckRequested).await?;
            }
            (account.send_quota.into(), account.production_access_enabled)
        } else {
            // The next send shows what is wrong.
            log::info("account_quota_unavailable", json!({ "region": target.region }));
            if !must_know {
                return Ok(());
            }
            (UNREADABLE, false)
        };
        let snapshot = QuotaSnapshot { quota, taken_at: clock::now() };
        self.with_pacer(target.region, |pacer| pacer.record_account(snapshot, production_access))
    }

    /// Returns the slot of an email that is not sent after all.
    pub(super) fn return_slot(&self, region: Region, recipients: u32) -> Result<(), Error> {
        self.with_pacer(region, |pacer| pacer.return_unused(recipients))
    }

    /// Records what SES has shown of the rate.
    pub(super) fn report(&self, region: Region, report: SendReport) -> Result<(), Error> {
        self.with_pacer(region, |pacer| pacer.record(report, clock::now()))
    }

    pub(super) fn with_pacer<T>(
        &self,
        region: Region,
        work: impl FnOnce(&mut Pacer) -> T,
    ) -> Result<T, Error> {
        if !self.pacers.borrow().contains_key(&region) {
            let mut pacer = Pacer::default();
            if let Some((snapshot, production_access)) = self.checked_account(region)? {
                pacer.record_account(snapshot, production_access);
            }
            self.pacers.borrow_mut().insert(region, pacer);
        }
        let mut pacers = self.pacers.borrow_mut();
        Ok(work(pacers.entry(region).or_default()))
    }

    /// Returns what the connection's last check has found of the account.
    fn checked_account(&self, region: Region) -> Result<Option<(QuotaSnapshot, bool)>, Error> {
        let at: Option<OffsetDateTime> = match self.connection.facts_of(region)? {
            Some(facts) => Some(facts.checked_at),
            None => self.connection.state()?.checked_at(),
        };
        let account = self.connection.account_in(region)?;
        Ok(account.zip(at).map(|(account, taken_at)| {
            (QuotaSnapshot { quota: account.quota, taken_at }, account.production_access)
        }))
    }

    fn asking(&self, region: Region) -> Rc<Mutex<()>> {
        Rc::clone(self.asking.borrow_mut().entry(region).or_default())
    }
}
