//! `/v1/sending` and `/v1/reputation`.

use kraiter_core::api::{ReputationView, SendingView};

use super::Call;
use crate::{
    aws_connection::{Client, Command},
    clock,
    database::{self, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
};

/// Shows what waits to be sent, and how fast it goes.
pub(super) async fn get(connection: &Client) -> Result<Reply, Failure> {
    Reply::json(200, &connection.ask::<SendingView>(Command::ViewSending).await?)
}

/// How much of the mail comes back.
pub(super) async fn reputation(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let database = database::of(call.env)?;
    let regions = database::sending_days::reputation(&database, &organisation.id, clock::now()).await?;
    Reply::json(200, &ReputationView::new(regions))
}
