//! What is said of each route, one file a resource.

mod api_keys;
mod aws_binding;
mod emails;
mod identities;
mod organisations;
mod service;
mod session;
mod suppressions;
mod templates;

use crate::{Action, openapi::operation::Operation};

/// What is said of a route.
pub(super) fn describe(action: Action) -> Operation {
    match action {
        Action::Health => service::health(),
        Action::OpenApi => service::openapi(),
        Action::ReceiveSns => service::receive_sns(),
        Action::CreateOrganisation => organisations::create(),
        Action::DeleteOrganisation => organisations::delete(),
        Action::BackUpOrganisation => organisations::back_up(),
        Action::RestoreOrganisation => organisations::restore(),
        Action::GetMetrics => service::metrics(),
        Action::CreateSession => session::create(),
        Action::GetSession => session::get(),
        Action::EndSession => session::end(),
        Action::ListApiKeys => api_keys::list(),
        Action::CreateApiKey => api_keys::create(),
        Action::DeleteApiKey => api_keys::delete(),
        Action::GetAwsBinding => aws_binding::get(),
        Action::CreateAwsBinding => aws_binding::create(),
        Action::DeleteAwsBinding => aws_binding::delete(),
        Action::ConnectAws => aws_binding::connect(),
        Action::VerifyAwsBinding => aws_binding::verify(),
        Action::AuditAwsBinding => aws_binding::audit(),
        Action::SetUpEvents => aws_binding::set_up_events(),
        Action::ListIdentities => identities::list(),
        Action::CreateIdentity => identities::create(),
        Action::GetIdentity => identities::get(),
        Action::DeleteIdentity => identities::delete(),
        Action::SetIdentityDkim => identities::set_dkim(),
        Action::CheckIdentityDns => identities::check_dns(),
        Action::GetIdentityZone => identities::zone(),
        Action::ListTemplates => templates::list(),
        Action::CreateTemplate => templates::create(),
        Action::PreviewDraft => templates::preview_draft(),
        Action::GetTemplate => templates::get(),
        Action::UpdateTemplate => templates::update(),
        Action::DeleteTemplate => templates::delete(),
        Action::PreviewTemplate => templates::preview(),
        Action::GetSending => emails::sending(),
        Action::GetReputation => emails::reputation(),
        Action::ListEmails => emails::list(),
        Action::SendEmail => emails::send(),
        Action::SendBatch => emails::send_batch(),
        Action::GetEmail => emails::get(),
        Action::CancelEmail => emails::cancel(),
        Action::ListSuppressions => suppressions::list(),
        Action::CreateSuppression => suppressions::create(),
        Action::ImportSuppressions => suppressions::import(),
        Action::ExportSuppressions => suppressions::export(),
        Action::GetSuppression => suppressions::get(),
        Action::DeleteSuppression => suppressions::delete(),
        Action::ShowUnsubscribe => suppressions::show_unsubscribe(),
        Action::Unsubscribe => suppressions::unsubscribe(),
    }
}
