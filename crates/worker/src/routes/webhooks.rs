//! `POST /webhooks/sns/{token}`: what SNS has to say. It is answered 2xx only when what it says is stored.

use kraiter_core::{
    api::{ApiError, EmailId},
    connection::{Binding, EventSource, Subscription},
    ses::event::Published,
    setup::{StackReport, WebhookToken},
    sns::{ConfirmSubscription, Content, Expected, Message, Rejection, Verified},
};
use serde_json::json;

use super::Call;
use crate::{
    aws,
    aws_connection::{Client, Command, Confirmation},
    clock,
    database::{self, webhooks::Webhook},
    exchange::Reply,
    failure::Failure,
    log::{self, Entry},
};

/// Proves a message and does what it says.
pub(super) async fn receive(call: &Call<'_>, entry: &mut Entry) -> Result<Reply, Failure> {
    let unknown = ApiError::NotFound { what: "webhook" };
    let token = WebhookToken::from_path(call.parameter).ok_or_else(|| unknown.clone())?;
    let webhook = database::webhooks::by_token(&database::of(call.env)?, &token).await?.ok_or(unknown)?;
    entry.organisation(&webhook.organisation.id);

    let message = Message::parse(call.body)?;
    // A claim of the address, which SNS doesn't sign.
    let report = StackReport::parse(call.query).ok();
    let account = report.as_ref().map(|report| report.role_arn.account());
    let expected = Expected::at_webhook(&message, webhook.region, account, webhook.topic.as_ref())?;
    let admitted = message.admit(expected, &call.settings.endpoint, clock::now())?;
    let certificate = aws::certificates::get(admitted.certificate_url()).await?;
    let message = admitted.verify(&certificate, clock::now())?;
    entry.set("snsMessageId", message.id.as_str());

    match &message.content {
        Content::SubscriptionConfirmation { .. } => {
            // An address without a role was made for a topic of the customer's.
            match report {
                Some(report) => stack_ready(call, &token, &webhook, &message, report).await?,
                None => topic_ready(call, &webhook, &message).await?,
            }
        }
        Content::UnsubscribeConfirmation => {
            let connection = Client::new(call.env, &webhook.organisation, call.request_id)?;
            let topic = message.topic.clone();
            connection.ask::<()>(Command::NoteUnsubscribed { topic }).await?;
        }
        Content::Notification { text, .. } => published(call, &webhook, &message, text).await?,
    }
    Ok(Reply::empty(200))
}

/// A stack is done: its role may become the connection's, and its topic may post here.
async fn stack_ready(
    call: &Call<'_>,
    token: &WebhookToken,
    webhook: &Webhook,
    message: &Verified<Message>,
    report: StackReport,
) -> Result<(), Failure> {
    let connection = Client::new(call.env, &webhook.organisation, call.request_id)?;
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
    match connection.ask(Command::NoteStack { binding }).await? {
        Confirmation::Due => {}
        // The connection says why; asking again would change nothing.
        Confirmation::RoleBoundElsewhere => return Ok(()),
        Confirmation::NotWanted => return Err(Rejection::AccountUnexpected.into()),
    }
    database::webhooks::set_topic(&database::of(call.env)?, token, &message.topic).await?;
    confirm(call, webhook, message).await
}

/// A topic that the customer has given may post here.
async fn topic_ready(call: &Call<'_>, webhook: &Webhook, message: &Verified<Message>) -> Result<(), Failure> {
    let connection = Client::new(call.env, &webhook.organisation, call.request_id)?;
    match connection.ask(Command::NoteTopic { topic: message.topic.clone() }).await? {
        Confirmation::Due => confirm(call, webhook, message).await,
        _ => Err(Rejection::TopicUnexpected.into()),
    }
}

/// Confirms the subscription that a message tells of.
async fn confirm(call: &Call<'_>, webhook: &Webhook, message: &Verified<Message>) -> Result<(), Failure> {
    let Some(confirm) = ConfirmSubscription::answering(message) else { return Ok(()) };
    let answer = aws::call_unsigned(&confirm, &call.settings.endpoint, confirm.region()).await;
    let Err(error) = answer else { return Ok(()) };
    log::note(
        "confirm_subscription_failed",
        json!({ "requestId": call.request_id, "organisationId": webhook.organisation.id, "awsCode": error.code() }),
    );
    Err(ApiError::WebhookRefused {
        code: "sns_not_confirmed",
        message: "the subscription could not be confirmed".into(),
        help: "Nothing has to be done: SNS delivers the message again.",
        field: None,
        status: http::StatusCode::SERVICE_UNAVAILABLE,
    }
    .into())
}

/// SES published something. What isn't an event about an email of ours is logged and not stored: SNS would only post it again.
async fn published(
    call: &Call<'_>,
    webhook: &Webhook,
    message: &Verified<Message>,
    text: &str,
) -> Result<(), Failure> {
    let organisation = &webhook.organisation.id;
    let skip = |code: &str| {
        log::note(
            "sns_message_skipped",
            json!({ "requestId": call.request_id, "organisationId": organisation, "code": code }),
        );
    };
    let event = match Published::parse(text) {
        Ok(Published::Event(event)) => event,
        Ok(Published::LegacyFeedback { .. }) => {
            skip("legacy_feedback");
            return Ok(());
        }
        Ok(Published::TopicValidation) => {
            skip("topic_validation");
            return Ok(());
        }
        Err(error) => {
            skip(error.code());
            return Ok(());
        }
    };
    let Some(email) = event.message_id.as_deref().and_then(|id| id.parse::<EmailId>().ok()) else {
        skip("not_our_email");
        return Ok(());
    };
    let database = database::of(call.env)?;
    let heard =
        database::events::insert(&database, organisation, &message.id, email, &event, clock::now()).await?;
    if heard.was_in_doubt {
        // The event is stored, so the doubt ends with its grace period at the latest.
        let connection = Client::new(call.env, &webhook.organisation, call.request_id)?;
        connection.ask::<()>(Command::NoteHeard { id: email }).await?;
    }
    Ok(())
}
