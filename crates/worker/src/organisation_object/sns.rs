//! Verified messages from SNS.

use api_contract::ApiError;
use aws_sans_io::ses::event::Notification;
use domain::{
    EmailId,
    connection::{Confirmation, ConnectionEvent},
    email::MESSAGE_ID_TAG,
};
use serde_json::json;
use sns_verify::Rejection;

use super::{
    OrganisationObject, SnsMessage, SnsMessageKind, SubscriptionDecision, access::Webhook,
    delivery::StoreEvent,
};
use crate::{
    http::{ApiResponse, Error},
    log,
};

impl OrganisationObject {
    /// Processes a message. The response is only successful once the message is stored.
    pub(super) async fn receive_sns(
        &self,
        message: SnsMessage,
        text: &[u8],
        request_id: &str,
    ) -> Result<ApiResponse, Error> {
        self.delivery.recover().await?;
        let webhook = self.access.find_webhook(&message.token_digest)?;
        let webhook = webhook.ok_or(ApiError::NotFound { what: "webhook" })?;
        if message.kind == SnsMessageKind::SubscriptionConfirmation {
            let decision = self.decide_on_subscription(&message, &webhook).await?;
            return ApiResponse::json(200, &decision);
        }
        let is_known = webhook.is_proven && webhook.topic.as_ref() == Some(&message.topic);
        if !self.connection.state()?.trusts_topic(&message.topic, is_known) {
            return Err(Rejection::TopicUnexpected.into());
        }
        if !is_known {
            self.access.set_webhook_topic(&message.token_digest, &message.topic, true)?;
        }
        if message.kind == SnsMessageKind::UnsubscribeConfirmation {
            self.connection.topic_unsubscribed(message.topic).await?;
        } else {
            self.receive_notification(&message, text, request_id)?;
        }
        ApiResponse::json(200, &())
    }

    /// Decides whether to confirm a subscription. A stack's first message names its topic; a topic that the customer created is known before.
    async fn decide_on_subscription(
        &self,
        message: &SnsMessage,
        webhook: &Webhook,
    ) -> Result<SubscriptionDecision, Error> {
        let SnsMessage { id, token_digest, topic, region, binding, .. } = message;
        let event = match (binding, &webhook.topic) {
            (Some(_), _) if topic.region() != *region => {
                return self.connection.stack_in_other_region(*region, topic.region()).await;
            }
            (Some(binding), _) => ConnectionEvent::StackReady { binding: binding.clone() },
            (None, Some(known)) if known == topic => ConnectionEvent::TopicConfirmed { topic: topic.clone() },
            (None, Some(_)) => return Err(Rejection::TopicUnexpected.into()),
            (None, None) => return Err(Rejection::AccountUnexpected.into()),
        };
        let confirmation = Confirmation::new(id, token_digest, topic, binding.as_ref());
        let decision = self.connection.subscription_requested(confirmation, event).await?;
        // A topic that counts stays the webhook's until a message of another one counts.
        if decision == SubscriptionDecision::Confirm && !webhook.is_proven {
            self.access.set_webhook_topic(token_digest, topic, false)?;
        }
        Ok(decision)
    }

    /// Stores an SES event. Anything else is logged and acknowledged, because SNS would retry it in vain.
    fn receive_notification(&self, message: &SnsMessage, text: &[u8], request_id: &str) -> Result<(), Error> {
        let organisation = self.context.organisation()?.id;
        let skip = |code: &str| {
            let fields = json!({ "requestId": request_id, "organisationId": organisation, "code": code });
            log::info("sns_message_skipped", fields);
        };
        let text = String::from_utf8_lossy(text);
        let event = match Notification::parse(&text, MESSAGE_ID_TAG, message.published_at) {
            Ok(Notification::Event(event)) => event,
            Ok(Notification::Other { .. }) => {
                skip("not_about_sent_email");
                return Ok(());
            }
            Ok(Notification::TopicValidation) => {
                skip("topic_validation");
                return Ok(());
            }
            Err(error) => {
                skip(error.code());
                return Ok(());
            }
        };
        let tagged = event.message_id.as_deref().and_then(|id| id.parse::<EmailId>().ok());
        let email = match tagged {
            Some(email) => Some(email),
            None => self.delivery.find_email_of(&event)?,
        };
        let Some(email) = email else {
            skip("unknown_email");
            return Ok(());
        };
        let store =
            StoreEvent { email, message_id: &message.id, event: &event, region: message.topic.region() };
        self.delivery.store_event(&store)
    }
}
