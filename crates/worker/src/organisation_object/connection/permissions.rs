//! The audit of the role's permissions.

use api_contract::ApiError;
use aws_sans_io::ses::{ListConfigurationSets, ListEmailIdentities};
use domain::{
    connection::{
        CallTarget, DueTimes,
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
        let account = target.binding.account();
        let probes = probes(account, target.region, identities.as_ref().ok(), sets.as_ref().ok());
        let others = stream::iter(&probes).map(async |probe| {
            let response = self.with_role(&target, purpose, probe).await?;
            Ok::<_, Error>((probe.action, Verdict::from_response(&response)))
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

    /// Returns an action that is known to be missing to send, for a check. Repeats an audit that may be outdated.
    pub(super) async fn missing_to_send(&self) -> Result<Option<String>, Error> {
        let Some(known) = self.audit.get(self.sql())? else { return Ok(None) };
        if known.should_repeat_for_check(clock::now()) {
            return Ok(self.audit().await?.missing_to_send().map(str::to_owned));
        }
        Ok(known.missing_to_send().map(str::to_owned))
    }

    /// Repeats the last audit if it found missing actions: a customer who requests a check may have just fixed them.
    pub(super) async fn repeat_audit_with_missing(&self) -> Result<(), Error> {
        let known = self.audit.get(self.sql())?;
        if known.is_some_and(|audit| audit.missing().next().is_some()) {
            self.repeat_audit().await?;
        }
        Ok(())
    }

    /// Makes an audit. If it finds that the role may not send, requests a check, which changes the state of the connection.
    pub(super) async fn repeat_audit(&self) -> Result<(), Error> {
        match self.audit().await {
            Ok(audit) if audit.missing_to_send().is_some() => {
                self.update_due(|due| due.request_check(clock::now()))
            }
            // If the role can't be assumed, a check has been requested.
            Ok(_) | Err(Error::Api(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
