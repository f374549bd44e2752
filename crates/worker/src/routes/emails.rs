//! `/v1/emails` and below.

use kraiter_core::api::{ApiError, EmailId, PageQuery, SendEmailRequest, SentView, parse_json};

use super::{Call, templates};
use crate::{
    aws_connection::{Client, Command},
    database::{self, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
};

/// Accepts an email: from the answer on it is kept until it has been handed to SES. What a template makes of it is made before, so that
/// a later change of the template doesn't reach it.
pub(super) async fn send(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let id = EmailId::new(call.making.at(), call.making.bits(0));
    if let Some(key) = call.making.key_again() {
        // What has been accepted is told, whatever has become of its template meanwhile.
        let accepted = Command::Accepted { id, key: key.to_owned() };
        if let Some(sent) = connection.ask::<Option<SentView>>(accepted).await? {
            return Reply::json(202, &sent);
        }
    }
    let mut request = parse_json::<SendEmailRequest>(call.body)?;
    if let Some(used) = request.template()? {
        let rendered = templates::render(call, organisation, used).await?;
        request = request.with_rendered(rendered);
    }
    let email = request.parse()?;
    let key = call.making.key().map(str::to_owned);
    Reply::json(202, &connection.ask::<SentView>(Command::Send { id, email: Box::new(email), key }).await?)
}

pub(super) async fn get(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let missing = ApiError::NotFound { what: "email" };
    let id: EmailId = call.parameter.parse().map_err(|_| missing.clone())?;
    let email = database::emails::by_id(&database::of(call.env)?, &organisation.id, id).await?;
    Reply::json(200, &email.ok_or(missing)?)
}

pub(super) async fn list(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let query = PageQuery::parse(call.query)?;
    let after = query.after()?;
    let page = database::emails::page(&database::of(call.env)?, &organisation.id, &query, after).await?;
    Reply::json(200, &page)
}
