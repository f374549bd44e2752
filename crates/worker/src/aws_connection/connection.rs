//! The state machine's events and what follows from them.

use api_contract::{ApiError, AwsBinding, ConnectDetails, RegisteredRole, Verification};
use aws_sans_io::{Region, TopicArn};
use domain::{
    connection::{
        Binding, CheckResult, ConnectionEffect, ConnectionEvent, Reason, transition, verified_role,
    },
    delivery::result_of_disconnect,
    onboarding::WebhookToken,
    rate_limit::ThrottleReason,
};

use super::{AwsConnection, SubscriptionDecision, steps::Made};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// What is shown of the connection.
    pub(super) fn view(&self, organisation: &Organisation) -> Result<AwsBinding, Error> {
        let storage = self.storage()?;
        let facts = storage.region_facts()?;
        let view = AwsBinding::new(&storage.state()?, organisation.external_id.clone(), &facts);
        let missing = storage.audit()?.map(|audit| audit.missing().map(str::to_owned).collect());
        Ok(AwsBinding { missing_permissions: missing.unwrap_or_default(), ..view })
    }

    /// Makes a link with an address of its own for the stack to post to.
    pub(super) async fn give_link(
        &self,
        organisation: &Organisation,
        region: Region,
        token: &[u8; 32],
    ) -> Result<ConnectDetails, Error> {
        let token = WebhookToken::from_random(token);
        database::webhooks::insert(&self.database()?, &token, &organisation.id, region, clock::now()).await?;
        self.happen(organisation, ConnectionEvent::ConnectRequested { region }).await?;
        let state = self.storage()?.state()?;
        let settings = self.settings()?;
        Ok(ConnectDetails::new(&settings, &organisation.external_id, region, &token, &state))
    }

    /// Takes a role that was made by hand.
    pub(super) async fn register(
        &self,
        organisation: &Organisation,
        role: RegisteredRole,
    ) -> Result<AwsBinding, Error> {
        if database::roles::is_anothers(&self.database()?, &role.role_arn, &organisation.id).await? {
            return Err(ApiError::RoleBoundElsewhere.into());
        }
        let binding = Binding { role_arn: role.role_arn, stack_region: role.stack_region, events: vec![] };
        self.happen(organisation, ConnectionEvent::RoleRegistered { binding }).await?;
        self.view(organisation)
    }

    /// Checks the role in this request.
    pub(super) async fn verify(&self, organisation: &Organisation) -> Result<Verification, Error> {
        // A customer who asks has mended something, maybe in this minute: the patience with a new role begins anew.
        self.happen(organisation, ConnectionEvent::CheckRequested).await?;
        self.audit_what_is_missing(organisation).await?;
        let conclusion = self.check(organisation).await?.ok_or(ApiError::NotConnected)?;
        let verified = matches!(conclusion, CheckResult::Working(_));
        Ok(Verification { verified, binding: self.view(organisation)? })
    }

    /// Ends the connection, and lets nothing of it work any more.
    pub(super) async fn disconnect(&self, organisation: &Organisation) -> Result<AwsBinding, Error> {
        database::webhooks::delete_all(&self.database()?, &organisation.id).await?;
        self.happen(organisation, ConnectionEvent::DisconnectRequested).await?;
        self.storage()?.set_region_facts(&[])?;
        self.storage()?.set_audit(None)?;
        self.storage()?.set_audit_at(None)?;
        self.end_what_is_on_its_way(organisation)?;
        self.schedule().await?;
        database::identities::delete_all(&self.database()?, &organisation.id).await?;
        self.view(organisation)
    }

    /// Ends every mail that isn't being handed over just now; what is, ends when SES has answered. D1 is told by the alarm.
    fn end_what_is_on_its_way(&self, organisation: &Organisation) -> Result<(), Error> {
        let (outbox, now) = (self.outbox()?, clock::now());
        for (id, region, phase, history) in outbox.histories()? {
            if self.in_flight.borrow().contains(&id) {
                continue;
            }
            if let Some(settlement) = result_of_disconnect(phase, history, now) {
                if let Some(last) = settlement.history.0.last() {
                    self.made(organisation, &Made::new(id, region, last.step, last.code.as_deref()));
                }
                outbox.settled(id, &settlement, now)?;
            }
        }
        Ok(())
    }

    /// Notes that a stack is done.
    pub(super) async fn note_stack(
        &self,
        organisation: &Organisation,
        binding: Binding,
    ) -> Result<SubscriptionDecision, Error> {
        if database::roles::is_anothers(&self.database()?, &binding.role_arn, &organisation.id).await? {
            let reason = Reason::RoleBoundElsewhere;
            self.happen(organisation, ConnectionEvent::StackRejected { reason }).await?;
            return Ok(SubscriptionDecision::RoleClaimedElsewhere);
        }
        let effects = self.happen(organisation, ConnectionEvent::StackReady { binding }).await?;
        let is_due = effects.contains(&ConnectionEffect::ConfirmSubscription);
        Ok(if is_due { SubscriptionDecision::Confirm } else { SubscriptionDecision::Unexpected })
    }

    /// Notes that a topic of the customer's asks for confirmation.
    pub(super) async fn note_topic(
        &self,
        organisation: &Organisation,
        topic: TopicArn,
    ) -> Result<SubscriptionDecision, Error> {
        let effects = self.happen(organisation, ConnectionEvent::TopicConfirmed { topic }).await?;
        let is_due = effects.contains(&ConnectionEffect::ConfirmSubscription);
        Ok(if is_due { SubscriptionDecision::Confirm } else { SubscriptionDecision::Unexpected })
    }

    /// Notes that a topic no longer posts to us.
    pub(super) async fn note_unsubscribed(
        &self,
        organisation: &Organisation,
        topic: TopicArn,
    ) -> Result<(), Error> {
        self.happen(organisation, ConnectionEvent::TopicUnsubscribed { topic }).await.map(drop)
    }

    /// Lets an event happen: decides, writes, and does what has to be done but for [`ConnectionEffect::ConfirmSubscription`], which needs
    /// the message that is to be answered, and [`ConnectionEffect::CheckRole`], which is made by the alarm. Answers the effects.
    pub(super) async fn happen(
        &self,
        organisation: &Organisation,
        event: ConnectionEvent,
    ) -> Result<Vec<ConnectionEffect>, Error> {
        let storage = self.storage()?;
        let now = clock::now();
        let before = storage.state()?;
        let could_send = before.sending_binding().is_some();
        let next = transition(before, event.clone(), now);
        let claim = storage.claim()?;
        let proven = verified_role(claim.clone(), &event, &next.state);
        storage.set_state(&next.state)?;
        if !could_send && next.state.sending_binding().is_some() {
            // What has waited for it goes now, and not when it would have asked after it again.
            self.outbox()?.open_gates(ThrottleReason::Connection)?;
        }
        for effect in &next.effects {
            match effect {
                ConnectionEffect::ForgetCredentials => self.sessions.forget_all(),
                ConnectionEffect::CheckRole => storage.set_check_at(Some(now))?,
                ConnectionEffect::SetTimer(at) => storage.set_wake_at(Some(*at))?,
                ConnectionEffect::ClearTimer => {
                    storage.set_wake_at(None)?;
                    storage.set_check_at(None)?;
                }
                ConnectionEffect::ConfirmSubscription => {}
            }
        }
        self.schedule().await?;
        if claim != proven || matches!(event, ConnectionEvent::DisconnectRequested) {
            database::roles::release_but(&self.database()?, proven.as_ref(), &organisation.id).await?;
            self.storage()?.set_claim(proven.as_ref())?;
        }
        Ok(next.effects)
    }
}
