//! `/v1/emails`.

use std::collections::HashMap;

use api_contract::{
    ApiError, BatchItem, EmailQuery, FieldError, SendBatch, SendEmail, SentBatch, SentEmail, parse_json,
    unescape_json_in_place,
};
use domain::{
    EmailId,
    email::{Email, EncodedMessage},
    settings::Settings,
    suppression::{AddressKey, Suppression},
};
use email_message::template::Budget;
use serde::de::DeserializeOwned;

use super::{HandlerResult, RequestContext, suppressions, templates::Templates};
use crate::{
    aws_connection::{Command, ConnectionClient},
    database::{self, organisations::Organisation},
    http::{ApiResponse, Error, body_budget::BodyPermit, request::Body},
};

/// Accepts an email. Once the response is sent, the email is stored until SES has it. Templates are rendered first, so later
/// changes of a template don't affect the email.
pub(super) async fn send(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    organisation: &Organisation,
) -> HandlerResult {
    let id = EmailId::new(context.ids.created_at(), context.ids.bits(0));
    if let Some(sent) = find_accepted(context, connection, vec![id]).await?.into_iter().next().flatten() {
        return ApiResponse::json(202, &sent);
    }
    let (mut request, permit) = parse_large_body::<SendEmail>(context)?;
    if let Some(used) = request.template()? {
        let rendered = Templates::new(Budget::for_email()).render(context, organisation, used).await??;
        request = request.with_rendered(rendered);
    }
    let unsubscribe = request.unsubscribe;
    let mut message = request.parse(context.ids.created_at())?;
    let suppressed =
        suppressions::find_suppressed(context, organisation, std::iter::once(&message.email)).await?;
    message.email = finalise_recipients(context, organisation, id, message.email, unsubscribe, &suppressed)?;
    let removed = message.email.suppressed().to_vec();
    let EncodedMessage { email, chunks } =
        message.encode(id, context.ids.created_at()).map_err(FieldError::from)?;
    let command = Command::Send { id, email: Box::new(email), key: context.ids.key().cloned() };
    let sent = connection.call_with_message::<SentEmail>(command, chunks, permit).await?;
    ApiResponse::json(202, &SentEmail { suppressed: removed, ..sent })
}

/// Removes suppressed recipients and, if `unsubscribe` is set, adds the unsubscribe link.
///
/// # Errors
/// [`ApiError::RecipientsSuppressed`] if no recipient remains.
fn finalise_recipients(
    context: &RequestContext<'_>,
    organisation: &Organisation,
    id: EmailId,
    email: Email,
    unsubscribe: bool,
    suppressed: &HashMap<AddressKey, Suppression>,
) -> Result<Email, ApiError> {
    let email = email
        .without_suppressed(suppressed)
        .map_err(|recipients| ApiError::RecipientsSuppressed { recipients })?;
    if !unsubscribe {
        return Ok(email);
    }
    let organisation = organisation.id.parse().map_err(|_| ApiError::Internal)?;
    let Settings { public_url, signing_secret, .. } = context.settings;
    let linked = email.with_unsubscribe(organisation, id, public_url, signing_secret);
    linked.map_err(|problem| FieldError::from(problem.at("unsubscribe")).into())
}

/// Returns the state of each email that an earlier attempt with the same idempotency key accepted, in the order of `ids`.
/// Returns an empty list if this is the first attempt.
async fn find_accepted(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    ids: Vec<EmailId>,
) -> Result<Vec<Option<SentEmail>>, Error> {
    match context.ids.retried_key() {
        Some(key) => connection.call(Command::GetAccepted { ids, key: key.clone() }).await,
        None => Ok(Vec::new()),
    }
}

/// Accepts the emails of a batch independently.
pub(super) async fn send_batch(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    organisation: &Organisation,
) -> HandlerResult {
    let (request, _permit) = parse_large_body::<SendBatch>(context)?;
    let mut templates = Templates::new(Budget::for_batch());
    let requests = request.parse()?;
    let ids: Vec<_> = (0..)
        .map(|index| EmailId::new(context.ids.created_at(), context.ids.bits(index)))
        .take(requests.len())
        .collect();
    let mut earlier = find_accepted(context, connection, ids.clone()).await?.into_iter();
    let mut parsed = Vec::new();
    for (id, request) in ids.into_iter().zip(requests) {
        let unsubscribe = request.unsubscribe;
        let email = match earlier.next().flatten() {
            Some(sent) => Err(BatchItem::Accepted(sent)),
            None => match render_template(context, organisation, &mut templates, request).await? {
                Ok(request) => request.parse_in_batch(context.ids.created_at()).map_err(BatchItem::from),
                Err(error) => Err(error.into()),
            },
        };
        parsed.push((id, email.map(|email| (email, unsubscribe))));
    }
    let emails = parsed.iter().filter_map(|(_, email)| email.as_ref().ok()).map(|(email, _)| email);
    let suppressed = suppressions::find_suppressed(context, organisation, emails).await?;
    let (mut items, mut accepted, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for (id, email) in parsed {
        let email = email.and_then(|(email, unsubscribe)| {
            let email = finalise_recipients(context, organisation, id, email, unsubscribe, &suppressed);
            email.map_err(|error| BatchItem::from(&error))
        });
        items.push(match email {
            Ok(email) => {
                removed.push(email.suppressed().to_vec());
                accepted.push((id, email));
                None
            }
            Err(item) => Some(item),
        });
    }
    let results = if accepted.is_empty() {
        Vec::new()
    } else {
        let (batch, key) = (context.request_id.to_owned(), context.ids.key().cloned());
        connection.call::<Vec<BatchItem>>(Command::SendBatch { batch, emails: accepted, key }).await?
    };
    let mut results = results.into_iter().zip(removed).map(|(item, removed)| item.with_suppressed(removed));
    let data = items.into_iter().map(|item| item.or_else(|| results.next())).collect::<Option<Vec<_>>>();
    let data = data.ok_or_else(|| Error::internal("the connection returned too few results"))?;
    ApiResponse::json(202, &SentBatch { data })
}

/// Renders the email's template, if it uses one. The outer error fails the request, the inner one only this email.
async fn render_template(
    context: &RequestContext<'_>,
    organisation: &Organisation,
    templates: &mut Templates,
    request: SendEmail,
) -> Result<Result<SendEmail, FieldError>, Error> {
    let rendered = match request.template() {
        Ok(None) => return Ok(Ok(request)),
        Ok(Some(used)) => templates.render(context, organisation, used).await?,
        Err(error) => Err(error),
    };
    Ok(rendered.map(|rendered| request.with_rendered(rendered)))
}

/// Parses and frees the request body. Its memory stays reserved until the returned permit is dropped.
fn parse_large_body<T: DeserializeOwned>(context: &RequestContext<'_>) -> Result<(T, BodyPermit), Error> {
    let Body { mut bytes, permit } = context.large_body.take();
    unescape_json_in_place(&mut bytes)?;
    Ok((parse_json(&bytes)?, permit))
}

pub(super) async fn get(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let not_found = ApiError::NotFound { what: "email" };
    let id: EmailId = context.parameter.parse().map_err(|_| not_found.clone())?;
    let email = database::emails::find(&database::open(context.env)?, &organisation.id, id).await?;
    ApiResponse::json(200, &email.ok_or(not_found)?)
}

/// Cancels an email that wasn't given to SES yet.
pub(super) async fn cancel(context: &RequestContext<'_>, connection: &ConnectionClient) -> HandlerResult {
    let id = context.parameter.parse().map_err(|_| ApiError::NotFound { what: "email" })?;
    ApiResponse::json(200, &connection.call::<SentEmail>(Command::Cancel { id }).await?)
}

pub(super) async fn list(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let query = EmailQuery::parse(context.query)?;
    let page = database::emails::list_page(&database::open(context.env)?, &organisation.id, &query).await?;
    ApiResponse::json(200, &page)
}
