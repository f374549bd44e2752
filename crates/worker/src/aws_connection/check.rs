//! Proving the connection's role: the steps and their meaning are core's.

use aws_sans_io::{
    Error as AwsError, RoleArn,
    ses::GetAccount,
    sts::{AssumeRole, AssumedRole, SessionDuration},
};
use domain::{
    connection::{Binding, CheckResult, ConnectionEvent, Reason, check},
    onboarding::SessionPurpose,
};
use serde_json::json;

use super::AwsConnection;
use crate::{
    aws,
    database::{self, organisations::Organisation},
    http::Error,
    log,
};

impl AwsConnection {
    /// Checks the role that is bound, and lets the connection follow. Answers what it showed; nothing where no role is bound.
    pub(super) async fn check(&self, organisation: &Organisation) -> Result<Option<CheckResult>, Error> {
        let Some(binding) = self.storage()?.state()?.binding().cloned() else {
            self.storage()?.set_check_at(None)?;
            return Ok(None);
        };
        let mut conclusion = self.prove(organisation, &binding).await?;
        // A role that works is the organisation's, unless it has worked for another one before.
        if matches!(conclusion, CheckResult::Working(_))
            && !database::roles::claim(&self.database()?, &binding.role_arn, &organisation.id).await?
        {
            conclusion = CheckResult::Failed(Reason::RoleBoundElsewhere);
        }
        if matches!(conclusion, CheckResult::Working(_))
            && let Some(action) = self.missing_to_send(organisation).await?
        {
            conclusion = CheckResult::Failed(Reason::PermissionMissing { action });
        }
        self.storage()?.set_check_at(None)?;
        let event = ConnectionEvent::CheckFinished { role_arn: binding.role_arn, result: conclusion.clone() };
        self.happen(organisation, event).await?;
        let status = self.storage()?.state()?.status();
        let reason = match &conclusion {
            CheckResult::Failed(reason) => Some(reason.code()),
            _ => None,
        };
        log::info(
            "connection_checked",
            json!({ "organisationId": organisation.id, "status": status, "reason": reason }),
        );
        Ok(Some(conclusion))
    }

    /// Assumes the role with the external ID, then without it, then reads the account.
    async fn prove(&self, organisation: &Organisation, binding: &Binding) -> Result<CheckResult, Error> {
        let region = binding.stack_region;
        let external_id = organisation.external_id.as_str();
        let with = self.assume(organisation, &binding.role_arn, Some(external_id), binding).await?;
        let session = match check::with_external_id(with, region) {
            Ok(session) => session,
            Err(conclusion) => return Ok(conclusion),
        };
        let without = self.assume(organisation, &binding.role_arn, None, binding).await?;
        if let Err(conclusion) = check::without_external_id(without) {
            return Ok(conclusion);
        }
        let account = aws::call(&GetAccount, &self.endpoint()?, region, &session.credentials).await;
        let conclusion = check::account(account, region);
        if matches!(conclusion, CheckResult::Working(_)) {
            self.see_regions(organisation, binding, &session.credentials).await?;
        }
        Ok(conclusion)
    }

    async fn assume(
        &self,
        organisation: &Organisation,
        role: &RoleArn,
        external_id: Option<&str>,
        binding: &Binding,
    ) -> Result<Result<AssumedRole, AwsError>, Error> {
        let ask = AssumeRole {
            role_arn: role.clone(),
            role_session_name: domain::connection::role_session_name(&organisation.id),
            external_id: external_id.map(str::to_owned),
            policy: Some(SessionPurpose::Check.policy().to_compact_json()),
            duration: SessionDuration::MIN,
        };
        let settings = self.settings()?;
        Ok(aws::call_with_own_keys(&ask, &settings, binding.stack_region).await)
    }
}
