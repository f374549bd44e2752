//! Connecting, verifying and disconnecting the account.

use api_contract::{ApiError, AwsBinding, ConnectDetails, RegisteredRole, Verification};
use aws_sans_io::{Region, TopicArn};
use domain::{
    connection::{
        Binding, Confirmation, ConfirmationUse, ConnectionEffect, ConnectionEvent, Reason, TrackingState,
    },
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
        let refused_role = self.refused_role.get(self.sql())?;
        Ok(AwsBinding {
            missing_permissions: missing.unwrap_or_default(),
            refused_role: refused_role.as_deref().map(Into::into),
            ..view
        })
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

    /// Registers a role that the customer created. Only a check shows to which organisation it belongs.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn register(&self, role: RegisteredRole) -> Result<AwsBinding, Error> {
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
        if !self.check().await? {
            return Err(ApiError::NotConnected.into());
        }
        // The connection may have changed during the check.
        Ok(Verification { verified: self.state()?.is_verified(), binding: self.view()? })
    }

    /// Ends the connection: its webhook tokens stop working, and its role is released.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails. Disconnecting again is safe, and completes what failed.
    pub(crate) async fn disconnect(&self) -> Result<(), Error> {
        let applied = self.sql().transaction(|| {
            self.access.delete_all_webhooks()?;
            self.update_tracking(TrackingState::disconnected)?;
            self.apply(ConnectionEvent::DisconnectRequested, clock::now())
        })?;
        self.finish(applied).await.map(drop)
    }

    /// Records that SNS asks to confirm a subscription: of a stack that reports `binding`, or of a topic that the customer created. Returns
    /// whether to confirm it.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn subscription_requested(
        &self,
        confirmation: Confirmation,
        event: ConnectionEvent,
    ) -> Result<SubscriptionDecision, Error> {
        let now = clock::now();
        let mut used = self.confirmations.get(self.sql())?.map(|used| (*used).clone()).unwrap_or_default();
        match used.find(&confirmation, now) {
            ConfirmationUse::First => {}
            ConfirmationUse::Repeated => return Ok(SubscriptionDecision::Confirm),
            ConfirmationUse::Refused => return Ok(SubscriptionDecision::AlreadyUsed),
        }
        let applied = self.sql().transaction(|| {
            let applied = self.apply(event, now)?;
            if applied.effects.contains(&ConnectionEffect::ConfirmSubscription) {
                used.record(confirmation, now);
                self.confirmations.set(self.sql(), Some(used))?;
            }
            Ok(applied)
        })?;
        Ok(decision(&self.finish(applied).await?))
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
    } else if effects.contains(&ConnectionEffect::DeferConfirmation) {
        SubscriptionDecision::Deferred
    } else {
        SubscriptionDecision::Unexpected
    }
}
