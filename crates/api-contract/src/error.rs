//! Every error that the API answers, as problem details.

use aws_sans_io::Region;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{FieldError, MAX_API_KEYS, MAX_SERIES};
#[cfg(feature = "openapi")]
use crate::openapi::ApiErrorCode;
#[cfg(feature = "openapi")]
use domain::RequestId;
use domain::{
    connection::{ConnectionError, Reason},
    delivery::{ALL_SUPPRESSED, EmailStatus, all_suppressed_message},
    settings::SettingError,
    suppression::{InvalidRow, SuppressedRecipient},
};

/// A problem document (RFC 9457): the body of every error response.
///
/// <https://www.rfc-editor.org/rfc/rfc9457>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `urn:kraiter:problem:<code>`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = "^urn:kraiter:problem:[a-z0-9_]+$")))]
    pub kind: String,
    /// The name of the HTTP status.
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schemars(range(min = 400, max = 599)))]
    pub status: u16,
    /// Description of the error.
    pub detail: String,
    /// The stable code, for programs.
    #[cfg_attr(feature = "openapi", schemars(with = "ApiErrorCode"))]
    pub code: String,
    /// The invalid field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Advice on how to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// AWS's own error code, if AWS responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_code: Option<String>,
    /// AWS's request id, if AWS responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_request_id: Option<String>,
    /// The request's id, as in the `x-request-id` header.
    #[cfg_attr(feature = "openapi", schemars(with = "RequestId"))]
    pub request_id: String,
}

/// What can go wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiError {
    /// A field is missing or wrong.
    Field(FieldError),
    /// The body isn't JSON.
    MalformedJson {
        /// Where and why.
        detail: String,
    },
    /// The body is larger than the route takes.
    BodyTooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// The body isn't said to be JSON.
    UnsupportedMediaType,
    /// No key, or one that isn't known.
    Unauthorized,
    /// A session's cookie came with a request that no page of ours made.
    CrossSite,
    /// No such route, or no such thing in this organisation.
    NotFound {
        /// What was looked for: `route`, `email`, `identity`.
        what: &'static str,
    },
    /// The route doesn't take this method.
    MethodNotAllowed {
        /// Those that it takes, as the header `allow` names them.
        allow: String,
    },
    /// The external ID isn't this organisation's.
    ExternalIdMismatch,
    /// The role's account isn't the one named.
    AccountMismatch,
    /// The role is bound to another organisation.
    RoleBoundElsewhere,
    /// There is no role yet.
    NotConnected,
    /// The identity is at SES already, and its mail is signed in another way than was asked for.
    IdentityExists,
    /// What was asked for is a domain's, and the identity is an address.
    NotADomain,
    /// Another template of the organisation has the name.
    TemplateNameTaken,
    /// The template was changed meanwhile.
    VersionConflict {
        /// Its newest version.
        newest: u32,
    },
    /// The idempotency key is another request's.
    IdempotencyKeyReused,
    /// A request with this idempotency key is under way.
    IdempotencyInProgress,
    /// The region's events come back already.
    EventsActive {
        /// The region.
        region: Region,
    },
    /// Recipients that SES would refuse while the account is in the sandbox.
    SandboxRecipients {
        /// The region.
        region: Region,
        /// Them, by field (`to[1]`) and address.
        recipients: Vec<(String, String)>,
    },
    /// No mail goes to any of the recipients any more.
    RecipientsSuppressed {
        /// Them.
        recipients: Vec<SuppressedRecipient>,
    },
    /// There are more series than one answer of `/metrics` has.
    TooManySeries,
    /// The organisation has as many API keys as it may have.
    TooManyApiKeys,
    /// The key is the organisation's last one.
    LastApiKey,
    /// The email can't be taken back any more.
    EmailNotCancellable {
        /// What has become of it.
        status: EmailStatus,
    },
    /// An import with rows that aren't taken.
    RowsRefused {
        /// The first of them.
        rows: Vec<InvalidRow>,
        /// How many more there are.
        more: usize,
    },
    /// The body isn't said to be CSV.
    CsvNeeded,
    /// There is a role, and it can't be used.
    ConnectionUnusable(Reason),
    /// AWS refused what was asked.
    Aws {
        /// AWS's code.
        code: String,
        /// AWS's sentence.
        message: String,
        /// AWS's request id.
        request_id: Option<String>,
    },
    /// AWS asks for a lower rate.
    AwsThrottled {
        /// AWS's code.
        code: String,
        /// AWS's sentence.
        message: String,
    },
    /// AWS doesn't answer, or not in a way that can be read.
    AwsUnreachable,
    /// A webhook post that isn't believed.
    WebhookRefused {
        /// The stable code of the reason.
        code: &'static str,
        /// Description of the error.
        message: String,
        /// How to mend it.
        help: &'static str,
        /// The field that is wrong, where one is.
        field: Option<&'static str>,
        /// How SNS is answered: a 4xx is final, after a 5xx it tries again.
        status: StatusCode,
    },
    /// A setting of the Worker is missing or wrong.
    Misconfigured {
        /// The setting's name.
        setting: &'static str,
        /// What it should be.
        message: String,
    },
    /// Other large requests take all the memory that there is for them.
    Busy,
    /// A fault of ours; the log has more under the request id.
    Internal,
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}
impl From<sns_verify::Rejection> for ApiError {
    fn from(rejection: sns_verify::Rejection) -> Self {
        Self::WebhookRefused {
            code: rejection.code(),
            message: rejection.to_string(),
            help: rejection.help(),
            field: rejection.field(),
            status: rejection.status(),
        }
    }
}
impl From<&aws_sans_io::Error> for ApiError {
    fn from(error: &aws_sans_io::Error) -> Self {
        use aws_sans_io::{Error, Retry};
        match error {
            Error::Service { code, message, .. } if error.retry() == Retry::Slower => {
                Self::AwsThrottled { code: code.clone(), message: message.clone() }
            }
            Error::Service { status, code, message, request_id } if !status.is_server_error() => {
                Self::Aws { code: code.clone(), message: message.clone(), request_id: request_id.clone() }
            }
            Error::Service { .. } | Error::InvalidResponse(_) | Error::Unreachable(_) => Self::AwsUnreachable,
        }
    }
}

impl From<ConnectionError> for ApiError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::NotConnected => Self::NotConnected,
            ConnectionError::Unusable(reason) => Self::ConnectionUnusable(reason),
        }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        Self::Misconfigured { setting: error.setting, message: error.message }
    }
}

/// HTTP statuses by code. Every other code is a problem of a field, with status 422.
#[cfg(any(test, feature = "openapi"))]
const STATUSES: &[(&str, u16)] = &[
    ("malformed_json", 400),
    ("aws_refused", 400),
    ("unauthorized", 401),
    ("csrf", 403),
    ("not_found", 404),
    ("method_not_allowed", 405),
    ("role_bound_elsewhere", 409),
    ("not_connected", 409),
    ("identity_exists", 409),
    ("not_a_domain", 409),
    ("template_name_taken", 409),
    ("version_conflict", 409),
    ("idempotency_key_reused", 409),
    ("idempotency_in_progress", 409),
    ("events_active", 409),
    ("too_many_series", 409),
    ("too_many_api_keys", 409),
    ("last_api_key", 409),
    ("email_not_cancellable", 409),
    ("body_too_large", 413),
    ("unsupported_media_type", 415),
    ("aws_throttled", 429),
    ("internal_error", 500),
    ("misconfigured", 500),
    ("aws_unreachable", 502),
    ("busy", 503),
    ("sns_not_confirmed", 503),
];

/// Returns the HTTP status of a problem by its code.
#[cfg(any(test, feature = "openapi"))]
pub(crate) fn status_of(code: &str) -> u16 {
    STATUSES.iter().find(|(known, _)| *known == code).map_or(422, |(_, status)| *status)
}

impl ApiError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Field(error) => error.code,
            Self::MalformedJson { .. } => "malformed_json",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Unauthorized => "unauthorized",
            Self::CrossSite => "csrf",
            Self::NotFound { .. } => "not_found",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::ExternalIdMismatch => "external_id_mismatch",
            Self::AccountMismatch => "account_mismatch",
            Self::RoleBoundElsewhere => "role_bound_elsewhere",
            Self::NotConnected => "not_connected",
            Self::IdentityExists => "identity_exists",
            Self::NotADomain => "not_a_domain",
            Self::TemplateNameTaken => "template_name_taken",
            Self::VersionConflict { .. } => "version_conflict",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::IdempotencyInProgress => "idempotency_in_progress",
            Self::EventsActive { .. } => "events_active",
            Self::SandboxRecipients { .. } => "sandbox_recipient_not_verified",
            Self::RecipientsSuppressed { .. } => ALL_SUPPRESSED,
            Self::TooManySeries => "too_many_series",
            Self::TooManyApiKeys => "too_many_api_keys",
            Self::LastApiKey => "last_api_key",
            Self::EmailNotCancellable { .. } => "email_not_cancellable",
            Self::RowsRefused { .. } => "invalid_rows",
            Self::CsvNeeded => "unsupported_media_type",
            Self::ConnectionUnusable(reason) => reason.code(),
            Self::Aws { .. } => "aws_refused",
            Self::AwsThrottled { .. } => "aws_throttled",
            Self::AwsUnreachable => "aws_unreachable",
            Self::WebhookRefused { code, .. } => code,
            Self::Misconfigured { .. } => "misconfigured",
            Self::Busy => "busy",
            Self::Internal => "internal_error",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Field(_)
            | Self::ExternalIdMismatch
            | Self::AccountMismatch
            | Self::RecipientsSuppressed { .. }
            | Self::SandboxRecipients { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RowsRefused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MalformedJson { .. } | Self::Aws { .. } => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType | Self::CsvNeeded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::RoleBoundElsewhere
            | Self::NotConnected
            | Self::IdentityExists
            | Self::NotADomain
            | Self::TemplateNameTaken
            | Self::VersionConflict { .. }
            | Self::IdempotencyKeyReused
            | Self::IdempotencyInProgress
            | Self::EventsActive { .. }
            | Self::TooManySeries
            | Self::TooManyApiKeys
            | Self::LastApiKey
            | Self::EmailNotCancellable { .. }
            | Self::ConnectionUnusable(_) => StatusCode::CONFLICT,
            Self::AwsThrottled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::AwsUnreachable => StatusCode::BAD_GATEWAY,
            Self::WebhookRefused { status, .. } => *status,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misconfigured { .. } | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The field that is wrong.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(error) => Some(&error.field),
            Self::ExternalIdMismatch => Some("externalId"),
            Self::AccountMismatch | Self::RoleBoundElsewhere => Some("roleArn"),
            Self::WebhookRefused { field, .. } => *field,
            Self::TemplateNameTaken => Some("name"),
            Self::VersionConflict { .. } => Some("version"),
            Self::IdempotencyKeyReused | Self::IdempotencyInProgress => Some("Idempotency-Key"),
            Self::EventsActive { .. } => Some("region"),
            Self::RecipientsSuppressed { recipients } => recipients.first().map(|first| first.field.as_str()),
            Self::RowsRefused { .. } => Some("body"),
            Self::SandboxRecipients { recipients, .. } => recipients.first().map(|(field, _)| field.as_str()),
            _ => None,
        }
    }

    /// What happened.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Field(error) => error.message.clone(),
            Self::MalformedJson { detail } => format!("The body isn't JSON: {detail}."),
            Self::BodyTooLarge { limit } => format!("The body is larger than {limit} bytes."),
            Self::UnsupportedMediaType => "The body must be JSON.".into(),
            Self::Unauthorized => "The key is missing or not known.".into(),
            Self::CrossSite => "The request wasn't made by a page of Kraiter's.".into(),
            Self::NotFound { what } => format!("There is no such {what}."),
            Self::MethodNotAllowed { .. } => "This route doesn't take this method.".into(),
            Self::ExternalIdMismatch => {
                "The external ID isn't the one that Kraiter made for this organisation.".into()
            }
            Self::AccountMismatch => "The role belongs to another account than `awsAccountId`.".into(),
            Self::RoleBoundElsewhere => "The role is already connected to another organisation.".into(),
            Self::NotConnected => "No AWS account is connected.".into(),
            Self::IdentityExists => {
                "The identity is there already, and its mail is signed in another way.".into()
            }
            Self::NotADomain => {
                "The identity is an address: DNS records and signing keys are its domain's.".into()
            }
            Self::TemplateNameTaken => "Another template has this name.".into(),
            Self::VersionConflict { newest } => {
                format!("The template was changed meanwhile: its newest version is {newest}.")
            }
            Self::IdempotencyKeyReused => "Another request was made with this idempotency key.".into(),
            Self::IdempotencyInProgress => "The request with this idempotency key is still under way.".into(),
            Self::EventsActive { region } => format!("Events come back from {region} already."),
            Self::SandboxRecipients { region, recipients } => {
                let addresses: Vec<&str> = recipients.iter().map(|(_, address)| address.as_str()).collect();
                format!(
                    "The account is in the SES sandbox in {region}, where mail goes to verified addresses only. Not verified: {}.",
                    addresses.join(", ")
                )
            }
            Self::RecipientsSuppressed { recipients } => all_suppressed_message(recipients),
            Self::TooManySeries => format!("There are more than {MAX_SERIES} series."),
            Self::TooManyApiKeys => format!("The organisation has {MAX_API_KEYS} API keys already."),
            Self::LastApiKey => "It is the organisation's last API key.".into(),
            Self::EmailNotCancellable { status } => {
                format!("The email can't be cancelled any more: its status is `{status}`.")
            }
            Self::RowsRefused { rows, more } => {
                let named = rows.iter().map(|row| format!("Line {}: {}.", row.line, row.message));
                let more = (*more > 0).then(|| format!("There are {more} more."));
                named.chain(more).collect::<Vec<_>>().join(" ")
            }
            Self::CsvNeeded => "The body must be CSV.".into(),
            Self::ConnectionUnusable(reason) => reason.message(),
            Self::Aws { code, message, .. } | Self::AwsThrottled { code, message } => {
                format!("AWS refused: {message} ({code})")
            }
            Self::AwsUnreachable => "AWS doesn't answer at the moment.".into(),
            Self::WebhookRefused { message, .. } => message.clone(),
            Self::Misconfigured { setting, message } => {
                format!("The setting {setting} is missing or wrong: {message}.")
            }
            Self::Busy => "Other large requests are being taken just now.".into(),
            Self::Internal => "Something went wrong at Kraiter.".into(),
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        let help = match self {
            Self::Field(error) => error.help,
            Self::UnsupportedMediaType => "Send the header content-type: application/json.",
            Self::Unauthorized => "Send the header authorization: Bearer <API key>.",
            Self::CrossSite => {
                "Send the header x-kraiter-csrf: 1, from the dashboard's own origin; programs use an API key instead."
            }
            Self::ExternalIdMismatch => "Copy the external ID from the Identities page; it can't be chosen.",
            Self::AccountMismatch => "Correct `awsAccountId`, or give a role of that account.",
            Self::RoleBoundElsewhere => Reason::RoleBoundElsewhere.help(),
            Self::NotConnected => "Connect an AWS account first: POST /v1/aws-binding/connect.",
            Self::IdentityExists => {
                "Find its id by GET /v1/identities, then change the signing by PUT /v1/identities/{id}/dkim."
            }
            Self::NotADomain => "Verify the domain instead: POST /v1/identities with the part behind the @.",
            Self::IdempotencyKeyReused => {
                "Repeat a request with the very bytes of the first; take a new key for another one."
            }
            Self::IdempotencyInProgress => {
                "Repeat it with the same key, after as long as the header retry-after says."
            }
            Self::EventsActive { .. } => {
                "Nothing has to be done. To use a topic of your own, delete the stack of this region first."
            }
            Self::SandboxRecipients { .. } => {
                "Verify the recipient (POST /v1/identities in this region), or ask AWS for production access: in the SES console under \
                 Account dashboard, Request production access. The addresses at simulator.amazonses.com always work."
            }
            Self::RecipientsSuppressed { .. } => {
                "Where an address works again and its owner wants mail, take it off the list: DELETE /v1/suppressions/{address}."
            }
            Self::TooManySeries => "Ask for them by region: GET /metrics?by=region.",
            Self::TooManyApiKeys => "Delete one that isn't used any more: DELETE /v1/api-keys/{id}.",
            Self::LastApiKey => "Make another one first; without a key nobody would be let in any more.",
            Self::EmailNotCancellable { .. } => {
                "Only what SES was never asked to send can be: an email that is scheduled, or waits for its turn."
            }
            Self::RowsRefused { .. } => "Nothing was imported. Correct these lines and send the file again.",
            Self::CsvNeeded => "Send the header content-type: text/csv.",
            Self::ConnectionUnusable(reason) => reason.help(),
            Self::WebhookRefused { help, .. } => help,
            Self::AwsThrottled { .. } => "Send more slowly, or ask AWS for a higher sending rate.",
            Self::AwsUnreachable => "Try again in a minute.",
            Self::Busy => "Nothing was taken. Try again in some seconds, as the header retry-after says.",
            Self::Internal => "Try again; if it stays, write to support with the request id.",
            _ => "",
        };
        (!help.is_empty()).then_some(help)
    }

    /// After how many seconds the same request may be tried again, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::IdempotencyInProgress | Self::Busy => Some(2),
            _ => None,
        }
    }

    /// The document that is answered.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let (aws_code, aws_request_id) = match self {
            Self::Aws { code, request_id, .. } => (Some(code.clone()), request_id.clone()),
            Self::AwsThrottled { code, .. } => (Some(code.clone()), None),
            _ => (None, None),
        };
        Problem {
            kind: format!("urn:kraiter:problem:{}", self.code()),
            title: self.status().canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status().as_u16(),
            detail: self.detail(),
            code: self.code().to_owned(),
            field: self.field().map(str::to_owned),
            help: self.help().map(str::to_owned),
            aws_code,
            aws_request_id,
            request_id: request_id.to_owned(),
        }
    }
}
