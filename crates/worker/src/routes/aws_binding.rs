//! `/v1/aws-binding`. The organisation's Durable Object does the work.

use api_contract::{
    AwsBinding, ConnectDetails, ConnectRegion, EventsSetUp, RegisterRole, SetUpEvents, Verification,
    parse_json,
};
use domain::connection::audit::PermissionAudit;

use super::{HandlerResult, RequestContext};
use crate::{
    aws_connection::{Command, ConnectionClient},
    database::organisations::Organisation,
    http::ApiResponse,
};

pub(super) async fn get(connection: &ConnectionClient) -> HandlerResult {
    ApiResponse::json(200, &connection.call::<AwsBinding>(Command::GetBinding).await?)
}

pub(super) async fn connect(context: &RequestContext<'_>, connection: &ConnectionClient) -> HandlerResult {
    let region = parse_json::<ConnectRegion>(context.body)?.parse()?;
    let token = context.ids.secret(context.settings)?;
    ApiResponse::json(200, &connection.call::<ConnectDetails>(Command::Connect { region, token }).await?)
}

/// Registers a role that the customer created.
pub(super) async fn create(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
    organisation: &Organisation,
) -> HandlerResult {
    let role = parse_json::<RegisterRole>(context.body)?.parse(&organisation.external_id)?;
    ApiResponse::json(200, &connection.call::<AwsBinding>(Command::RegisterRole { role }).await?)
}

/// Sets up events in a region without a stack.
pub(super) async fn set_up_events(
    context: &RequestContext<'_>,
    connection: &ConnectionClient,
) -> HandlerResult {
    let request = parse_json::<SetUpEvents>(context.body)?.parse()?;
    let token = context.ids.secret(context.settings)?;
    ApiResponse::json(200, &connection.call::<EventsSetUp>(Command::SetUpEvents { request, token }).await?)
}

pub(super) async fn verify(connection: &ConnectionClient) -> HandlerResult {
    ApiResponse::json(200, &connection.call::<Verification>(Command::Verify).await?)
}

/// Checks which permissions the role lacks.
pub(super) async fn audit(connection: &ConnectionClient) -> HandlerResult {
    ApiResponse::json(200, &connection.call::<PermissionAudit>(Command::Audit).await?)
}

pub(super) async fn delete(connection: &ConnectionClient) -> HandlerResult {
    ApiResponse::json(200, &connection.call::<AwsBinding>(Command::Disconnect).await?)
}
