//! `POST /webhooks/sns/{token}`: messages from SNS. Responds 2xx only after the message has been processed.

use api_contract::ApiError;
use aws_sans_io::ses::event::Notification;
use domain::{
    EmailId,
    connection::{Binding, EventSource, Subscription},
    email::MESSAGE_ID_TAG,
    onboarding::{StackOutputs, WebhookToken},
};
use serde_json::json;
use sns_verify::{ConfirmSubscription, Content, Expected, Message, Rejection, Verified};

use super::{HandlerResult, RequestContext};
use crate::{
    aws,
    aws_connection::{Command, ConnectionClient, SubscriptionDecision},
    clock,
    database::{self, webhooks::Webhook},
    http::{ApiResponse, Error},
    log::{self, RequestLog},
};

/// Verifies and processes a message.
pub(super) async fn receive(context: &RequestContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    let not_found = ApiError::NotFound { what: "webhook" };
    let token = WebhookToken::from_path(context.parameter).ok_or_else(|| not_found.clone())?;
    let webhook =
        database::webhooks::find_by_token(&database::open(context.env)?, &token).await?.ok_or(not_found)?;
    request_log.set_organisation(&webhook.organisation.id);

    let message = Message::parse(context.body)?;
    // Query parameters of the webhook address. SNS doesn't sign them, so they only claim which role the stack created.
    let report = StackOutputs::parse(context.query).ok();
    let account = report.as_ref().map(|report| report.role_arn.account());
    let expected = Expected::for_message(&message, webhook.region, account, webhook.topic.as_ref())?;
    let checked = message.check(expected, &context.settings.endpoint, clock::now())?;
    let certificate = aws::certificates::get(checked.certificate_url()).await?;
    let message = checked.verify(&certificate, clock::now())?;
    request_log.set("snsMessageId", message.id.as_str());

    match &message.content {
        Content::SubscriptionConfirmation { .. } => {
            // Without a role, the address belongs to a topic that the customer created.
            match report {
                Some(report) => confirm_stack(context, &token, &webhook, &message, report).await?,
                None => confirm_topic(context, &webhook, &message).await?,
            }
        }
        Content::UnsubscribeConfirmation => {
            let connection = ConnectionClient::new(context.env, &webhook.organisation, context.request_id)?;
            let topic = message.topic.clone();
            connection.call::<()>(Command::TopicUnsubscribed { topic }).await?;
        }
        Content::Notification { text, .. } => store_event(context, &webhook, &message, text).await?,
    }
    Ok(ApiResponse::empty(200))
}

/// Records a created stack and confirms its subscription if the connection accepts its role.
async fn confirm_stack(
    context: &RequestContext<'_>,
    token: &WebhookToken,
    webhook: &Webhook,
    message: &Verified<Message>,
    report: StackOutputs,
) -> Result<(), Error> {
    let connection = ConnectionClient::new(context.env, &webhook.organisation, context.request_id)?;
    let binding = Binding {
        role_arn: report.role_arn,
        stack_region: message.topic.region(),
        events: vec![EventSource {
            region: message.topic.region(),
            topic: Some(message.topic.clone()),
            configuration_set: report.configuration_set,
            subscription: Subscription::Active,
        }],
    };
    match connection.call(Command::StackCreated { binding }).await? {
        SubscriptionDecision::Confirm => {}
        // The connection reports the reason. An error would only make SNS retry.
        SubscriptionDecision::RoleClaimedElsewhere => return Ok(()),
        SubscriptionDecision::Unexpected => return Err(Rejection::AccountUnexpected.into()),
    }
    database::webhooks::set_topic(&database::open(context.env)?, token, &message.topic).await?;
    confirm_subscription(context, webhook, message).await
}

/// Confirms the subscription of a topic that the customer registered.
async fn confirm_topic(
    context: &RequestContext<'_>,
    webhook: &Webhook,
    message: &Verified<Message>,
) -> Result<(), Error> {
    let connection = ConnectionClient::new(context.env, &webhook.organisation, context.request_id)?;
    match connection.call(Command::TopicSubscribed { topic: message.topic.clone() }).await? {
        SubscriptionDecision::Confirm => confirm_subscription(context, webhook, message).await,
        _ => Err(Rejection::TopicUnexpected.into()),
    }
}

/// Confirms the subscription that a message asks for.
async fn confirm_subscription(
    context: &RequestContext<'_>,
    webhook: &Webhook,
    message: &Verified<Message>,
) -> Result<(), Error> {
    let Some(confirm) = ConfirmSubscription::from_message(message) else { return Ok(()) };
    let result = aws::call_unsigned(&confirm, &context.settings.endpoint, confirm.region()).await;
    let Err(error) = result else { return Ok(()) };
    log::info(
        "subscription_confirmation_failed",
        json!({ "requestId": context.request_id, "organisationId": webhook.organisation.id, "awsCode": error.code() }),
    );
    Err(ApiError::WebhookRejected {
        code: "sns_not_confirmed",
        message: "the subscription could not be confirmed".into(),
        help: "No action needed: SNS delivers the message again.",
        field: None,
        status: http::StatusCode::SERVICE_UNAVAILABLE,
    }
    .into())
}

/// Stores an SES event. Anything else is logged and acknowledged, because SNS would retry it in vain.
async fn store_event(
    context: &RequestContext<'_>,
    webhook: &Webhook,
    message: &Verified<Message>,
    text: &str,
) -> Result<(), Error> {
    let organisation = &webhook.organisation.id;
    let skip = |code: &str| {
        log::info(
            "sns_message_skipped",
            json!({ "requestId": context.request_id, "organisationId": organisation, "code": code }),
        );
    };
    let event = match Notification::parse(text, MESSAGE_ID_TAG) {
        Ok(Notification::Event(event)) => event,
        Ok(Notification::LegacyFeedback { .. }) => {
            skip("legacy_feedback");
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
    let Some(email) = event.message_id.as_deref().and_then(|id| id.parse::<EmailId>().ok()) else {
        skip("unknown_email");
        return Ok(());
    };
    let database = database::open(context.env)?;
    let stored =
        database::events::insert(&database, organisation, &message.id, email, &event, clock::now()).await?;
    if stored.was_unconfirmed {
        // If this call fails, the event is stored all the same: reconciliation finds it when the grace period ends.
        let connection = ConnectionClient::new(context.env, &webhook.organisation, context.request_id)?;
        connection.call::<()>(Command::EventReceived { id: email }).await?;
    }
    Ok(())
}
