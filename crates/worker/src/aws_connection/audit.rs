//! Finding out which permissions the role lacks: the calls and what their answers mean are core's.

use api_contract::ApiError;
use aws_sans_io::ses::{ListConfigurationSets, ListEmailIdentities};
use domain::{
    connection::{
        CallTarget,
        audit::{PermissionAudit, Verdict, probes},
    },
    onboarding::SessionPurpose,
};
use futures_util::future::{join, join_all};
use serde_json::json;
use time::Duration;

use super::AwsConnection;
use crate::{clock, database::organisations::Organisation, http::Error, log};

/// What was found out so shortly before isn't asked once more.
const JUST_NOW: Duration = Duration::seconds(5);

impl AwsConnection {
    /// Finds it out, and keeps it.
    ///
    /// # Errors
    /// Where no role was proven, or it can't be assumed.
    pub(super) async fn audit(&self, organisation: &Organisation) -> Result<PermissionAudit, Error> {
        self.storage()?.set_audit_at(None)?;
        let binding = self.storage()?.state()?.verified_binding().cloned().ok_or(ApiError::NotConnected)?;
        let route = CallTarget { region: binding.stack_region, binding };
        let purpose = SessionPurpose::Audit;
        let (identities, sets) = join(
            self.with_role(organisation, &route, purpose, &ListEmailIdentities::default()),
            self.with_role(organisation, &route, purpose, &ListConfigurationSets),
        )
        .await;
        let (identities, sets) = (identities?, sets?);
        let mut verdicts = vec![
            ("ses:ListEmailIdentities", Verdict::from_response(&identities)),
            ("ses:ListConfigurationSets", Verdict::from_response(&sets)),
        ];
        let probes =
            probes(route.binding.account(), route.region, identities.as_ref().ok(), sets.as_ref().ok());
        let answers = probes.iter().map(|probe| self.with_role(organisation, &route, purpose, probe));
        for (probe, answer) in probes.iter().zip(join_all(answers).await) {
            verdicts.push((probe.action, Verdict::from_response(&answer?)));
        }
        let audit = PermissionAudit::new(&verdicts, clock::now());
        self.storage()?.set_audit(Some(&audit))?;
        let missing: Vec<_> = audit.missing().collect();
        log::info("permissions_audited", json!({ "organisationId": organisation.id, "missing": missing }));
        Ok(audit)
    }

    /// The action that is missing to send, as far as is known; where one was, it is looked at again.
    pub(super) async fn missing_to_send(&self, organisation: &Organisation) -> Result<Option<String>, Error> {
        let Some(known) = self.storage()?.audit()? else { return Ok(None) };
        let is_new = clock::now() - known.checked_at < JUST_NOW;
        let audit = if is_new || known.missing_to_send().is_none() {
            known
        } else {
            self.audit(organisation).await?
        };
        Ok(audit.missing_to_send().map(str::to_owned))
    }

    /// Makes the audit anew where something is missing: a customer who asks may have mended it in this minute.
    pub(super) async fn audit_what_is_missing(&self, organisation: &Organisation) -> Result<(), Error> {
        let known = self.storage()?.audit()?;
        if known.is_some_and(|audit| audit.missing().next().is_some()) {
            self.audit_now(organisation).await?;
        }
        Ok(())
    }

    /// Makes the audit with the look that is due, where the last one is old.
    pub(super) fn audit_with_this_look(&self) -> Result<(), Error> {
        let (storage, now) = (self.storage()?, clock::now());
        let is_proven = storage.state()?.verified_binding().is_some();
        if is_proven && PermissionAudit::is_due(storage.audit()?.as_ref(), now) {
            storage.set_audit_at(Some(now))?;
        }
        Ok(())
    }

    /// Lets the permissions be looked at soon: AWS has refused something.
    pub(super) async fn audit_soon(&self) -> Result<(), Error> {
        self.storage()?.set_audit_at(Some(clock::now()))?;
        self.schedule().await
    }

    /// Makes the audit that is due; what it finds is looked at in a check.
    pub(super) async fn audit_now(&self, organisation: &Organisation) -> Result<(), Error> {
        match self.audit(organisation).await {
            Ok(audit) if audit.missing_to_send().is_some() => {
                self.storage()?.set_check_at(Some(clock::now()))
            }
            // Where the role can't be assumed, that is what the check is for.
            Ok(_) | Err(Error::Api(_)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}
