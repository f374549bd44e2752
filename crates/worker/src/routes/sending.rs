//! `/v1/sending` and `/v1/reputation`.

use api_contract::{Reputation, SendingStatus};

use super::{HandlerResult, RequestContext};
use crate::{
    aws_connection::{Command, ConnectionClient},
    clock,
    database::{self, organisations::Organisation},
    http::ApiResponse,
};

/// Returns the queue and the send rate of each region.
pub(super) async fn get(connection: &ConnectionClient) -> HandlerResult {
    ApiResponse::json(200, &connection.call::<SendingStatus>(Command::GetSending).await?)
}

/// Returns the bounce and complaint rates of each region.
pub(super) async fn reputation(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let database = database::open(context.env)?;
    let regions = database::sending_days::get_reputation(&database, &organisation.id, clock::now()).await?;
    ApiResponse::json(200, &Reputation::new(regions))
}
