//! `/v1/aws-binding` and below: the connection decides and answers.

use kraiter_core::{
    api::{
        AwsBindingView, ConnectRequest, ConnectView, EventsView, RegisterRequest, SetUpEventsRequest,
        VerifyView, parse_json,
    },
    connection::audit::Audit,
};

use super::Call;
use crate::{
    aws_connection::{Client, Command},
    database::organisations::Organisation,
    exchange::Reply,
    failure::Failure,
};

pub(super) async fn get(connection: &Client) -> Result<Reply, Failure> {
    Reply::json(200, &connection.ask::<AwsBindingView>(Command::View).await?)
}

pub(super) async fn connect(call: &Call<'_>, connection: &Client) -> Result<Reply, Failure> {
    let region = parse_json::<ConnectRequest>(call.body)?.parse()?;
    let token = call.making.secret(call.settings)?;
    Reply::json(200, &connection.ask::<ConnectView>(Command::Connect { region, token }).await?)
}

/// Registers a role that was made by hand.
pub(super) async fn create(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let role = parse_json::<RegisterRequest>(call.body)?.parse(&organisation.external_id)?;
    Reply::json(200, &connection.ask::<AwsBindingView>(Command::Register { role }).await?)
}

/// Makes what brings events back from a region without a stack.
pub(super) async fn set_up_events(call: &Call<'_>, connection: &Client) -> Result<Reply, Failure> {
    let wanted = parse_json::<SetUpEventsRequest>(call.body)?.parse()?;
    let token = call.making.secret(call.settings)?;
    Reply::json(200, &connection.ask::<EventsView>(Command::SetUpEvents { wanted, token }).await?)
}

pub(super) async fn verify(connection: &Client) -> Result<Reply, Failure> {
    Reply::json(200, &connection.ask::<VerifyView>(Command::Verify).await?)
}

/// Finds out which permissions the role lacks.
pub(super) async fn audit(connection: &Client) -> Result<Reply, Failure> {
    Reply::json(200, &connection.ask::<Audit>(Command::Audit).await?)
}

pub(super) async fn delete(connection: &Client) -> Result<Reply, Failure> {
    Reply::json(200, &connection.ask::<AwsBindingView>(Command::Disconnect).await?)
}
