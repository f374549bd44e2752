//! `/v1/sending`.

use kraiter_core::api::SendingView;

use crate::{
    aws_connection::{Client, Command},
    exchange::Reply,
    failure::Failure,
};

/// Shows what waits to be sent, and how fast it goes.
pub(super) async fn get(connection: &Client) -> Result<Reply, Failure> {
    Reply::json(200, &connection.ask::<SendingView>(Command::ViewSending).await?)
}
