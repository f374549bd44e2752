//! Connecting, verifying and disconnecting the account.

use api_contract::{ApiError, AwsBinding, ConnectDetails, RegisteredRole, Verification};
use aws_sans_io::{Region, TopicArn};
use domain::{
    connection::{Binding, CheckResult, ConnectionEffect, ConnectionEvent, Reason, TrackingState},
    onboarding::Stack,
    token::{TokenSecret, WebhookToken},
};

use super::ConnectionManager;
use crate::{clock, http::Error, organisation_object::SubscriptionDecision};

impl ConnectionManager {
    /// Returns the public representation of the connection.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn view(&self) -> Result<AwsBinding, Error> {
        let organisation = self.context.organisation()?;
        let facts = self.region_facts.get(self.sql())?.unwrap_or_default();
        let settings = self.context.settings()?;
        let update_url = |stack: &Stack| settings.stack_update_url(stack);
        let view = AwsBinding::new(&*self.state()?, organisation.external_id.clone(), &facts, update_url);
        let audit = self.audit.get(self.sql())?;
        let missing = audit.map(|audit| audit.missing().map(str::to_owned).collect());
        Ok(AwsBinding { missing_permissions: missing.unwrap_or_default(), ..view })
    }

    /// Returns a link to create a stack in `region`. The stack's webhook token has this secret.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn connect(
        &self,
        region: Region,
        secret: &TokenSecret,
    ) -> Result<ConnectDetails, Error> {
        let (organisation, settings) = (self.context.organisation()?, self.context.settings()?);
        let token = WebhookToken::issue(&settings.token_tag_keys, organisation.id, region, secret);
        self.access.insert_webhook(&token, None, clock::now())?;
        self.happen(ConnectionEvent::ConnectRequested { region }).await?;
        Ok(ConnectDetails::new(&settings, &organisation.external_id, region, &token, &*self.state()?))
    }

    /// Registers a role that the customer created.
    ///
    /// # Errors
    /// [`ApiError::RoleBoundElsewhere`] if the role belongs to another organisation.
    pub(crate) async fn register(&self, role: RegisteredRole) -> Result<AwsBinding, Error> {
        if self.is_claimed_by_another(&role.role_arn).await? {
            return Err(ApiError::RoleBoundElsewhere.into());
        }
        let binding = Binding { role_arn: role.role_arn, stack_region: role.stack_region, events: vec![] };
        self.happen(ConnectionEvent::RoleRegistered { binding }).await?;
        self.view()
    }

    /// Checks the role within this request.
    ///
    /// # Errors
    /// [`ApiError::NotConnected`] if no role is registered.
    pub(crate) async fn verify(&self) -> Result<Verification, Error> {
        // The customer may have just fixed something, so the time that a new role gets for propagation starts again.
        self.happen(ConnectionEvent::CheckRequested).await?;
        self.check_permissions_again().await?;
        let result = self.check().await?.ok_or(ApiError::NotConnected)?;
        let verified = matches!(result, CheckResult::Working(_));
        Ok(Verification { verified, binding: self.view()? })
    }

    /// Ends the connection: its webhook tokens stop working, and its role is released.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails. Disconnecting again is safe, and completes what failed.
    pub(crate) async fn disconnect(&self) -> Result<(), Error> {
        let applied = self.sql().transaction(|| {
            self.access.delete_all_webhooks()?;
            self.region_facts.set(self.sql(), None)?;
            self.audit.set(self.sql(), None)?;
            self.update_tracking(TrackingState::disconnected)?;
            self.apply(ConnectionEvent::DisconnectRequested, clock::now())
        })?;
        self.finish(applied).await.map(drop)
    }

    /// Records that a stack is complete. Returns whether to confirm its subscription.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn stack_created(&self, binding: Binding) -> Result<SubscriptionDecision, Error> {
        if self.is_claimed_by_another(&binding.role_arn).await? {
            let reason = Reason::RoleBoundElsewhere;
            self.happen(ConnectionEvent::StackRejected { reason }).await?;
            return Ok(SubscriptionDecision::RoleClaimedElsewhere);
        }
        Ok(decision(&self.happen(ConnectionEvent::StackReady { binding }).await?))
    }

    /// Records that a stack was created in another region than its link was for.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn stack_in_other_region(
        &self,
        link: Region,
        stack: Region,
    ) -> Result<SubscriptionDecision, Error> {
        let reason = Reason::StackInOtherRegion { link, stack };
        self.happen(ConnectionEvent::StackRejected { reason }).await?;
        Ok(SubscriptionDecision::RegionUnexpected)
    }

    /// Records that a topic of the customer asks to confirm its subscription. Returns whether to confirm it.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn topic_subscribed(&self, topic: TopicArn) -> Result<SubscriptionDecision, Error> {
        Ok(decision(&self.happen(ConnectionEvent::TopicConfirmed { topic }).await?))
    }

    /// Records that the subscription of a topic was removed.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn topic_unsubscribed(&self, topic: TopicArn) -> Result<(), Error> {
        self.happen(ConnectionEvent::TopicUnsubscribed { topic }).await.map(drop)
    }
}

fn decision(effects: &[ConnectionEffect]) -> SubscriptionDecision {
    if effects.contains(&ConnectionEffect::ConfirmSubscription) {
        SubscriptionDecision::Confirm
    } else {
        SubscriptionDecision::Unexpected
    }
}
