//! Errors of the API.

mod problem;
mod texts;

use aws_sans_io::Region;
use http::StatusCode;

pub use problem::Problem;

use super::{FieldError, RateClass};
use domain::{
    Quota,
    api_key::{KeyScope, RequiredScope},
    connection::{ConnectionError, Reason},
    delivery::{ALL_SUPPRESSED, EmailStatus},
    email::{Email, UnverifiedSender},
    settings::SettingError,
    suppression::{InvalidRow, SuppressedRecipient},
};

/// The error of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiError {
    /// A field is missing or invalid.
    Field(FieldError),
    /// The body isn't JSON.
    MalformedJson {
        /// Why, and where.
        detail: String,
        /// The path of the string that isn't Unicode.
        field: Option<String>,
    },
    /// The body is larger than the route allows.
    BodyTooLarge {
        /// The maximum size in bytes.
        limit: usize,
    },
    /// The body didn't arrive in time.
    BodyTimeout,
    /// The connection ended before the body.
    BodyIncomplete,
    /// The content type isn't JSON.
    UnsupportedMediaType,
    /// The API key or session is missing or invalid.
    Unauthorized,
    /// The API key has expired.
    ApiKeyExpired,
    /// The API key may not call the route.
    InsufficientScope {
        /// The scope that the route requires.
        required: RequiredScope,
        /// The scope of the key.
        scope: KeyScope,
    },
    /// An operator has suspended the organisation.
    OrganisationSuspended,
    /// The request has a session cookie, but doesn't come from the dashboard.
    CrossSite,
    /// The route doesn't exist, or the resource doesn't exist in this organisation.
    NotFound {
        /// The kind of resource: `route`, `email` or `identity`, for example.
        what: &'static str,
    },
    /// The route doesn't support this method.
    MethodNotAllowed {
        /// The supported methods, as in the `allow` header.
        allow: String,
    },
    /// No AWS account is connected.
    NotConnected,
    /// The identity already exists in SES and is signed with another key than the requested one.
    IdentityExists,
    /// The identity is an email address, but the request is about a domain.
    NotADomain,
    /// Another template of the organisation has this name.
    TemplateNameTaken,
    /// The template has a newer version than the one that was edited.
    VersionConflict {
        /// The newest version.
        newest: u32,
    },
    /// The idempotency key was used for a different request.
    IdempotencyKeyReused,
    /// A request with this idempotency key is in progress.
    IdempotencyInProgress,
    /// Kraiter already receives the events of the region.
    EventsActive {
        /// The region.
        region: Region,
    },
    /// SES would refuse recipients, because the account is in the sandbox.
    SandboxRecipients {
        /// The region.
        region: Region,
        /// The recipients that are not verified: the field, such as `to[1]`, and the address.
        recipients: Vec<(String, String)>,
    },
    /// Every recipient is suppressed.
    RecipientsSuppressed {
        /// The recipients.
        recipients: Vec<SuppressedRecipient>,
    },
    /// There are more time series than a response of `/metrics` can contain.
    TooManySeries,
    /// The organisation has the maximum number of API keys.
    TooManyApiKeys,
    /// The organisation stores as much as it may.
    QuotaExceeded(Quota),
    /// The organisation has no other API key.
    LastApiKey,
    /// Events aren't recorded.
    FeedOff,
    /// The organisation has the maximum number of webhook endpoints.
    TooManyWebhooks,
    /// The webhook endpoint is disabled.
    WebhookDisabled,
    /// The email can't be cancelled any more.
    EmailNotCancellable {
        /// The status of the email.
        status: EmailStatus,
    },
    /// The email isn't scheduled any more, so it can't be moved.
    EmailNotScheduled {
        /// The status of the email.
        status: EmailStatus,
    },
    /// An import contains invalid rows.
    InvalidRows {
        /// The first invalid rows.
        rows: Vec<InvalidRow>,
        /// The number of further invalid rows.
        more: usize,
    },
    /// The content type isn't CSV.
    NotCsv,
    /// The role can't be used.
    ConnectionUnusable(Reason),
    /// AWS refused the request.
    Aws {
        /// The error code of AWS.
        code: String,
        /// The error message of AWS.
        message: String,
        /// The request id of AWS.
        request_id: Option<String>,
        /// The sender, if SES refused an email because its sender isn't verified.
        unverified_sender: Option<Box<UnverifiedSender>>,
    },
    /// AWS throttled the request.
    AwsThrottled {
        /// The error code of AWS.
        code: String,
        /// The error message of AWS.
        message: String,
    },
    /// There were more requests than a limit allows.
    RateLimited(RateClass),
    /// AWS doesn't respond, or the response is invalid.
    AwsUnreachable,
    /// A message to the webhook is not authentic or not expected.
    WebhookRejected {
        /// The stable code.
        code: &'static str,
        /// Description of the error.
        message: String,
        /// How to fix it.
        help: &'static str,
        /// The invalid field, if there is one.
        field: Option<&'static str>,
        /// The HTTP status. SNS retries after a 5xx status, but not after a 4xx status.
        status: StatusCode,
    },
    /// A setting of the Worker is missing or invalid.
    Misconfigured {
        /// The setting's name.
        setting: &'static str,
        /// What it should be.
        message: String,
    },
    /// Other requests use all the memory that is reserved for bodies.
    Busy,
    /// An internal error. The log has the details under the request id.
    Internal,
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<sns_verify::Rejection> for ApiError {
    fn from(rejection: sns_verify::Rejection) -> Self {
        Self::WebhookRejected {
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
            Error::Service { status, code, message, request_id } if !status.is_server_error() => Self::Aws {
                code: code.clone(),
                message: message.clone(),
                request_id: request_id.clone(),
                unverified_sender: None,
            },
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

impl From<Quota> for ApiError {
    fn from(quota: Quota) -> Self {
        Self::QuotaExceeded(quota)
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        Self::Misconfigured { setting: error.setting, message: error.message }
    }
}

/// What [`ApiError::NotFound`] says of a webhook token that Kraiter didn't issue.
pub const WEBHOOK: &str = "webhook";

/// HTTP statuses by code. Every other code belongs to a field and has status 422.
#[cfg(any(test, feature = "openapi"))]
const STATUSES: &[(&str, u16)] = &[
    ("malformed_json", 400),
    ("body_incomplete", 400),
    ("aws_refused", 400),
    ("unauthorized", 401),
    ("api_key_expired", 401),
    ("insufficient_scope", 403),
    ("organisation_suspended", 403),
    ("csrf", 403),
    ("not_found", 404),
    ("method_not_allowed", 405),
    ("body_timeout", 408),
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
    ("feed_off", 409),
    ("too_many_templates", 409),
    ("templates_too_large", 409),
    ("too_many_suppressions", 409),
    ("too_many_sessions", 409),
    ("too_many_identities", 409),
    ("too_many_scheduled_emails", 409),
    ("storage_full", 409),
    ("too_many_webhooks", 409),
    ("webhook_disabled", 409),
    ("email_not_cancellable", 409),
    ("email_not_scheduled", 409),
    ("body_too_large", 413),
    ("unsupported_media_type", 415),
    ("aws_throttled", 429),
    ("rate_limited", 429),
    ("internal_error", 500),
    ("misconfigured", 500),
    ("aws_unreachable", 502),
    ("busy", 503),
    ("sns_not_confirmed", 503),
    ("sns_role_being_verified", 503),
    ("sns_confirmation_used", 403),
];

/// Returns the HTTP status of a problem by its code.
#[cfg(any(test, feature = "openapi"))]
pub(crate) fn status_of(code: &str) -> u16 {
    STATUSES.iter().find(|(known, _)| *known == code).map_or(422, |(_, status)| *status)
}

impl ApiError {
    /// Creates the error of an email that SES refused in a region.
    #[must_use]
    pub fn refused_email(error: &aws_sans_io::Error, email: &Email, region: Region) -> Self {
        match error.into() {
            Self::Aws { code, message, request_id, .. } => Self::Aws {
                code,
                message,
                request_id,
                unverified_sender: UnverifiedSender::of_refusal(error, email, region).map(Box::new),
            },
            other => other,
        }
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Field(error) => error.code,
            Self::MalformedJson { .. } => "malformed_json",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::BodyTimeout => "body_timeout",
            Self::BodyIncomplete => "body_incomplete",
            Self::UnsupportedMediaType | Self::NotCsv => "unsupported_media_type",
            Self::Unauthorized => "unauthorized",
            Self::ApiKeyExpired => "api_key_expired",
            Self::InsufficientScope { .. } => "insufficient_scope",
            Self::OrganisationSuspended => "organisation_suspended",
            Self::CrossSite => "csrf",
            Self::NotFound { .. } => "not_found",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
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
            Self::QuotaExceeded(quota) => quota.code(),
            Self::LastApiKey => "last_api_key",
            Self::FeedOff => "feed_off",
            Self::TooManyWebhooks => "too_many_webhooks",
            Self::WebhookDisabled => "webhook_disabled",
            Self::EmailNotCancellable { .. } => "email_not_cancellable",
            Self::EmailNotScheduled { .. } => "email_not_scheduled",
            Self::InvalidRows { .. } => "invalid_rows",
            Self::ConnectionUnusable(reason) => reason.code(),
            Self::Aws { .. } => "aws_refused",
            Self::AwsThrottled { .. } => "aws_throttled",
            Self::RateLimited(_) => "rate_limited",
            Self::AwsUnreachable => "aws_unreachable",
            Self::WebhookRejected { code, .. } => code,
            Self::Misconfigured { .. } => "misconfigured",
            Self::Busy => "busy",
            Self::Internal => "internal_error",
        }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Field(_)
            | Self::RecipientsSuppressed { .. }
            | Self::SandboxRecipients { .. }
            | Self::InvalidRows { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MalformedJson { .. } | Self::BodyIncomplete | Self::Aws { .. } => StatusCode::BAD_REQUEST,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType | Self::NotCsv => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unauthorized | Self::ApiKeyExpired => StatusCode::UNAUTHORIZED,
            Self::CrossSite | Self::InsufficientScope { .. } | Self::OrganisationSuspended => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotConnected
            | Self::IdentityExists
            | Self::NotADomain
            | Self::TemplateNameTaken
            | Self::VersionConflict { .. }
            | Self::IdempotencyKeyReused
            | Self::IdempotencyInProgress
            | Self::EventsActive { .. }
            | Self::TooManySeries
            | Self::TooManyApiKeys
            | Self::QuotaExceeded(_)
            | Self::LastApiKey
            | Self::FeedOff
            | Self::TooManyWebhooks
            | Self::WebhookDisabled
            | Self::EmailNotCancellable { .. }
            | Self::EmailNotScheduled { .. }
            | Self::ConnectionUnusable(_) => StatusCode::CONFLICT,
            Self::AwsThrottled { .. } | Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::AwsUnreachable => StatusCode::BAD_GATEWAY,
            Self::WebhookRejected { status, .. } => *status,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misconfigured { .. } | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns whether credentials or a webhook token were refused. Such requests count towards [`RateClass::Refusals`].
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Unauthorized | Self::ApiKeyExpired | Self::NotFound { what: WEBHOOK })
    }

    /// Returns the invalid field.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(error) => Some(&error.field),
            Self::MalformedJson { field, .. } => field.as_deref(),
            Self::Aws { unverified_sender: Some(_), .. } => Some("from"),
            Self::WebhookRejected { field, .. } => *field,
            Self::TemplateNameTaken => Some("name"),
            Self::VersionConflict { .. } => Some("version"),
            Self::IdempotencyKeyReused | Self::IdempotencyInProgress => Some("Idempotency-Key"),
            Self::EventsActive { .. } => Some("region"),
            Self::RecipientsSuppressed { recipients } => recipients.first().map(|first| first.field.as_str()),
            Self::InvalidRows { .. } => Some("body"),
            Self::SandboxRecipients { recipients, .. } => recipients.first().map(|(field, _)| field.as_str()),
            _ => None,
        }
    }

    /// Returns the seconds after which the request can be retried, if they are known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::IdempotencyInProgress | Self::Busy => Some(2),
            Self::RateLimited(class) => match class.limit() {
                Some(limit) => Some(limit.seconds),
                None => None,
            },
            _ => None,
        }
    }
}
