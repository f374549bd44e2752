//! `POST /webhooks/sns/{token}`: messages from SNS. Responds 2xx only after the message has been processed.

use api_contract::{ApiError, BodyOwner, WEBHOOK};
use domain::{
    connection::{Binding, EventSource, Subscription},
    onboarding::StackOutputs,
    token::WebhookToken,
};
use http::StatusCode;
use serde_json::json;
use sns_verify::{ConfirmSubscription, Content, Expected, Message, Verified};

use super::{EdgeContext, HandlerResult};
use crate::{
    aws, clock,
    http::{ApiResponse, Error, request::OutgoingBody},
    log::{self, RequestLog},
    organisation_object::{Command, OrganisationClient, SnsMessage, SnsMessageKind, SubscriptionDecision},
};

/// Receives a message. If SNS will retry it, the organisation's object learns that an event may still arrive.
pub(super) async fn receive(context: EdgeContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    let not_found = ApiError::NotFound { what: WEBHOOK };
    let token = WebhookToken::parse(&context.settings.token_tag_keys, context.parameter)
        .ok_or_else(|| not_found.clone())?;
    request_log.set_organisation(&token.organisation().to_string());
    let client = OrganisationClient::new(context.env, token.organisation())?;
    let result = process(&context, &token, &client, request_log).await.map_err(|error| match error {
        // To a stranger, a webhook of a deleted organisation looks like any other URL.
        Error::Problem(problem) if problem.status == 401 => not_found.into(),
        error => error,
    });
    if let Err(error) = &result
        && will_be_retried(error)
    {
        let command = Command::NoteWebhookFailure { token_digest: token.digest(), region: token.region() };
        if let Err(error) = client.command::<()>(context.request_id, command, &OutgoingBody::None).await {
            let fields = json!({ "requestId": context.request_id, "error": format!("{error:?}") });
            log::error("webhook_failure_not_noted", fields);
        }
    }
    result
}

/// Returns whether SNS retries a message after this error: after server errors and 429.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
fn will_be_retried(error: &Error) -> bool {
    let status = error.status();
    status >= 500 || status == 429
}

/// Verifies a message and passes it to the organisation's object.
async fn process(
    context: &EdgeContext<'_>,
    token: &WebhookToken,
    client: &OrganisationClient,
    request_log: &mut RequestLog,
) -> HandlerResult {
    let body = context.read_body(BodyOwner::Organisation(token.organisation())).await?;
    let message = Message::parse(&body.bytes)?;
    // Query parameters of the webhook URL. SNS doesn't sign them, so they only claim which role the stack created.
    let outputs = StackOutputs::parse(context.query).ok();
    let account = outputs.as_ref().map(|outputs| outputs.role_arn.account());
    // The organisation's object compares the topic with the webhook's.
    let region = token.region();
    let expected = match account.filter(|_| message.claims_subscription()) {
        // Customers can change the region in the console. The connection says so, once the signature is proven.
        Some(account) => Expected::AnyTopicOf(account),
        None => Expected::AnyTopicInRegion(region),
    };
    let message = message.check(expected, &context.settings.endpoint, clock::now())?;
    let message = aws::certificates::verify(message, token.organisation()).await?;
    request_log.set("snsMessageId", message.id.as_str());

    let command = |kind| {
        let binding = outputs.clone().map(|outputs| binding(outputs, &message));
        let token_digest = token.digest();
        let (id, topic) = (message.id.as_str().to_owned(), message.topic.clone());
        let published_at = message.timestamp;
        Command::ReceiveSns(SnsMessage { token_digest, id, topic, published_at, region, kind, binding })
    };
    match &message.content {
        Content::SubscriptionConfirmation { .. } => {
            let command = command(SnsMessageKind::SubscriptionConfirmation);
            match client.command(context.request_id, command, &OutgoingBody::None).await? {
                SubscriptionDecision::Confirm => {
                    confirm_subscription(context, client, token, &message).await?;
                }
                SubscriptionDecision::Deferred => return Err(deferred().into()),
                SubscriptionDecision::AlreadyUsed => return Err(already_used().into()),
                SubscriptionDecision::RegionUnexpected => {
                    return Err(sns_verify::Rejection::RegionUnexpected.into());
                }
                SubscriptionDecision::Unexpected => {
                    use sns_verify::Rejection::{AccountUnexpected, TopicUnexpected};
                    let is_stack = outputs.is_some();
                    return Err(if is_stack { AccountUnexpected } else { TopicUnexpected }.into());
                }
            }
        }
        Content::UnsubscribeConfirmation => {
            let command = command(SnsMessageKind::UnsubscribeConfirmation);
            client.command::<()>(context.request_id, command, &OutgoingBody::None).await?;
        }
        Content::Notification { text, .. } => {
            let command = command(SnsMessageKind::Notification);
            client.command::<()>(context.request_id, command, &OutgoingBody::bytes(text.as_bytes())).await?;
        }
    }
    Ok(ApiResponse::empty(200))
}

/// Returns the binding that a stack claims to have created.
fn binding(outputs: StackOutputs, message: &Verified<Message>) -> Binding {
    let region = message.topic.region();
    Binding {
        role_arn: outputs.role_arn,
        stack_region: region,
        events: vec![EventSource {
            region,
            topic: Some(message.topic.clone()),
            configuration_set: outputs.configuration_set,
            subscription: Subscription::Active,
            stack: outputs.stack.filter(|stack| stack.id.region() == region),
        }],
    }
}

const fn rejection(code: &'static str, message: String, help: &'static str, status: StatusCode) -> ApiError {
    ApiError::WebhookRejected { code, message, help, field: None, status }
}

fn deferred() -> ApiError {
    let message = "another role is being verified".into();
    let help = "No action needed: SNS delivers the message again, until the other role has been verified.";
    rejection("sns_role_being_verified", message, help, StatusCode::SERVICE_UNAVAILABLE)
}

fn already_used() -> ApiError {
    let message = "the confirmation was used before, with another webhook URL".into();
    let help = "Open the topic's subscriptions in the SNS console and choose Request confirmation.";
    rejection("sns_confirmation_used", message, help, StatusCode::FORBIDDEN)
}

/// Confirms the subscription that a message asks for.
async fn confirm_subscription(
    context: &EdgeContext<'_>,
    client: &OrganisationClient,
    token: &WebhookToken,
    message: &Verified<Message>,
) -> Result<(), Error> {
    let Some(confirm) = ConfirmSubscription::from_message(message) else { return Ok(()) };
    let (result, record) = aws::call_unsigned(&confirm, &context.settings.endpoint, confirm.region()).await;
    let recorded =
        client.command::<()>(context.request_id, Command::RecordAwsCall(record), &OutgoingBody::None);
    if let Err(error) = recorded.await {
        log::error(
            "aws_call_not_recorded",
            json!({ "requestId": context.request_id, "error": format!("{error:?}") }),
        );
    }
    let Err(error) = result else { return Ok(()) };
    log::info(
        "subscription_confirmation_failed",
        json!({ "requestId": context.request_id, "organisationId": token.organisation(), "awsCode": error.code() }),
    );
    let message = "the subscription could not be confirmed".into();
    let help = "No action needed: SNS delivers the message again.";
    Err(rejection("sns_not_confirmed", message, help, StatusCode::SERVICE_UNAVAILABLE).into())
}
