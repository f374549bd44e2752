//! The HTTP API: routes, requests, responses and errors, for the Worker and its clients.
//!
//! Request types contain unvalidated JSON. Their `parse` method returns a validated value, or the field that is invalid.
//! JSON is camelCase. Error responses are problem details ([`Problem`], RFC 9457).

mod api_keys;
mod attachment;
mod aws_binding;
mod aws_calls;
mod backup;
mod batch;
mod body;
mod body_budget;
mod connect_details;
mod dns_check;
mod dry_run;
mod email;
mod email_metrics;
mod email_query;
mod error;
mod events;
mod feed;
mod field;
mod health;
mod idempotency;
mod idempotency_key;
mod identity;
mod identity_request;
mod incoming_body;
mod key_restrictions;
mod known_identity;
mod large_body;
mod metrics;
mod name;
mod one_or_many;
#[cfg(feature = "openapi")]
pub mod openapi;
mod organisation;
mod page;
mod problem_codes;
mod regions;
mod reputation;
mod request_limits;
mod request_log;
mod router;
mod routes;
#[cfg(feature = "openapi")]
mod schema;
mod sending;
mod session;
mod settings;
mod suppression;
mod template;
mod template_request;
mod text_map;
mod time_range;
mod webhook;

pub use api_keys::{
    ApiKey, ApiKeyList, CreateApiKey, FIRST_KEY_NAME, MAX_API_KEYS, NewApiKey, api_key_query, bearer_token,
    should_touch_last_used,
};
pub use attachment::{AttachedFile, Base64};
pub use aws_binding::{
    AwsBinding, ConnectDetails, ConnectRegion, Reason, RefusedRole, Region, RegionEvents, RegisterRole,
    RegisteredRole, Verification,
};
pub use aws_calls::{AwsCall, AwsCallPage, AwsCallQuery, AwsCallRows, merge_calls};
pub use aws_sans_io::Region as RegionCode;
pub use backup::{
    Backup, BackupConnection, BackupCursor, BackupOrganisation, BackupSettings, BackupTable, BackupValue,
    MAX_PAGE_BYTES, RestoreResult, invalid_row, restore_query,
};
pub use batch::{BatchError, BatchItem, MAX_BATCH, RefusedEmail, SendBatch, SentBatch};
pub use body::{MAX_BODY_BYTES, MAX_JSON_BYTES, parse_json};
pub use body_budget::{BodyBudget, BodyOwner, MAX_HELD_BYTES};
pub use dns_check::DnsCheck;
pub use domain::connection::BindingStatus;
pub use domain::{
    ApiKeyId, AwsCallId, EmailId, FeedEventId, IdentityId, OrganisationId, RequestId, TemplateId, WebhookId,
};
pub use dry_run::EmailDryRun;
pub use email::{
    Email, EmailContent, EmailEvent, EmailPage, EmailSummary, SendEmail, SentEmail, UpdateEmail,
};
pub use email_metrics::{EmailMetrics, MetricsPoint, MetricsQuery, MetricsSeries};
pub use email_query::EmailQuery;
pub(crate) use email_query::MAX_SUBJECT;
pub use error::{ApiError, Problem, WEBHOOK};
pub use events::{EventsRequest, EventsSetUp, SetUpEvents};
pub use feed::{FeedEvent, FeedPage, FeedQuery};
pub use field::FieldError;
pub use health::Health;
pub use idempotency::{
    ClaimDecision, Fingerprint, IDEMPOTENT_REPLAYED, IdempotencyRecord, KEY_TTL, LOCK_TIMEOUT, Persist,
    RequestSeed, StoredResponse,
};
pub use idempotency_key::{IDEMPOTENCY_KEY, IdempotencyKey, KeyDigest};
pub use identity::{
    Dkim, DkimOrigin, DnsRecord, Identity, IdentityList, IdentityProblem, IdentityType, VerificationStatus,
};
pub use identity_request::{
    CreateIdentity, DkimChoice, DkimKey, IdentityQuery, NewIdentity, PrivateKeyText, RegionSelection,
};
pub use incoming_body::{IncomingBody, parse_content_length};
pub use key_restrictions::KeyRestrictions;
#[cfg(feature = "openapi")]
pub(crate) use known_identity::LIST_PROBLEMS;
pub use known_identity::{ByodkimKey, KnownIdentity, identity_error};
pub use large_body::unescape_json_in_place;
pub use metrics::{MAX_SERIES, MetricsBy};
pub use one_or_many::OneOrMany;
pub use organisation::{
    CreateOrganisation, NewOrganisation, Organisation, OrganisationChange, OrganisationName,
    OrganisationPage, UpdateOrganisation,
};
pub use page::PageQuery;
pub use regions::{AvailableRegion, RegionList};
pub use reputation::{Rate, Reputation, ReputationInRegion};
pub use request_limits::{ClientAddress, LimitedBy, RateClass, RequestLimit};
pub use request_log::{LoggedKey, LoggedRequest, RequestPage, RequestQuery};
pub use router::{HandledRoute, Matched, Router};
pub use routes::route::{Access, BodyKind, Retry, Route, SdkMethod, Tag, Verb};
pub use routes::{AdministratorRoute, MonitoringRoute, OpenRoute, OrganisationRoute, ROUTES, RouteId};
pub use sending::{Hold, HoldReason, SendingInRegion, SendingStatus};
pub use session::{
    CSRF_HEADER, CreateSession, RequestOrigin, SESSION_TTL, Session, SessionOrganisation, end_session_cookie,
    session_cookie, session_token,
};
pub use settings::{OrganisationSettings, TrackingConfigurationSet, UpdateSettings};
pub use suppression::{CreateSuppression, SuppressionImport, SuppressionPage, SuppressionQuery};
pub use template::{
    MAX_VERSIONS, Template, TemplateDraft, TemplateFilling, TemplatePage, TemplatePreview,
    TemplatePreviewDraft, TemplateSummary, TemplateUpdate, TemplateUse, TemplateVersionRange,
};
pub use template_request::{NamedTemplate, version_query};
pub use text_map::TextMap;
pub use time_range::TimeRange;
pub use webhook::{
    CreateWebhook, DeliveryState, NewWebhook, ReplayRange, RotatedSecret, UpdateWebhook, Webhook,
    WebhookDelivery, WebhookDeliveryPage, WebhookList, WebhookReplay, WebhookReplayed, WebhookTest,
};
