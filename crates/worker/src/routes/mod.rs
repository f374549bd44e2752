//! What each route reads, asks and answers. One file a resource.

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

use kraiter_core::{
    api::{Action, ApiError, Health},
    settings::Settings,
};
use worker::Env;

use crate::{
    authentication::Shown,
    aws_connection::Client,
    database::organisations::Organisation,
    exchange::{Body, Reply},
    failure::Failure,
    idempotency::Making,
    log::Entry,
};

/// The API as `cargo xtask openapi` writes it down.
const OPENAPI: &str = include_str!("../../../../docs/openapi.json");

/// What a route is given.
pub(crate) struct Call<'a> {
    /// The Worker's bindings.
    pub(crate) env: &'a Env,
    /// The Worker's settings.
    pub(crate) settings: &'a Settings,
    /// The request's id.
    pub(crate) request_id: &'a str,
    /// The path's variable part.
    pub(crate) parameter: &'a str,
    /// The query.
    pub(crate) query: &'a str,
    /// The body.
    pub(crate) body: &'a [u8],
    /// What ids and secrets are made of.
    pub(crate) making: &'a Making,
    /// The body of a route that takes large ones, for the route to take away and to let go of as soon as it is read.
    pub(crate) large: Cell<Body>,
    /// Who asks, and from where.
    pub(crate) shown: &'a Shown,
}

/// Lets the route of `action` answer. `organisation` is there for every action that only an organisation may ask for.
pub(crate) async fn dispatch(
    action: Action,
    call: &Call<'_>,
    organisation: Option<Organisation>,
    entry: &mut Entry,
) -> Result<Reply, Failure> {
    match action {
        Action::Health => {
            let version = env!("CARGO_PKG_VERSION").to_owned();
            return Reply::json(200, &Health { status: "ok".into(), version });
        }
        Action::OpenApi => return Ok(Reply::written_json(OPENAPI)),
        Action::ReceiveSns => return webhooks::receive(call, entry).await,
        Action::CreateOrganisation => return organisations::create(call).await,
        Action::DeleteOrganisation => return organisations::delete(call).await,
        Action::BackUpOrganisation => return organisations::back_up(call).await,
        Action::RestoreOrganisation => return organisations::restore(call).await,
        Action::GetMetrics => return metrics::get(call).await,
        Action::CreateSession => return session::create(call, call.shown).await,
        Action::ShowUnsubscribe => return unsubscribe::show(call, entry),
        Action::Unsubscribe => return unsubscribe::unsubscribe(call, entry).await,
        _ => {}
    }
    let organisation = organisation.ok_or(ApiError::Unauthorized)?;
    let connection = Client::new(call.env, &organisation, call.request_id)?;
    match action {
        Action::GetSession => session::get(call, &organisation).await,
        Action::EndSession => session::end(call, call.shown).await,
        Action::ListApiKeys => api_keys::list(call, &organisation).await,
        Action::CreateApiKey => api_keys::create(call, &organisation).await,
        Action::DeleteApiKey => api_keys::delete(call, &organisation).await,
        Action::GetAwsBinding => aws_binding::get(&connection).await,
        Action::CreateAwsBinding => aws_binding::create(call, &connection, &organisation).await,
        Action::DeleteAwsBinding => aws_binding::delete(&connection).await,
        Action::ConnectAws => aws_binding::connect(call, &connection).await,
        Action::VerifyAwsBinding => aws_binding::verify(&connection).await,
        Action::AuditAwsBinding => aws_binding::audit(&connection).await,
        Action::ListIdentities => identities::list(call, &connection).await,
        Action::SetUpEvents => aws_binding::set_up_events(call, &connection).await,
        Action::CreateIdentity => identities::create(call, &connection).await,
        Action::GetIdentity => identities::get(call, &connection, &organisation).await,
        Action::DeleteIdentity => identities::delete(call, &connection, &organisation).await,
        Action::SetIdentityDkim => identities::set_dkim(call, &connection, &organisation).await,
        Action::CheckIdentityDns => identity_dns::check(call, &connection, &organisation).await,
        Action::GetIdentityZone => identity_dns::zone(call, &connection, &organisation).await,
        Action::ListTemplates => templates::list(call, &organisation).await,
        Action::CreateTemplate => templates::create(call, &organisation).await,
        Action::PreviewDraft => templates::preview_draft(call),
        Action::GetTemplate => templates::get(call, &organisation).await,
        Action::UpdateTemplate => templates::update(call, &organisation).await,
        Action::DeleteTemplate => templates::delete(call, &organisation).await,
        Action::PreviewTemplate => templates::preview(call, &organisation).await,
        Action::GetSending => sending::get(&connection).await,
        Action::GetReputation => sending::reputation(call, &organisation).await,
        Action::ListEmails => emails::list(call, &organisation).await,
        Action::SendEmail => emails::send(call, &connection, &organisation).await,
        Action::SendBatch => emails::send_batch(call, &connection, &organisation).await,
        Action::GetEmail => emails::get(call, &organisation).await,
        Action::CancelEmail => emails::cancel(call, &connection).await,
        Action::ListSuppressions => suppressions::list(call, &organisation).await,
        Action::CreateSuppression => suppressions::create(call, &organisation).await,
        Action::ImportSuppressions => suppressions::import(call, &organisation).await,
        Action::ExportSuppressions => suppressions::export(call, &organisation).await,
        Action::GetSuppression => suppressions::get(call, &organisation).await,
        Action::DeleteSuppression => suppressions::delete(call, &organisation).await,
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
        | Action::Unsubscribe => Err(Failure::internal("an open route was asked for twice")),
    }
}
