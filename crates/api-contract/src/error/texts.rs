//! The texts of errors. The dashboard shows them to people, so they name neither routes nor types.

use std::borrow::Cow;

use domain::{delivery::all_suppressed_message, email::UnverifiedSender, webhooks::MAX_ENDPOINTS};

use super::ApiError;
use crate::{MAX_API_KEYS, MAX_SERIES};

impl ApiError {
    /// Returns what happened.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Field(error) => error.sentence(),
            Self::MalformedJson { detail, .. } => format!("The request body is not valid JSON: {detail}."),
            Self::BodyTooLarge { limit } => format!("The request body is larger than {limit} bytes."),
            Self::BodyTimeout => "The request body didn't arrive in time.".into(),
            Self::BodyIncomplete => "The connection ended before the request body was complete.".into(),
            Self::UnsupportedMediaType => "The request body must be JSON.".into(),
            Self::Unauthorized => "The API key is missing or invalid.".into(),
            Self::ApiKeyExpired => "The API key has expired.".into(),
            Self::InsufficientScope { required, scope } => format!(
                "The API key has the scope \"{}\", but this needs the scope {}.",
                scope.name(),
                required.sufficient()
            ),
            Self::OrganisationSuspended => {
                "This organisation is suspended: it can't send or change anything.".into()
            }
            Self::CrossSite => "The request didn't come from the dashboard.".into(),
            Self::NotFound { what } => format!("There is no such {what}."),
            Self::MethodNotAllowed { .. } => "This route doesn't support this method.".into(),
            Self::NotConnected => "No AWS account is connected.".into(),
            Self::IdentityExists => "The identity already exists with another signing key.".into(),
            Self::NotADomain => {
                "The identity is an email address, but DNS records and signing keys belong to a domain."
                    .into()
            }
            Self::TemplateNameTaken => "Another template has this name.".into(),
            Self::VersionConflict { newest } => {
                format!("The template has changed: its newest version is {newest}.")
            }
            Self::IdempotencyKeyReused => "This idempotency key was used for a different request.".into(),
            Self::IdempotencyInProgress => "A request with this idempotency key is still in progress.".into(),
            Self::EventsActive { region } => format!("Kraiter already receives events from {region}."),
            Self::SandboxRecipients { region, recipients } => {
                let addresses: Vec<&str> = recipients.iter().map(|(_, address)| address.as_str()).collect();
                format!(
                    "The account is in the SES sandbox in {region}, so it can only send to verified recipients. Not verified: {}.",
                    addresses.join(", ")
                )
            }
            Self::RecipientsSuppressed { recipients } => all_suppressed_message(recipients),
            Self::TooManySeries => format!("There are more than {MAX_SERIES} time series."),
            Self::TooManyApiKeys => {
                format!("The organisation already has the maximum of {MAX_API_KEYS} API keys.")
            }
            Self::QuotaExceeded(quota) => quota.message(),
            Self::LastApiKey => {
                "This is the organisation's last API key with the scope \"full\" and without an expiry."
                    .into()
            }
            Self::FeedOff => "The organisation's events are not recorded.".into(),
            Self::TooManyWebhooks => {
                format!("The organisation already has the maximum of {MAX_ENDPOINTS} webhook endpoints.")
            }
            Self::WebhookDisabled => "The webhook endpoint is disabled.".into(),
            Self::EmailNotCancellable { status } => {
                format!("The email can't be cancelled: its status is \"{status}\".")
            }
            Self::EmailNotScheduled { status } => {
                format!("The email can't be moved: its status is \"{status}\".")
            }
            Self::InvalidRows { rows, more } => {
                let listed = rows.iter().map(|row| format!("Line {}: {}.", row.line, row.message));
                let more = (*more > 0).then(|| format!("{more} more lines are invalid."));
                listed.chain(more).collect::<Vec<_>>().join(" ")
            }
            Self::NotCsv => "The request body must be CSV.".into(),
            Self::ConnectionUnusable(reason) => reason.message(),
            Self::Aws { code, message, .. } => format!("AWS refused the request: {message} ({code})"),
            Self::AwsThrottled { code, message } => format!("AWS throttled the request: {message} ({code})"),
            Self::RateLimited(class) => class.limit().map_or_else(String::new, |limit| limit.detail()),
            Self::AwsUnreachable => "AWS doesn't respond at the moment.".into(),
            Self::WebhookRejected { message, .. } => message.clone(),
            Self::Misconfigured { setting, message } => {
                format!("The setting {setting} is missing or invalid: {message}.")
            }
            Self::Busy => "The server is busy with other requests.".into(),
            Self::Internal => "An internal error occurred.".into(),
        }
    }

    /// Returns how to fix it.
    #[must_use]
    pub fn help(&self) -> Option<Cow<'static, str>> {
        if let Self::Aws { unverified_sender: Some(sender), .. } = self {
            let UnverifiedSender { address, domain, region } = &**sender;
            return Some(Cow::Owned(format!(
                "Verify \"{address}\" or its domain \"{domain}\" in {region} on the page Identities of the dashboard, or send from an address that is verified there."
            )));
        }
        let help = match self {
            Self::Field(error) => error.help,
            Self::BodyTimeout => {
                "A body has 30 seconds to arrive, plus one second for each 50 KB. Nothing was accepted: try again."
            }
            Self::BodyIncomplete => "Nothing was accepted: try again.",
            Self::UnsupportedMediaType => "Send the header content-type: application/json.",
            Self::Unauthorized => "Send the header authorization: Bearer <API key>.",
            Self::ApiKeyExpired => "Use another key, or create one on the page API keys of the dashboard.",
            Self::InsufficientScope { .. } => {
                "Use a key with that scope, or create one on the page API keys of the dashboard."
            }
            Self::OrganisationSuspended => {
                "Contact support. Your data can still be read, and events still arrive."
            }
            Self::CrossSite => {
                "In the dashboard, reload the page and try again. In a program, use an API key instead of a session."
            }
            Self::NotConnected => "Connect an AWS account first.",
            Self::IdentityExists => "Change the signing key of the existing identity instead.",
            Self::NotADomain => "Verify the address's domain instead.",
            Self::TemplateNameTaken => "Choose another name.",
            Self::VersionConflict { .. } => "Load the newest version, make your changes there and save it.",
            Self::IdempotencyKeyReused => "Retry with an identical body, or use a new key.",
            Self::IdempotencyInProgress => {
                "Retry with the same key after the seconds in the retry-after header."
            }
            Self::EventsActive { .. } => {
                "No action is needed. To use your own topic, delete the region's stack first."
            }
            Self::SandboxRecipients { .. } => {
                "Verify each recipient as an identity in this region, or request production access on the account dashboard of the SES \
                 console. The addresses at simulator.amazonses.com always work."
            }
            Self::RecipientsSuppressed { .. } => {
                "If the recipient wants your email, remove the address from the suppression list first."
            }
            Self::TooManySeries => "Group the metrics with the query parameter by=region.",
            Self::TooManyApiKeys => "Revoke a key that is no longer used.",
            Self::QuotaExceeded(quota) => quota.help(),
            Self::LastApiKey => {
                "Create another such key first. Without one, nobody could manage the organisation."
            }
            Self::FeedOff => "Switch the event feed on in the settings, or create a webhook endpoint.",
            Self::TooManyWebhooks => "Delete an endpoint that is no longer used.",
            Self::WebhookDisabled => "Enable the endpoint first.",
            Self::EmailNotCancellable { .. } => {
                "Only a scheduled or queued email that SES has never been asked to send can be cancelled."
            }
            Self::EmailNotScheduled { .. } => "Only a scheduled email can be sent at another time.",
            Self::InvalidRows { .. } => {
                "Nothing was imported. Correct these lines and import the file again."
            }
            Self::NotCsv => "Send the header content-type: text/csv.",
            Self::ConnectionUnusable(reason) => reason.help(),
            Self::WebhookRejected { help, .. } => help,
            Self::AwsThrottled { .. } => "Send more slowly, or request a higher send rate from AWS.",
            Self::RateLimited(_) => "Retry after the seconds in the retry-after header.",
            Self::AwsUnreachable => "Try again in a minute.",
            Self::Busy => "Nothing was accepted. Retry after the seconds in the retry-after header.",
            Self::Internal => "Try again. If the error persists, contact support with the request ID.",
            _ => "",
        };
        (!help.is_empty()).then_some(Cow::Borrowed(help))
    }
}
