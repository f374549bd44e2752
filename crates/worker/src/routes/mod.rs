//! Request handlers, one file per resource.

mod api_keys;
mod aws_binding;
mod aws_calls;
mod emails;
mod events;
mod identities;
mod identity_dns;
mod metrics;
mod openapi;
mod organisations;
mod regions;
mod requests;
mod sending;
mod session;
mod settings;
mod suppressions;
mod templates;
mod unsubscribe;
mod webhook_endpoints;
mod webhooks;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use api_contract::{
    AdministratorRoute, BodyKind, BodyOwner, Health, IdempotencyKey, MonitoringRoute, OpenRoute,
    OrganisationRoute,
};
use domain::{api_key::KeyRights, settings::Settings};
use serde_json::Value;
use worker::{Env, Request};

use crate::{
    aws,
    http::{
        ApiResponse, Error, RequestCredentials,
        request::{Body, read_body},
    },
    log::RequestLog,
    organisation_object::{Organisation, OrganisationObject, access::Credential, idempotency::IdSource},
};

type HandlerResult = Result<ApiResponse, Error>;

/// What the handlers of the Worker's own routes need to know about a request.
pub(crate) struct EdgeContext<'a> {
    pub(crate) env: &'a Env,
    pub(crate) settings: &'a Settings,
    pub(crate) request_id: &'a str,
    /// The variable segment of the path.
    pub(crate) parameter: &'a str,
    pub(crate) query: &'a str,
    pub(crate) request: &'a Request,
    pub(crate) body: BodyKind,
    pub(crate) credentials: &'a RequestCredentials,
    /// The `Idempotency-Key` header.
    pub(crate) key: Option<&'a IdempotencyKey>,
    /// Whether the client shows HTML, as a browser does.
    pub(crate) accepts_html: bool,
}

impl EdgeContext<'_> {
    /// Reads the body, which `owner` sends. Check first whatever can be checked without it.
    pub(crate) async fn read_body(&self, owner: BodyOwner) -> Result<Body, Error> {
        read_body(self.request, self.body, owner).await
    }
}

/// What the handlers of an organisation's routes, which run in its object, need to know about a request.
pub(crate) struct RequestContext<'a> {
    pub(crate) object: &'a OrganisationObject,
    pub(crate) organisation: &'a Rc<Organisation>,
    pub(crate) settings: &'a Settings,
    pub(crate) request_id: &'a str,
    pub(crate) credential: &'a Credential,
    /// The rights of the caller's API key.
    pub(crate) rights: &'a KeyRights,
    /// The variable segment of the path.
    pub(crate) parameter: &'a str,
    pub(crate) query: &'a str,
    /// The body, unless the route accepts large ones.
    pub(crate) body: &'a [u8],
    /// The body of a route that accepts large ones. The handler takes it, so that it can free it as soon as it is parsed.
    pub(crate) large_body: Cell<Option<Body>>,
    /// Whether the request has accepted emails. From then on, revoking its key or session doesn't end it.
    pub(crate) has_accepted: &'a Cell<bool>,
    /// Fields for the request's log line.
    pub(crate) log_fields: RefCell<Vec<(&'static str, Value)>>,
}

impl RequestContext<'_> {
    /// Adds a field to the request's log line.
    pub(crate) fn log(&self, name: &'static str, value: impl Into<Value>) {
        self.log_fields.borrow_mut().push((name, value.into()));
    }
}

/// Calls the handler of a route that anyone may call.
pub(crate) async fn dispatch_open(
    route: OpenRoute,
    context: EdgeContext<'_>,
    request_log: &mut RequestLog,
) -> HandlerResult {
    match route {
        OpenRoute::Health => {
            aws::own_account::compare(context.settings).await?;
            let version = env!("CARGO_PKG_VERSION").to_owned();
            ApiResponse::json(200, &Health { status: "ok".into(), version })
        }
        OpenRoute::OpenApi => openapi::get(context.env).await,
        OpenRoute::ReceiveSns => webhooks::receive(context, request_log).await,
        OpenRoute::CreateSession => session::create(context).await,
        OpenRoute::ShowUnsubscribe => unsubscribe::show(&context, request_log),
        OpenRoute::Unsubscribe => unsubscribe::unsubscribe(&context, request_log).await,
    }
}

/// Calls the handler of a route for the administrator. The token has been checked.
pub(crate) async fn dispatch_administrator(
    route: AdministratorRoute,
    context: EdgeContext<'_>,
) -> HandlerResult {
    match route {
        AdministratorRoute::CreateOrganisation => organisations::create(context).await,
        AdministratorRoute::DeleteOrganisation => organisations::delete(&context).await,
        AdministratorRoute::BackUpOrganisation => organisations::back_up(&context).await,
        AdministratorRoute::RestoreOrganisation => organisations::restore(&context).await,
        AdministratorRoute::ListOrganisations => organisations::list(&context).await,
        AdministratorRoute::UpdateOrganisation => organisations::update(&context).await,
        AdministratorRoute::ListOrganisationApiKeys => organisations::list_keys(&context).await,
        AdministratorRoute::DeleteOrganisationApiKey => organisations::delete_key(&context).await,
        AdministratorRoute::CreateOrganisationApiKey => organisations::create_key(&context).await,
    }
}

/// Calls the handler of a route for monitoring systems. The token has been checked.
pub(crate) async fn dispatch_monitoring(route: MonitoringRoute, context: &EdgeContext<'_>) -> HandlerResult {
    match route {
        MonitoringRoute::GetMetrics => metrics::get(context).await,
    }
}

/// Calls the handler of an organisation's route, in the organisation's object.
pub(crate) async fn dispatch_organisation(
    route: OrganisationRoute,
    context: &RequestContext<'_>,
    ids: &IdSource<'_>,
) -> HandlerResult {
    use OrganisationRoute as Route;

    match route {
        Route::GetSession => session::get(context),
        Route::EndSession => session::end(context),
        Route::ListApiKeys => api_keys::list(context),
        Route::CreateApiKey => api_keys::create(context, ids),
        Route::DeleteApiKey => api_keys::delete(context),
        Route::GetAwsBinding => aws_binding::get(context),
        Route::CreateAwsBinding => aws_binding::create(context).await,
        Route::DeleteAwsBinding => aws_binding::delete(context).await,
        Route::ConnectAws => aws_binding::connect(context, ids).await,
        Route::VerifyAwsBinding => aws_binding::verify(context).await,
        Route::AuditAwsBinding => aws_binding::audit(context).await,
        Route::GetSettings => settings::get(context),
        Route::UpdateSettings => settings::update(context).await,
        Route::ListRegions => regions::list(),
        Route::ListIdentities => identities::list(context).await,
        Route::SetUpEvents => aws_binding::set_up_events(context, ids).await,
        Route::CreateIdentity => identities::create(context).await,
        Route::GetIdentity => identities::get(context).await,
        Route::DeleteIdentity => identities::delete(context).await,
        Route::SetIdentityDkim => identities::set_dkim(context).await,
        Route::CheckIdentityDns => identity_dns::check(context).await,
        Route::GetIdentityZone => identity_dns::zone(context).await,
        Route::ListTemplates => templates::list(context),
        Route::CreateTemplate => templates::create(context, ids),
        Route::PreviewDraft => templates::preview_draft(context),
        Route::GetTemplate => templates::get(context),
        Route::UpdateTemplate => templates::update(context),
        Route::DeleteTemplate => templates::delete(context),
        Route::PreviewTemplate => templates::preview(context),
        Route::GetSending => sending::get(context).await,
        Route::GetReputation => sending::reputation(context),
        Route::GetEmailMetrics => sending::metrics(context).await,
        Route::ListEmails => emails::list(context).await,
        Route::SendEmail => emails::send(context, ids).await,
        Route::DryRunEmail => emails::dry_run(context).await,
        Route::SendBatch => emails::send_batch(context, ids).await,
        Route::GetEmail => emails::get(context),
        Route::GetEmailContent => emails::content(context),
        Route::CancelEmail => emails::cancel(context),
        Route::UpdateEmail => emails::update(context).await,
        Route::ListAwsCalls => aws_calls::list(context),
        Route::ExportAwsCalls => aws_calls::export(context),
        Route::ListRequests => requests::list(context),
        Route::ListEvents => events::list(context),
        Route::ListWebhooks => webhook_endpoints::list(context),
        Route::CreateWebhook => webhook_endpoints::create(context, ids),
        Route::GetWebhook => webhook_endpoints::get(context),
        Route::UpdateWebhook => webhook_endpoints::update(context),
        Route::DeleteWebhook => webhook_endpoints::delete(context),
        Route::RotateWebhookSecret => webhook_endpoints::rotate(context),
        Route::TestWebhook => webhook_endpoints::test(context).await,
        Route::ListWebhookDeliveries => webhook_endpoints::deliveries(context),
        Route::ReplayWebhook => webhook_endpoints::replay(context).await,
        Route::ListSuppressions => suppressions::list(context).await,
        Route::CreateSuppression => suppressions::create(context),
        Route::ImportSuppressions => suppressions::import(context),
        Route::ExportSuppressions => Ok(suppressions::export(context)),
        Route::GetSuppression => suppressions::get(context),
        Route::DeleteSuppression => suppressions::delete(context),
    }
}
