//! Asking when mails may go, and looking at the account where its limits aren't known.

use api_contract::{Hold, SendingInRegion, SendingStatus};
use aws_sans_io::{Region, ses::GetAccount};
use domain::{
    connection::{CallTarget, ConnectionEvent, Quota},
    onboarding::SessionPurpose,
    rate_limit::{Grant, QuotaSnapshot, RateRequest, SendReport},
};
use serde_json::json;

use super::AwsConnection;
use crate::{clock, database::organisations::Organisation, http::Error, log, rate_limiter};

/// What is believed of an account that can't be read: what every account may do.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>
const UNREADABLE: Quota = Quota { max_24_hour_send: -1.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };

impl AwsConnection {
    /// Which of these mails may go, and when; each is told by the number of its recipients.
    pub(super) async fn moments(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        mails: Vec<u32>,
    ) -> Result<Grant, Error> {
        let granted = self.ask_pace(organisation, route, mails.clone()).await?;
        if !granted.refresh_quota {
            return Ok(granted);
        }
        self.look(organisation, route, granted.per_second.is_none()).await?;
        if granted.per_second.is_some() {
            Ok(granted)
        } else {
            self.ask_pace(organisation, route, mails).await
        }
    }

    async fn ask_pace(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        mails: Vec<u32>,
    ) -> Result<Grant, Error> {
        let region = route.region;
        let report = self.reports.borrow_mut().remove(&region).unwrap_or_default();
        let looked = self.seen.borrow().get(&region).copied();
        let quota = looked.into_iter().chain(self.checked(region)?).max_by_key(|quota| quota.taken_at);
        let request = RateRequest { client: organisation.id.clone(), emails: mails, report, quota };
        let granted = rate_limiter::request_grant(&self.env, route.binding.account(), region, &request).await;
        if granted.is_err() {
            // It is told with the next question.
            self.report(region, report);
        }
        granted
    }

    /// What the connection's last check saw of the account.
    fn checked(&self, region: Region) -> Result<Option<QuotaSnapshot>, Error> {
        let storage = self.storage()?;
        let at = match storage.facts_of(region)? {
            Some(facts) => Some(facts.checked_at),
            None => storage.state()?.checked_at(),
        };
        Ok(storage
            .account_in(region)?
            .zip(at)
            .map(|(account, at)| QuotaSnapshot { quota: account.quota, taken_at: at }))
    }

    /// Keeps what is to be told with the next question.
    pub(super) fn report(&self, region: Region, report: SendReport) {
        let mut reports = self.reports.borrow_mut();
        let told = reports.entry(region).or_default();
        *told = told.and(report);
    }

    /// Reads the account. Where it can't be read and nothing is known of it, `must_know` lets it be taken for one in the sandbox.
    async fn look(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        must_know: bool,
    ) -> Result<(), Error> {
        let answer = self.with_role(organisation, route, SessionPurpose::Check, &GetAccount).await;
        let quota = if let Ok(Ok(account)) = answer {
            self.notice(organisation, route, account.production_access_enabled).await?;
            account.send_quota.into()
        } else {
            // Whoever sends is told by SES itself what is wrong.
            log::info(
                "account_quota_unavailable",
                json!({ "organisationId": organisation.id, "region": route.region }),
            );
            if !must_know {
                return Ok(());
            }
            UNREADABLE
        };
        self.seen.borrow_mut().insert(route.region, QuotaSnapshot { quota, taken_at: clock::now() });
        Ok(())
    }

    /// Lets the connection be checked where the account has left the sandbox, or come back to it.
    async fn notice(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        production: bool,
    ) -> Result<(), Error> {
        let known = self.storage()?.account_in(route.region)?;
        if known.is_some_and(|known| known.production_access != production) {
            self.happen(organisation, ConnectionEvent::CheckRequested).await?;
        }
        Ok(())
    }

    /// What waits, and how fast it goes.
    pub(super) async fn view_sending(&self, organisation: &Organisation) -> Result<SendingStatus, Error> {
        let state = self.storage()?.state()?;
        let mut regions = self.outbox()?.depths()?;
        if let Some(binding) = state.sending_binding() {
            let used = binding.events.iter().map(|source| source.region).chain([binding.stack_region]);
            for region in used {
                regions.entry(region).or_default();
            }
        }
        let mut views = Vec::with_capacity(regions.len());
        for (region, depth) in regions {
            let granted = match CallTarget::new(&state, Some(region)) {
                Ok(route) => Some(self.moments(organisation, &route, Vec::new()).await?),
                Err(_) => None,
            };
            let gate = self.outbox()?.gate(region)?.filter(|hold| hold.retry_at > clock::now());
            let limits = granted.as_ref().and_then(|granted| granted.limits);
            views.push(SendingInRegion {
                region,
                queued: depth.queued,
                queued_in_batches: depth.queued_in_batches,
                unconfirmed: depth.unconfirmed,
                per_second: granted.as_ref().and_then(|granted| granted.per_second),
                max_send_rate: limits.map(|limits| limits.per_second),
                max_24_hour_send: limits.and_then(|limits| limits.per_day),
                sent_last_24_hours: granted.map_or(0, |granted| granted.used),
                hold: gate.map(Hold::from),
            });
        }
        views.sort_by_key(|view| view.region.name());
        Ok(SendingStatus { regions: views })
    }
}
