//! Request handlers, one file per resource.

mod api_keys;
mod aws_binding;
mod emails;
mod identities;
mod identity_dns;
mod metrics;
mod organisations;
mod sending;
mod session;
mod suppressions;
mod templates;
mod unsubscribe;
mod webhooks;

use std::cell::Cell;

use api_contract::{Action, ApiError, Health};
use domain::settings::Settings;
use worker::Env;

use crate::{
    aws_connection::ConnectionClient,
    database::organisations::Organisation,
    http::{ApiResponse, Error, RequestCredentials, request::Body},
    idempotency::IdSource,
    log::RequestLog,
};

/// The OpenAPI document, written by `cargo xtask openapi`.
const OPENAPI: &str = include_str!("../../../../docs/openapi.json");

type HandlerResult = Result<ApiResponse, Error>;

/// What handlers need to know about a request.
pub(crate) struct RequestContext<'a> {
    pub(crate) env: &'a Env,
    pub(crate) settings: &'a Settings,
    pub(crate) request_id: &'a str,
    /// The variable segment of the path.
    pub(crate) parameter: &'a str,
    pub(crate) query: &'a str,
    /// The body, unless the route accepts large ones.
    pub(crate) body: &'a [u8],
    /// The body of a route that accepts large ones. The handler takes it, so that it can free it as soon as it is parsed.
    pub(crate) large_body: Cell<Body>,
    /// Source of the ids and secrets that the request creates.
    pub(crate) ids: &'a IdSource,
    pub(crate) credentials: &'a RequestCredentials,
}

/// Calls the handler of `action`. `organisation` is the authenticated caller; only actions for organisations have one.
pub(crate) async fn dispatch(
    action: Action,
    context: &RequestContext<'_>,
    organisation: Option<Organisation>,
    request_log: &mut RequestLog,
) -> HandlerResult {
    match action {
        Action::Health => {
            let version = env!("CARGO_PKG_VERSION").to_owned();
            return ApiResponse::json(200, &Health { status: "ok".into(), version });
        }
        Action::OpenApi => return Ok(ApiResponse::static_json(OPENAPI)),
        Action::ReceiveSns => return webhooks::receive(context, request_log).await,
        Action::CreateOrganisation => return organisations::create(context).await,
        Action::DeleteOrganisation => return organisations::delete(context).await,
        Action::BackUpOrganisation => return organisations::back_up(context).await,
        Action::RestoreOrganisation => return organisations::restore(context).await,
        Action::GetMetrics => return metrics::get(context).await,
        Action::CreateSession => return session::create(context).await,
        Action::ShowUnsubscribe => return unsubscribe::show(context, request_log),
        Action::Unsubscribe => return unsubscribe::unsubscribe(context, request_log).await,
        _ => {}
    }
    let organisation = organisation.ok_or(ApiError::Unauthorized)?;
    let connection = ConnectionClient::new(context.env, &organisation, context.request_id)?;
    match action {
        Action::GetSession => session::get(context, &organisation).await,
        Action::EndSession => session::end(context).await,
        Action::ListApiKeys => api_keys::list(context, &organisation).await,
        Action::CreateApiKey => api_keys::create(context, &organisation).await,
        Action::DeleteApiKey => api_keys::delete(context, &organisation).await,
        Action::GetAwsBinding => aws_binding::get(&connection).await,
        Action::CreateAwsBinding => aws_binding::create(context, &connection, &organisation).await,
        Action::DeleteAwsBinding => aws_binding::delete(&connection).await,
        Action::ConnectAws => aws_binding::connect(context, &connection).await,
        Action::VerifyAwsBinding => aws_binding::verify(&connection).await,
        Action::AuditAwsBinding => aws_binding::audit(&connection).await,
        Action::ListIdentities => identities::list(context, &connection).await,
        Action::SetUpEvents => aws_binding::set_up_events(context, &connection).await,
        Action::CreateIdentity => identities::create(context, &connection).await,
        Action::GetIdentity => identities::get(context, &connection, &organisation).await,
        Action::DeleteIdentity => identities::delete(context, &connection, &organisation).await,
        Action::SetIdentityDkim => identities::set_dkim(context, &connection, &organisation).await,
        Action::CheckIdentityDns => identity_dns::check(context, &connection, &organisation).await,
        Action::GetIdentityZone => identity_dns::zone(context, &connection, &organisation).await,
        Action::ListTemplates => templates::list(context, &organisation).await,
        Action::CreateTemplate => templates::create(context, &organisation).await,
        Action::PreviewDraft => templates::preview_draft(context),
        Action::GetTemplate => templates::get(context, &organisation).await,
        Action::UpdateTemplate => templates::update(context, &organisation).await,
        Action::DeleteTemplate => templates::delete(context, &organisation).await,
        Action::PreviewTemplate => templates::preview(context, &organisation).await,
        Action::GetSending => sending::get(&connection).await,
        Action::GetReputation => sending::reputation(context, &organisation).await,
        Action::ListEmails => emails::list(context, &organisation).await,
        Action::SendEmail => emails::send(context, &connection, &organisation).await,
        Action::SendBatch => emails::send_batch(context, &connection, &organisation).await,
        Action::GetEmail => emails::get(context, &organisation).await,
        Action::CancelEmail => emails::cancel(context, &connection).await,
        Action::ListSuppressions => suppressions::list(context, &organisation).await,
        Action::CreateSuppression => suppressions::create(context, &organisation).await,
        Action::ImportSuppressions => suppressions::import(context, &organisation).await,
        Action::ExportSuppressions => suppressions::export(context, &organisation).await,
        Action::GetSuppression => suppressions::get(context, &organisation).await,
        Action::DeleteSuppression => suppressions::delete(context, &organisation).await,
        Action::Health
        | Action::OpenApi
        | Action::ReceiveSns
        | Action::CreateOrganisation
        | Action::DeleteOrganisation
        | Action::BackUpOrganisation
        | Action::RestoreOrganisation
        | Action::GetMetrics
        | Action::CreateSession
        | Action::ShowUnsubscribe
        | Action::Unsubscribe => {
            Err(Error::internal("a route without an organisation reached the wrong dispatch"))
        }
    }
}
