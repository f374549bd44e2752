//! `/v1/emails`.

use std::collections::HashMap;

use api_contract::{
    ApiError, BatchItem, EmailQuery, FieldError, Persist, RateClass, SendBatch, SendEmail, SentBatch,
    SentEmail, UpdateEmail, parse_json, unescape_json_in_place,
};
use domain::{
    EmailId,
    email::{Email, EncodedMessage, Message},
    settings::Settings,
    suppression::{AddressKey, Suppression},
};
use email_message::template::Budget;
use serde::de::DeserializeOwned;

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    http::{ApiResponse, Error, body_budget::BodyPermit, request::Body, request_limits},
    organisation_object::{
        delivery::{Accepted, BatchEmail},
        idempotency::IdSource,
        templates::TemplateRenderer,
    },
};

/// Accepts an email. Once the response is sent, the email is stored until SES has it. Templates are rendered first, so later
/// changes of a template don't affect the email.
pub(super) async fn send(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let object = context.object;
    let id = EmailId::new(ids.created_at(), ids.bits(0));
    if ids.is_retry()
        && let Some(sent) = object.emails.sent_email(id)?
    {
        // The first attempt was interrupted before it could respond.
        return accepted_before(ids, &sent);
    }
    let (request, permit) = parse_large_body::<SendEmail>(context)?;
    let EncodedMessage { email, chunks } = prepare(context, id, request)?;
    let removed = email.suppressed().to_vec();
    let write_response = |response: Result<&SentEmail, &ApiError>| {
        let claim = ids.claim()?;
        let response = match response {
            Ok(sent) => {
                let sent = SentEmail { suppressed: removed.clone(), ..sent.clone() };
                ApiResponse::json(202, &sent).ok()?
            }
            Err(error) => Error::from(error.clone()).to_response(context.request_id),
        };
        let stored = response.to_stored();
        if Persist::of(stored.status, true) != Persist::Response {
            return None;
        }
        claim.set_response();
        Some(format!("{} {}", stored.status, stored.body))
    };
    let accepted =
        Accepted { id, email, chunks, before: &|| claim(context, ids), write_response: &write_response };
    context.log("emailId", id.to_string());
    let sent = object.delivery.send(accepted).await;
    drop(permit);
    if let Ok(sent) = &sent {
        context.log("emailStatus", sent.status.name());
    }
    ApiResponse::json(202, &SentEmail { suppressed: removed, ..sent? })
}

/// Returns the email as it is sent: rendered, within the limits of the caller's key, without suppressed recipients, encoded.
fn prepare(
    context: &RequestContext<'_>,
    id: EmailId,
    mut request: SendEmail,
) -> Result<EncodedMessage, Error> {
    request.check_template(context.rights)?;
    if let Some(used) = request.template()? {
        let mut templates = TemplateRenderer::new(&context.object.templates, Budget::for_email());
        let rendered = templates.render(used)??;
        request = request.with_rendered(rendered);
    }
    let unsubscribe = request.unsubscribe;
    let mut message = request.parse(id.created_at())?;
    message.email = restrict(context, message.email)?;
    let suppressed = find_suppressed(context, std::iter::once(&message.email))?;
    message.email = finalise_recipients(context, id, message.email, unsubscribe, &suppressed)?;
    Ok(message.encode(id, id.created_at()).map_err(FieldError::from)?)
}

/// Returns what would happen to an email. Sends and stores nothing.
pub(super) async fn dry_run(context: &RequestContext<'_>) -> HandlerResult {
    let (request, permit) = parse_large_body::<SendEmail>(context)?;
    let message = prepare(context, EmailId::new(clock::now(), 0), request)?;
    let result = context.object.delivery.dry_run(&message).await?;
    drop(permit);
    ApiResponse::json(200, &result)
}

/// Limits an email to what the caller's key permits.
fn restrict(context: &RequestContext<'_>, email: Email) -> Result<Email, FieldError> {
    Ok(email.restricted_to(&context.rights.restriction)?)
}

/// Claims the idempotency key, in the transaction that accepts emails. If it is rolled back, the request ends with an error.
fn claim(context: &RequestContext<'_>, ids: &IdSource<'_>) -> Result<(), Error> {
    context.has_accepted.set(true);
    if let Some(claim) = ids.claim() {
        context.object.idempotency.store(claim)?;
        claim.set_effect();
    }
    Ok(())
}

/// Responds to a retry after the first attempt has accepted the email.
fn accepted_before(ids: &IdSource<'_>, sent: &SentEmail) -> HandlerResult {
    if let Some(claim) = ids.claim() {
        claim.set_effect();
    }
    ApiResponse::json(202, sent)
}

/// Returns the suppressed recipients of these emails.
fn find_suppressed<'a>(
    context: &RequestContext<'_>,
    emails: impl Iterator<Item = &'a Email>,
) -> Result<HashMap<AddressKey, Suppression>, Error> {
    let addresses: Vec<_> = emails.flat_map(Email::recipients).map(AddressKey::from).collect();
    context.object.suppression.find_suppressed(&addresses)
}

/// Removes suppressed recipients, adds the unsubscribe link if `unsubscribe` is set, and replaces the recipients if a test key sends.
///
/// # Errors
/// [`ApiError::RecipientsSuppressed`] if no recipient remains.
fn finalise_recipients(
    context: &RequestContext<'_>,
    id: EmailId,
    email: Email,
    unsubscribe: bool,
    suppressed: &HashMap<AddressKey, Suppression>,
) -> Result<Email, ApiError> {
    let email = email
        .without_suppressed(suppressed)
        .map_err(|recipients| ApiError::RecipientsSuppressed { recipients })?;
    let email = if unsubscribe {
        let Settings { public_url, signing_secret, .. } = context.settings;
        let linked = email.with_unsubscribe(context.organisation.id, id, public_url, signing_secret);
        linked.map_err(|problem| FieldError::from(problem.at("unsubscribe")))?
    } else {
        email
    };
    if !context.rights.is_test {
        return Ok(email);
    }
    Ok(email.into_test().map_err(FieldError::from)?)
}

/// Accepts the emails of a batch independently.
pub(super) async fn send_batch(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let object = context.object;
    let (request, permit) = parse_large_body::<SendBatch>(context)?;
    let mut templates = TemplateRenderer::new(&object.templates, Budget::for_batch());
    let mut parsed = Vec::new();
    for (index, request) in (0..).zip(request.parse()?) {
        templates.pause_if_due().await;
        let id = EmailId::new(ids.created_at(), ids.bits(index));
        let earlier = if ids.is_retry() { object.emails.sent_email(id)? } else { None };
        let unsubscribe = request.unsubscribe;
        let email = match earlier {
            Some(sent) => Err(BatchItem::Accepted(sent)),
            None => match render_template(context, &mut templates, request)? {
                Ok(request) => request.parse(ids.created_at()),
                Err(error) => Err(error),
            }
            .and_then(|message| Ok(Message { email: restrict(context, message.email)?, ..message }))
            .map_err(BatchItem::from),
        };
        parsed.push((id, email.map(|message| (message, unsubscribe))));
    }
    let messages = parsed.iter().filter_map(|(_, message)| message.as_ref().ok());
    let emails = messages.map(|(message, _)| &message.email);
    let suppressed = find_suppressed(context, emails)?;
    let (mut items, mut accepted, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for (id, message) in parsed {
        let message = message.and_then(|(Message { email, files }, unsubscribe)| {
            let email = finalise_recipients(context, id, email, unsubscribe, &suppressed);
            let email = email.map_err(|error| BatchItem::from(&error))?;
            let encoded = Message { email, files }.encode(id, id.created_at());
            encoded.map_err(|invalid| FieldError::from(invalid).into())
        });
        items.push(match message {
            Ok(message) => {
                removed.push(message.email.suppressed().to_vec());
                accepted.push(BatchEmail { id, message });
                None
            }
            Err(item) => Some(item),
        });
    }
    // Without files, little of the body is left.
    let has_files = accepted.iter().any(|email| !email.message.chunks.is_empty());
    let permit = has_files.then_some(permit);
    let results = if accepted.is_empty() {
        Vec::new()
    } else {
        object.delivery.send_batch(accepted, &|| claim(context, ids)).await?
    };
    drop(permit);
    let mut results = results.into_iter().zip(removed).map(|(item, removed)| item.with_suppressed(removed));
    let data = items.into_iter().map(|item| item.or_else(|| results.next())).collect::<Option<Vec<_>>>();
    let data = data.ok_or_else(|| Error::internal("the delivery returned too few results"))?;
    ApiResponse::json(202, &SentBatch { data })
}

/// Renders the email's template, if it uses one. The outer error fails the request, the inner one only this email.
fn render_template(
    context: &RequestContext<'_>,
    templates: &mut TemplateRenderer<'_>,
    request: SendEmail,
) -> Result<Result<SendEmail, FieldError>, Error> {
    if let Err(error) = request.check_template(context.rights) {
        return Ok(Err(error));
    }
    let rendered = match request.template() {
        Ok(None) => return Ok(Ok(request)),
        Ok(Some(used)) => templates.render(used)?,
        Err(error) => Err(error),
    };
    Ok(rendered.map(|rendered| request.with_rendered(rendered)))
}

/// Parses and frees the request body. Its memory stays reserved until the returned permit is dropped.
fn parse_large_body<T: DeserializeOwned>(context: &RequestContext<'_>) -> Result<(T, BodyPermit), Error> {
    let body = context.large_body.take().ok_or_else(|| Error::internal("the body is read twice"))?;
    let Body { mut bytes, permit } = body;
    unescape_json_in_place(&mut bytes)?;
    Ok((parse_json(&bytes)?, permit))
}

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &find(context)?)
}

/// Returns the email in the path. For a restricted key, there are only emails that it may send.
fn find(context: &RequestContext<'_>) -> Result<api_contract::Email, Error> {
    let not_found = ApiError::NotFound { what: "email" };
    let id: EmailId = context.parameter.parse().map_err(|_| not_found.clone())?;
    let email = context.object.emails.find(id)?;
    Ok(email.filter(|email| email.is_permitted_by(context.rights)).ok_or(not_found)?)
}

pub(super) fn content(context: &RequestContext<'_>) -> HandlerResult {
    let id = find(context)?.summary.id;
    let found = context.object.emails.content(id)?.ok_or(ApiError::NotFound { what: "email" })?;
    ApiResponse::json(200, &found)
}

/// Cancels an email that SES was never called for.
pub(super) fn cancel(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.delivery.cancel(find(context)?.summary.id)?)
}

/// Moves a scheduled email to another time.
pub(super) async fn update(context: &RequestContext<'_>) -> HandlerResult {
    let at = parse_json::<UpdateEmail>(context.body)?.parse(clock::now())?;
    let id = find(context)?.summary.id;
    context.object.delivery.reschedule(id, at).await?;
    get(context)
}

pub(super) async fn list(context: &RequestContext<'_>) -> HandlerResult {
    let query = EmailQuery::parse(context.query)?;
    if query.is_search() {
        let env = &context.object.context.env;
        request_limits::count(env, RateClass::Searches, context.organisation.id).await?;
    }
    ApiResponse::json(200, &context.object.emails.list(&query)?)
}
