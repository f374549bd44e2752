//! `/v1/webhooks`: a customer's endpoints.

use api_contract::{
    ApiError, CreateWebhook, NewWebhook, PageQuery, RotatedSecret, Webhook, WebhookReplay, WebhookReplayed,
    parse_json,
};
use domain::{
    WebhookId,
    webhooks::{WebhookEndpoint, WebhookSecret},
};

use super::{HandlerResult, RequestContext};
use crate::{clock, http::ApiResponse, organisation_object::idempotency::IdSource, random};

/// What the secret of a new endpoint is derived for.
const PURPOSE: &str = "webhook endpoint secret";

pub(super) fn list(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.webhooks.list()?)
}

/// Creates an endpoint. A retry under the same idempotency key returns the same one.
pub(super) fn create(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let (url, events) = parse_json::<CreateWebhook>(context.body)?.parse(on_loopback(context))?;
    let id = WebhookId::new(ids.created_at(), ids.bits(0));
    let secret = context.settings.signing_secret.sign(PURPOSE, &ids.bits(1).to_be_bytes());
    let endpoint = WebhookEndpoint::new(id, url, events, WebhookSecret::from_random(secret));
    let endpoint = context.object.webhooks.insert(endpoint)?;
    let webhook = Webhook::from(&endpoint);
    ApiResponse::json(201, &NewWebhook { webhook, secret: endpoint.secret.to_string() })
}

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &Webhook::from(&context.object.webhooks.get(parse_id(context)?)?))
}

pub(super) fn update(context: &RequestContext<'_>) -> HandlerResult {
    let (id, change) = (parse_id(context)?, parse_json(context.body)?);
    let endpoint = context.object.webhooks.update(id, change, on_loopback(context))?;
    ApiResponse::json(200, &Webhook::from(&endpoint))
}

pub(super) fn delete(context: &RequestContext<'_>) -> HandlerResult {
    context.object.webhooks.delete(parse_id(context)?)?;
    Ok(ApiResponse::empty(204))
}

pub(super) fn rotate(context: &RequestContext<'_>) -> HandlerResult {
    let secret = WebhookSecret::from_random(random::bytes()?);
    context.object.webhooks.rotate(parse_id(context)?, secret.clone(), clock::now())?;
    ApiResponse::json(200, &RotatedSecret { secret: secret.to_string() })
}

pub(super) async fn test(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.webhooks.test(parse_id(context)?).await?)
}

pub(super) fn deliveries(context: &RequestContext<'_>) -> HandlerResult {
    let (id, query) = (parse_id(context)?, PageQuery::parse(context.query)?);
    let before = query.after()?;
    ApiResponse::json(200, &context.object.webhooks.deliveries(id, &query, before)?)
}

pub(super) async fn replay(context: &RequestContext<'_>) -> HandlerResult {
    let id = parse_id(context)?;
    let range = parse_json::<WebhookReplay>(context.body)?.parse(clock::now())?;
    let replayed = context.object.webhooks.replay(id, range).await?;
    ApiResponse::json(202, &WebhookReplayed { replayed })
}

fn parse_id(context: &RequestContext<'_>) -> Result<WebhookId, ApiError> {
    context.parameter.parse().map_err(|_| ApiError::NotFound { what: "webhook endpoint" })
}

/// Returns whether the Worker itself runs against an emulator on loopback. Then endpoints may be there, too.
fn on_loopback(context: &RequestContext<'_>) -> bool {
    context.settings.endpoint.loopback_origin().is_some()
}
