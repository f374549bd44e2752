//! `/v1/identities` and below. Which identities there are, and how they are, is SES's to say; their ids are ours.

use kraiter_core::api::{
    ApiError, CreateIdentityRequest, DkimRequest, IdentityId, IdentityList, IdentityQuery, IdentityView,
    KnownIdentity, parse_json,
};

use super::Call;
use crate::{
    aws_connection::{Client, Command, IdentityMade, IdentitySeen},
    database::{self, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
};

pub(super) async fn create(call: &Call<'_>, connection: &Client) -> Result<Reply, Failure> {
    let identity = parse_json::<CreateIdentityRequest>(call.body)?.parse()?;
    let made: IdentityMade = connection.ask(Command::CreateIdentity { identity }).await?;
    Reply::json(if made.is_new { 201 } else { 200 }, &made.view)
}

pub(super) async fn get(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let identity = find(call, organisation).await?;
    let seen: IdentitySeen = connection.ask(Command::SeeIdentity { identity }).await?;
    Reply::json(200, &seen.view)
}

pub(super) async fn list(call: &Call<'_>, connection: &Client) -> Result<Reply, Failure> {
    let query = IdentityQuery::parse(call.query)?;
    let list: IdentityList = connection.ask(Command::ListIdentities { query }).await?;
    Reply::json(200, &list)
}

pub(super) async fn set_dkim(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let signing = parse_json::<DkimRequest>(call.body)?.parse()?;
    let identity = find_domain(call, organisation).await?;
    let view: IdentityView = connection.ask(Command::SetIdentityDkim { identity, signing }).await?;
    Reply::json(200, &view)
}

pub(super) async fn delete(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let identity = find(call, organisation).await?;
    connection.ask::<()>(Command::DeleteIdentity { identity }).await?;
    Ok(Reply::empty(204))
}

/// The identity whose id stands in the path.
async fn find(call: &Call<'_>, organisation: &Organisation) -> Result<KnownIdentity, Failure> {
    let missing = ApiError::NotFound { what: "identity" };
    let id: IdentityId = call.parameter.parse().map_err(|_| missing.clone())?;
    let identity = database::identities::by_id(&database::of(call.env)?, &organisation.id, id).await?;
    Ok(identity.ok_or(missing)?)
}

/// The same, where only a domain has what is asked for.
pub(super) async fn find_domain(
    call: &Call<'_>,
    organisation: &Organisation,
) -> Result<KnownIdentity, Failure> {
    let identity = find(call, organisation).await?;
    if identity.name.is_domain() { Ok(identity) } else { Err(ApiError::NotADomain.into()) }
}
