//! `/v1/emails` and below.

use std::collections::HashMap;

use kraiter_core::{
    api::{
        ApiError, BatchItem, BatchView, EmailId, EmailQuery, FieldError, SendBatchRequest, SendEmailRequest,
        SentView, parse_json, slim,
    },
    mail::{
        Email, Parcel,
        suppression::{AddressKey, Suppression},
        template::Budget,
    },
    settings::Settings,
};
use serde::de::DeserializeOwned;

use super::{Call, suppressions, templates::Templates};
use crate::{
    aws_connection::{Client, Command},
    database::{self, organisations::Organisation},
    exchange::{Body, Reply},
    failure::Failure,
    memory::Permit,
};

/// Accepts an email: from the answer on it is kept until it has been handed to SES. What a template makes of it is made before, so that
/// a later change of the template doesn't reach it.
pub(super) async fn send(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let id = EmailId::new(call.making.at(), call.making.bits(0));
    if let Some(sent) = accepted(call, connection, vec![id]).await?.into_iter().next().flatten() {
        return Reply::json(202, &sent);
    }
    let (mut request, permit) = read::<SendEmailRequest>(call)?;
    if let Some(used) = request.template()? {
        let rendered = Templates::new(Budget::of_one()).render(call, organisation, used).await??;
        request = request.with_rendered(rendered);
    }
    let unsubscribe = request.unsubscribe;
    let mut message = request.parse(call.making.at())?;
    let suppressed =
        suppressions::among_recipients(call, organisation, std::iter::once(&message.email)).await?;
    message.email = admit(call, organisation, id, message.email, unsubscribe, &suppressed)?;
    let left_out = message.email.suppressed().to_vec();
    let Parcel { email, pieces } = message.pack(id, call.making.at()).map_err(FieldError::from)?;
    let command = Command::Send { id, email: Box::new(email), key: call.making.key().cloned() };
    let sent = connection.deliver::<SentView>(command, pieces, permit).await?;
    Reply::json(202, &SentView { suppressed: left_out, ..sent })
}

/// What is left of an email to be sent: without the recipients that no mail goes to, with the link that it asks for.
fn admit(
    call: &Call<'_>,
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
    let Settings { public_url, signing_secret, .. } = call.settings;
    let linked = email.with_unsubscribe(organisation, id, public_url, signing_secret);
    linked.map_err(|problem| FieldError::from(problem.of("unsubscribe")).into())
}

/// What has become of emails that an earlier attempt under the same key has accepted, whatever has become of their templates meanwhile.
async fn accepted(
    call: &Call<'_>,
    connection: &Client,
    ids: Vec<EmailId>,
) -> Result<Vec<Option<SentView>>, Failure> {
    match call.making.key_again() {
        Some(key) => connection.ask(Command::Accepted { ids, key: key.clone() }).await,
        None => Ok(Vec::new()),
    }
}

/// Accepts emails, each by itself.
pub(super) async fn send_batch(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let (request, _permit) = read::<SendBatchRequest>(call)?;
    let mut templates = Templates::new(Budget::of_batch());
    let requests = request.parse()?;
    let ids: Vec<_> = (0..)
        .map(|index| EmailId::new(call.making.at(), call.making.bits(index)))
        .take(requests.len())
        .collect();
    let mut before = accepted(call, connection, ids.clone()).await?.into_iter();
    let mut parsed = Vec::new();
    for (id, request) in ids.into_iter().zip(requests) {
        let unsubscribe = request.unsubscribe;
        let email = match before.next().flatten() {
            Some(sent) => Err(BatchItem::Accepted(sent)),
            None => match filled_in(call, organisation, &mut templates, request).await? {
                Ok(request) => request.parse_in_batch(call.making.at()).map_err(BatchItem::from),
                Err(error) => Err(error.into()),
            },
        };
        parsed.push((id, email.map(|email| (email, unsubscribe))));
    }
    let emails = parsed.iter().filter_map(|(_, email)| email.as_ref().ok()).map(|(email, _)| email);
    let suppressed = suppressions::among_recipients(call, organisation, emails).await?;
    let (mut items, mut accepted, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for (id, email) in parsed {
        let admitted = email.and_then(|(email, unsubscribe)| {
            let admitted = admit(call, organisation, id, email, unsubscribe, &suppressed);
            admitted.map_err(|error| BatchItem::from(&error))
        });
        items.push(match admitted {
            Ok(email) => {
                left_out.push(email.suppressed().to_vec());
                accepted.push((id, email));
                None
            }
            Err(item) => Some(item),
        });
    }
    let handed = if accepted.is_empty() {
        Vec::new()
    } else {
        let (batch, key) = (call.request_id.to_owned(), call.making.key().cloned());
        connection.ask::<Vec<BatchItem>>(Command::SendBatch { batch, emails: accepted, key }).await?
    };
    let mut handed = handed.into_iter().zip(left_out).map(|(item, left_out)| item.leaving_out(left_out));
    let data = items.into_iter().map(|item| item.or_else(|| handed.next())).collect::<Option<Vec<_>>>();
    let data = data.ok_or_else(|| Failure::internal("the connection answered for fewer emails"))?;
    Reply::json(202, &BatchView { data })
}

async fn filled_in(
    call: &Call<'_>,
    organisation: &Organisation,
    templates: &mut Templates,
    request: SendEmailRequest,
) -> Result<Result<SendEmailRequest, FieldError>, Failure> {
    let rendered = match request.template() {
        Ok(None) => return Ok(Ok(request)),
        Ok(Some(used)) => templates.render(call, organisation, used).await?,
        Err(error) => Err(error),
    };
    Ok(rendered.map(|rendered| request.with_rendered(rendered)))
}

/// Reads a large body and lets go of it: what was read has what is needed of it. The room that it took is taken until the permit is dropped.
fn read<T: DeserializeOwned>(call: &Call<'_>) -> Result<(T, Permit), Failure> {
    let Body { mut bytes, permit } = call.large.take();
    slim(&mut bytes)?;
    Ok((parse_json(&bytes)?, permit))
}

pub(super) async fn get(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let missing = ApiError::NotFound { what: "email" };
    let id: EmailId = call.parameter.parse().map_err(|_| missing.clone())?;
    let email = database::emails::by_id(&database::of(call.env)?, &organisation.id, id).await?;
    Reply::json(200, &email.ok_or(missing)?)
}

/// Takes an email back that SES was never asked to send.
pub(super) async fn cancel(call: &Call<'_>, connection: &Client) -> Result<Reply, Failure> {
    let id = call.parameter.parse().map_err(|_| ApiError::NotFound { what: "email" })?;
    Reply::json(200, &connection.ask::<SentView>(Command::Cancel { id }).await?)
}

pub(super) async fn list(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let query = EmailQuery::parse(call.query)?;
    let page = database::emails::page(&database::of(call.env)?, &organisation.id, &query).await?;
    Reply::json(200, &page)
}
