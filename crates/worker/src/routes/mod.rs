//! Request handlers, one file per resource.

mod api_keys;
mod aws_binding;
mod emails;
mod identities;
mod identity_dns;
mod metrics;
mod organisations;
mod regions;
mod sending;
mod session;
mod suppressions;
mod templates;
mod unsubscribe;
mod webhooks;

use std::cell::Cell;

use ::http::Method;
use api_contract::{AdministratorRoute, Health, OpenRoute, OrganisationRoute, RouteId};
use domain::settings::Settings;
use worker::Env;

use crate::{
    aws_connection::ConnectionClient,
    database::organisations::Organisation,
    http::{ApiResponse, Error, RequestCredentials, request::Body},
    idempotency::IdSource,
    log::RequestLog,
};

/// The OpenAPI document for customers, written by `cargo xtask generate`.
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

/// An authorised request: the route and, for an organisation's route, the caller.
pub(crate) enum Call {
    Open(OpenRoute),
    Administrator(AdministratorRoute),
    Organisation(OrganisationRoute, Organisation),
}

impl Call {
    /// Checks that the credentials allow calling the route.
    pub(crate) async fn authorise(
        route: RouteId,
        credentials: &RequestCredentials,
        env: &Env,
        settings: &Settings,
        method: &Method,
    ) -> Result<Self, Error> {
        Ok(match route {
            RouteId::Open(route) => Self::Open(route),
            RouteId::Administrator(route) => {
                credentials.require_admin(settings)?;
                Self::Administrator(route)
            }
            RouteId::Organisation(route) => {
                Self::Organisation(route, credentials.authenticate(env, settings, method).await?)
            }
        })
    }

    /// Returns the organisation that calls.
    pub(crate) const fn organisation(&self) -> Option<&Organisation> {
        match self {
            Self::Organisation(_, organisation) => Some(organisation),
            Self::Open(_) | Self::Administrator(_) => None,
        }
    }
}

/// Calls the handler of a route.
pub(crate) async fn dispatch(
    call: &Call,
    context: &RequestContext<'_>,
    request_log: &mut RequestLog,
) -> HandlerResult {
    match call {
        Call::Open(route) => dispatch_open(*route, context, request_log).await,
        Call::Administrator(route) => dispatch_administrator(*route, context).await,
        Call::Organisation(route, organisation) => dispatch_organisation(*route, context, organisation).await,
    }
}

async fn dispatch_open(
    route: OpenRoute,
    context: &RequestContext<'_>,
    request_log: &mut RequestLog,
) -> HandlerResult {
    match route {
        OpenRoute::Health => {
            let version = env!("CARGO_PKG_VERSION").to_owned();
            ApiResponse::json(200, &Health { status: "ok".into(), version })
        }
        OpenRoute::OpenApi => Ok(ApiResponse::static_json(OPENAPI)),
        OpenRoute::ReceiveSns => webhooks::receive(context, request_log).await,
        OpenRoute::CreateSession => session::create(context).await,
        OpenRoute::ShowUnsubscribe => unsubscribe::show(context, request_log),
        OpenRoute::Unsubscribe => unsubscribe::unsubscribe(context, request_log).await,
    }
}

async fn dispatch_administrator(route: AdministratorRoute, context: &RequestContext<'_>) -> HandlerResult {
    match route {
        AdministratorRoute::CreateOrganisation => organisations::create(context).await,
        AdministratorRoute::DeleteOrganisation => organisations::delete(context).await,
        AdministratorRoute::BackUpOrganisation => organisations::back_up(context).await,
        AdministratorRoute::RestoreOrganisation => organisations::restore(context).await,
        AdministratorRoute::GetMetrics => metrics::get(context).await,
    }
}

async fn dispatch_organisation(
    route: OrganisationRoute,
    context: &RequestContext<'_>,
    organisation: &Organisation,
) -> HandlerResult {
    use OrganisationRoute as Route;

    let connection = ConnectionClient::new(context.env, organisation, context.request_id)?;
    match route {
        Route::GetSession => session::get(context, organisation).await,
        Route::EndSession => session::end(context).await,
        Route::ListApiKeys => api_keys::list(context, organisation).await,
        Route::CreateApiKey => api_keys::create(context, organisation).await,
        Route::DeleteApiKey => api_keys::delete(context, organisation).await,
        Route::GetAwsBinding => aws_binding::get(&connection).await,
        Route::CreateAwsBinding => aws_binding::create(context, &connection, organisation).await,
        Route::DeleteAwsBinding => aws_binding::delete(&connection).await,
        Route::ConnectAws => aws_binding::connect(context, &connection).await,
        Route::VerifyAwsBinding => aws_binding::verify(&connection).await,
        Route::AuditAwsBinding => aws_binding::audit(&connection).await,
        Route::ListRegions => regions::list(),
        Route::ListIdentities => identities::list(context, &connection).await,
        Route::SetUpEvents => aws_binding::set_up_events(context, &connection).await,
        Route::CreateIdentity => identities::create(context, &connection).await,
        Route::GetIdentity => identities::get(context, &connection, organisation).await,
        Route::DeleteIdentity => identities::delete(context, &connection, organisation).await,
        Route::SetIdentityDkim => identities::set_dkim(context, &connection, organisation).await,
        Route::CheckIdentityDns => identity_dns::check(context, &connection, organisation).await,
        Route::GetIdentityZone => identity_dns::zone(context, &connection, organisation).await,
        Route::ListTemplates => templates::list(context, organisation).await,
        Route::CreateTemplate => templates::create(context, organisation).await,
        Route::PreviewDraft => templates::preview_draft(context),
        Route::GetTemplate => templates::get(context, organisation).await,
        Route::UpdateTemplate => templates::update(context, organisation).await,
        Route::DeleteTemplate => templates::delete(context, organisation).await,
        Route::PreviewTemplate => templates::preview(context, organisation).await,
        Route::GetSending => sending::get(&connection).await,
        Route::GetReputation => sending::reputation(context, organisation).await,
        Route::ListEmails => emails::list(context, organisation).await,
        Route::SendEmail => emails::send(context, &connection, organisation).await,
        Route::SendBatch => emails::send_batch(context, &connection, organisation).await,
        Route::GetEmail => emails::get(context, organisation).await,
        Route::CancelEmail => emails::cancel(context, &connection).await,
        Route::ListSuppressions => suppressions::list(context, organisation).await,
        Route::CreateSuppression => suppressions::create(context, organisation).await,
        Route::ImportSuppressions => suppressions::import(context, organisation).await,
        Route::ExportSuppressions => suppressions::export(context, organisation).await,
        Route::GetSuppression => suppressions::get(context, organisation).await,
        Route::DeleteSuppression => suppressions::delete(context, organisation).await,
    }
}
