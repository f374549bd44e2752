//! Verifies the role.

use aws_sans_io::{
    Error as AwsError,
    ses::GetAccount,
    sts::{AssumeRole, AssumedRole, SessionDuration},
};
use domain::{
    connection::{Binding, CheckResult, ConnectionEvent, DueTimes, check::RoleCheck, role_session_name},
    onboarding::SessionPurpose,
};
use serde_json::json;

use super::ConnectionManager;
use crate::{aws, http::Error, log};

/// The reason why a check ended before its last step.
enum Stopped {
    Finished(CheckResult),
    Error(Error),
}

impl From<CheckResult> for Stopped {
    fn from(result: CheckResult) -> Self {
        Self::Finished(result)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl ConnectionManager {
    /// Checks the bound role and applies the result to the connection. Returns the result, or `None` if no role is bound.
    pub(super) async fn check(&self) -> Result<Option<CheckResult>, Error> {
        let Some(binding) = self.state()?.binding().cloned() else {
            self.update_due(DueTimes::clear_check)?;
            return Ok(None);
        };
        let result = match self.run_check(&binding).await {
            Ok(result) | Err(Stopped::Finished(result)) => result,
            Err(Stopped::Error(error)) => return Err(error),
        };
        let event = ConnectionEvent::CheckFinished { role_arn: binding.role_arn, result: result.clone() };
        self.happen(event).await?;
        let reason = match &result {
            CheckResult::Failed(reason) => Some(reason.code()),
            _ => None,
        };
        log::info(
            "connection_checked",
            json!({
                "organisationId": self.context.organisation()?.id,
                "status": self.state()?.status(),
                "reason": reason,
            }),
        );
        Ok(Some(result))
    }

    /// Makes the calls of a check.
    async fn run_check(&self, binding: &Binding) -> Result<CheckResult, Stopped> {
        let region = binding.stack_region;
        let organisation = self.context.organisation()?;
        let external_id = Some(organisation.external_id.to_string());
        let assumed = self.assume(binding, external_id).await?;
        let (check, session) = RoleCheck::new(region).with_external_id(assumed)?;
        let check = check.without_external_id(self.assume(binding, None).await?)?;
        let endpoint = &self.context.settings()?.endpoint;
        let account = aws::call(&GetAccount, endpoint, region, &session.credentials).await;
        let check = check.account(account)?;
        self.read_other_regions(binding, &session.credentials).await?;
        self.check_configuration_sets(binding, &session.credentials).await?;
        Ok(check.claim(self.claim_role(&binding.role_arn).await?))
    }

    async fn assume(
        &self,
        binding: &Binding,
        external_id: Option<String>,
    ) -> Result<Result<AssumedRole, AwsError>, Error> {
        let assume = AssumeRole {
            role_arn: binding.role_arn.clone(),
            role_session_name: role_session_name(&self.context.organisation()?.id.to_string()),
            external_id,
            policy: Some(SessionPurpose::Check.policy().to_compact_json()),
            duration: SessionDuration::MIN,
        };
        let settings = self.context.settings()?;
        Ok(aws::assume_role(&assume, &settings, binding.stack_region).await)
    }
}
