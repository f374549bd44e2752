//! Verifies the role.

use aws_sans_io::{
    Error as AwsError,
    ses::GetAccount,
    sts::{AssumeRole, AssumedRole, SessionDuration},
};
use domain::{
    connection::{
        Binding, CheckResult, Connection, ConnectionEvent, Reason,
        check::{Readable, RoleCheck},
        role_session_name,
    },
    feed::FeedEntry,
    onboarding::SessionPurpose,
};
use serde_json::json;

use super::ConnectionManager;
use crate::{aws, clock, http::Error, log, random};

/// The reason why a check ended before its last step.
pub(super) enum Stopped {
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
    /// Checks the bound role and applies the result to the connection. Returns false if no role is bound.
    pub(super) async fn check(&self) -> Result<bool, Error> {
        let mut connection = Connection { state: (*self.state()?).clone(), due: self.due()? };
        let attempt = connection.start_check(clock::now());
        self.due.set(self.sql(), Some(connection.due))?;
        let Some(attempt) = attempt else { return Ok(false) };
        match self.run_check(&attempt.binding).await {
            Ok(readable) => self.claim_role(&attempt, readable).await?,
            Err(Stopped::Finished(result)) => {
                let event = ConnectionEvent::CheckFinished { attempt: attempt.number, result };
                self.happen(event).await?;
            }
            Err(Stopped::Error(error)) => return Err(error),
        }
        self.compare_template()?;
        let state = self.state()?;
        log::info(
            "connection_checked",
            json!({
                "organisationId": self.context.organisation()?.id,
                "status": state.status(),
                "reason": state.reason().map(Reason::code),
            }),
        );
        Ok(true)
    }

    /// Appends an event for each stack with another template than the published one, once per published template.
    fn compare_template(&self) -> Result<(), Error> {
        let (state, settings) = (self.state()?, self.context.settings()?);
        let published = settings.template_url.version();
        let is_reported = self.missed_template.get(self.sql())?.is_some_and(|known| *known == *published);
        if is_reported || !self.feed.is_on()? {
            return Ok(());
        }
        let now = clock::now();
        let events: Vec<_> = state
            .outdated_stacks(published)
            .map(|stack| FeedEntry::stack_outdated(stack, published, now))
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        self.sql().transaction(|| {
            self.feed.append(events)?;
            self.missed_template.set(self.sql(), Some(published.clone()))
        })
    }

    /// Makes the calls of a check, up to the role's claim.
    async fn run_check(&self, binding: &Binding) -> Result<Readable, Stopped> {
        let region = binding.stack_region;
        let own_id = self.context.organisation()?.external_id.clone();
        let assumed = self.assume(binding, Some(own_id.to_string())).await?;
        let (check, session) = RoleCheck::new(region).with_external_id(assumed)?;
        let check = check.without_external_id(self.assume(binding, None).await?)?;
        let decoy = own_id.decoy(&random::bytes()?).to_string();
        let check = check.with_other_external_id(self.assume(binding, Some(decoy)).await?)?;
        let endpoint = &self.context.settings()?.endpoint;
        let account = aws::call(&GetAccount, endpoint, region, &session.credentials, &self.aws_calls).await;
        let readable = check.account(account)?;
        self.read_other_regions(binding, &session.credentials).await?;
        self.check_configuration_sets(binding, &session.credentials).await?;
        Ok(readable)
    }

    /// Calls AssumeRole. The inner error is the one that STS returned.
    pub(super) async fn assume(
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
        Ok(aws::assume_role(&assume, &settings, binding.stack_region, &self.aws_calls).await)
    }
}
