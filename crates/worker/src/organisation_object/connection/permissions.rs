//! The audit of the role's permissions.

use api_contract::ApiError;
use aws_sans_io::{
    Error as AwsError,
    ses::{ListConfigurationSets, ListEmailIdentities},
};
use domain::{
    connection::{
        CallTarget, ConnectionEvent, DueTimes, Reason,
        audit::{PermissionAudit, Verdict, probes},
    },
    onboarding::SessionPurpose,
};
use futures_util::{StreamExt, TryStreamExt, future::join, stream};
use serde_json::json;

use super::{CONCURRENT_CALLS, ConnectionManager};
use crate::{clock, http::Error, log};

impl ConnectionManager {
    /// Checks which permissions the role lacks and stores the result.
    ///
    /// # Errors
    /// [`ApiError::NotConnected`] if no role is verified, [`ApiError::ConnectionUnusable`] if it can't be assumed.
    pub(crate) async fn audit(&self) -> Result<PermissionAudit, Error> {
        self.update_due(DueTimes::clear_audit)?;
        let binding = self.state()?.verified_binding().cloned().ok_or(ApiError::NotConnected)?;
        let target = CallTarget { region: binding.stack_region, binding };
        let purpose = SessionPurpose::Audit;
        let (identities, sets) = join(
            self.with_role(&target, purpose, &ListEmailIdentities::default()),
            self.with_role(&target, purpose, &ListConfigurationSets),
        )
        .await;
        let (identities, sets) = (identities?, sets?);
        let mut verdicts = vec![
            ("ses:ListEmailIdentities", Verdict::from_response(&identities)),
            ("ses:ListConfigurationSets", Verdict::from_response(&sets)),
        ];
        let probes = probes(&target, identities.as_ref().ok(), sets.as_ref().ok());
        let others = stream::iter(&probes).map(async |probe| {
            let response = self.with_role(&target, purpose, probe).await?;
            Ok::<_, Error>((probe.action, probe.verdict(&response)))
        });
        verdicts.extend(others.buffered(CONCURRENT_CALLS).try_collect::<Vec<_>>().await?);
        let audit = PermissionAudit::new(&verdicts, clock::now());
        if self.is_bound_to(&target.binding.role_arn)? {
            self.audit.set(self.sql(), Some(audit.clone()))?;
        }
        let missing: Vec<_> = audit.missing().collect();
        let organisation = self.context.organisation()?;
        log::info("permissions_audited", json!({ "organisationId": organisation.id, "missing": missing }));
        Ok(audit)
    }

    /// Requests an audit now, because AWS denied an action.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn audit_soon(&self) -> Result<(), Error> {
        let now = clock::now();
        self.update_due(|due| due.request_audit(now))?;
        self.context.alarm.ring_by(now).await
    }

    /// Repeats the last audit if it found missing actions: a customer who requests a check may have just fixed them. If emails were denied, and
    /// the audit doesn't show that they still are, the next emails decide.
    pub(super) async fn check_permissions_again(&self) -> Result<(), Error> {
        let is_denied = self.state()?.reason().is_some_and(Reason::denies_sends);
        let known = self.audit.get(self.sql())?;
        if !is_denied && known.is_none_or(|audit| audit.missing().next().is_none()) {
            return Ok(());
        }
        self.repeat_audit().await?;
        let still_denied = self.audit.get(self.sql())?.is_some_and(|audit| audit.denies_sends());
        if is_denied && !still_denied {
            self.happen(ConnectionEvent::SendsAllowed).await?;
        }
        Ok(())
    }

    /// Makes an audit. If the role can't be assumed, a check has been requested.
    pub(super) async fn repeat_audit(&self) -> Result<(), Error> {
        match self.audit().await {
            Ok(_) | Err(Error::Api(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Records that AWS denies emails.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn sends_denied(&self, error: &AwsError) -> Result<(), Error> {
        if self.state()?.reason().is_some_and(Reason::denies_sends) {
            return Ok(());
        }
        let reason = Reason::of_denial(error, "ses:SendEmail");
        self.happen(ConnectionEvent::SendsDenied { reason }).await.map(drop)
    }

    /// Records that SES accepted an email, if emails were denied before.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn sends_accepted(&self) -> Result<(), Error> {
        if self.state()?.reason().is_some_and(Reason::denies_sends) {
            self.happen(ConnectionEvent::SendsAllowed).await?;
        }
        Ok(())
    }
}
