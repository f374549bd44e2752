//! `/v1/emails` and below.

use kraiter_core::api::{
    ApiError, EmailId, FieldError, PageQuery, SendEmailRequest, SentView, TemplateId, parse_json,
};

use super::Call;
use crate::{
    aws_connection::{Client, Command},
    clock,
    database::{self, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
    random,
};

/// Accepts an email: from the answer on it is kept until it has been handed to SES.
pub(super) async fn send(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let request = rendered(call, organisation, parse_json(call.body)?).await?;
    let email = request.parse()?;
    let id = EmailId::new(clock::now(), random::u128());
    Reply::json(202, &connection.ask::<SentView>(Command::Send { id, email: Box::new(email) }).await?)
}

/// The email with what its template makes, where it has one: what was accepted doesn't change with the template.
async fn rendered(
    call: &Call<'_>,
    organisation: &Organisation,
    request: SendEmailRequest,
) -> Result<SendEmailRequest, Failure> {
    let Some(used) = request.template()? else { return Ok(request) };
    let unknown = || {
        FieldError::new(
            "template.id",
            "unknown_template",
            "there is no such template, or not in this version",
        )
    };
    let id: TemplateId = used.id.parse().map_err(|_| unknown())?;
    let known =
        database::templates::by_id(&database::of(call.env)?, &organisation.id, id, used.version).await?;
    let template = known.ok_or_else(unknown)?.source.parse();
    let made = template.and_then(|template| template.render(&used.variables)).map_err(|problem| {
        let error = FieldError::from(problem);
        FieldError { field: format!("template.{}", error.field), ..error }
    })?;
    Ok(request.with_rendered(made))
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
