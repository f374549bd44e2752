//! The details that a customer needs to connect an AWS account.

use aws_sans_io::Region;
use domain::{
    connection::ConnectionState,
    onboarding::{
        ExternalId, QuickCreateLink, StackName, StackParameters, WebhookUrl, permissions_policy, trust_policy,
    },
    settings::Settings,
    token::WebhookToken,
};

use super::ConnectDetails;

impl ConnectDetails {
    /// Returns the details for `region`. The stack sends its events to the webhook of `token`.
    #[must_use]
    pub fn new(
        settings: &Settings,
        external_id: &ExternalId,
        region: Region,
        token: &WebhookToken,
        state: &ConnectionState,
    ) -> Self {
        let webhook_url = WebhookUrl::new(&settings.public_url, token);
        let stack_name = StackName::new(external_id, &token.digest()).as_str().to_owned();
        let parameters = StackParameters {
            kraiter_account_id: &settings.kraiter_account_id,
            external_id,
            webhook_url: &webhook_url,
            existing_role: state.role_for_another_stack(region),
        };
        let link = QuickCreateLink {
            region,
            template_url: settings.template_url.as_str().to_owned(),
            stack_name: stack_name.clone(),
            parameters: parameters.to_pairs(),
        };
        Self {
            quick_create_url: link.to_url(&settings.console_origin(region)),
            stack_name,
            external_id: external_id.clone(),
            kraiter_account_id: settings.kraiter_account_id.clone(),
            trust_policy: trust_policy(&settings.kraiter_account_id, external_id).to_value(),
            permissions_policy: permissions_policy().to_value(),
            status: state.status(),
        }
    }
}
