//! `/v1/identities` and below. Which identities there are is ours to know, how they are is SES's.

use kraiter_core::api::{
    ApiError, CreateIdentityRequest, IdentityId, IdentityList, IdentityView, parse_json,
};

use super::Call;
use crate::{
    aws_connection::{Client, Command, IdentityMade},
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
    let missing = ApiError::NotFound { what: "identity" };
    let id: IdentityId = call.parameter.parse().map_err(|_| missing.clone())?;
    let identity = database::identities::by_id(&database::of(call.env)?, &organisation.id, id).await?;
    let identities = vec![identity.ok_or(missing)?];
    let views: Vec<IdentityView> = connection.ask(Command::SeeIdentities { identities }).await?;
    let view = views.into_iter().next().ok_or_else(|| Failure::internal("no identity was seen"))?;
    Reply::json(200, &view)
}

pub(super) async fn list(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let identities = database::identities::list(&database::of(call.env)?, &organisation.id).await?;
    let data: Vec<IdentityView> = if identities.is_empty() {
        Vec::new()
    } else {
        connection.ask(Command::SeeIdentities { identities }).await?
    };
    Reply::json(200, &IdentityList { data })
}
