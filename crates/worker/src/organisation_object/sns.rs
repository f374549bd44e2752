//! Verified messages from SNS.

use api_contract::ApiError;
use aws_sans_io::ses::event::Notification;
use domain::{EmailId, email::MESSAGE_ID_TAG};
use serde_json::json;
use sns_verify::Rejection;

use super::{OrganisationObject, SnsMessage, SnsMessageKind, SubscriptionDecision, delivery::StoreEvent};
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
        // A stack's first message names its topic. All others must come from the topic that the webhook belongs to.
        let is_stack = message.kind == SnsMessageKind::SubscriptionConfirmation && message.binding.is_some();
        match &webhook.topic {
            _ if is_stack => {}
            Some(topic) if *topic == message.topic => {}
            None if message.kind == SnsMessageKind::SubscriptionConfirmation => {
                return Err(Rejection::AccountUnexpected.into());
            }
            Some(_) | None => return Err(Rejection::TopicUnexpected.into()),
        }
        match message.kind {
            SnsMessageKind::SubscriptionConfirmation => {
                let decision = match message.binding {
                    Some(_) if message.topic.region() != message.region => {
                        self.connection.stack_in_other_region(message.region, message.topic.region()).await?
                    }
                    Some(binding) => self.connection.stack_created(binding).await?,
                    // Without a role, the URL belongs to a topic that the customer created.
                    None => self.connection.topic_subscribed(message.topic.clone()).await?,
                };
                if decision == SubscriptionDecision::Confirm {
                    self.access.set_webhook_topic(&message.token_digest, &message.topic)?;
                }
                ApiResponse::json(200, &decision)
            }
            SnsMessageKind::UnsubscribeConfirmation => {
                self.connection.topic_unsubscribed(message.topic).await?;
                ApiResponse::json(200, &())
            }
            SnsMessageKind::Notification => {
                self.receive_notification(&message, text, request_id)?;
                ApiResponse::json(200, &())
            }
        }
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
