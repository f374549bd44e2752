//! The HTTP contract: every request and response, once, for the Worker and for its clients.
//!
//! Request types hold what came over the wire; `parse` turns one into a typed value or names the field that is wrong.
//! Response types are what is written. JSON is camelCase; errors are problem details ([`Problem`], RFC 9457).

mod api_key;
mod api_keys;
mod attachment;
mod aws_binding;
mod backup;
mod batch;
mod body;
mod connect_details;
mod dns_check;
mod email;
mod email_query;
mod error;
mod events;
mod field;
mod health;
mod idempotency;
mod idempotency_key;
mod identity;
mod identity_request;
mod identity_view;
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
mod route;
mod router;
mod routes;
mod sending;
mod session;
mod suppression;
mod template;
mod template_request;
mod text_map;

pub use api_key::ApiKeySecret;
pub use api_keys::{ApiKey, ApiKeyList, CreateApiKey, FIRST_KEY, MAX_API_KEYS, NewApiKey, is_use_news};
pub use attachment::{AttachedFile, Base64};
pub use aws_binding::{
    AwsBinding, ConnectDetails, ConnectRegion, Reason, Region, RegionEvents, RegisterRole, RegisteredRole,
    Verification,
};
pub use aws_sans_io::Region as RegionCode;
pub use backup::{
    Backup, BackupCursor, KeptConnection, KeptKey, KeptMail, KeptPiece, MAX_PAGE_BYTES, RestoreResult,
    restore_query,
};
pub use batch::{BatchError, BatchItem, MAX_BATCH, RefusedEmail, SendBatch, SentBatch};
pub use body::{MAX_BODY_BYTES, parse_json};
pub use dns_check::DnsCheck;
pub use domain::connection::BindingStatus;
pub use domain::{ApiKeyId, EmailId, IdentityId, OrganisationId, RequestId, TemplateId};
pub use email::{Email, EmailEvent, EmailPage, EmailSummary, SendEmail, SentEmail};
pub use email_query::EmailQuery;
pub use error::{ApiError, Problem};
pub use events::{EventsSetUp, EventsWanted, SetUpEvents};
pub use field::FieldError;
pub use health::Health;
pub use idempotency::{
    Decision, Fingerprint, IDEMPOTENT_REPLAYED, KEY_LASTS, Keep, KeptAnswer, Record, Seed, UNDER_WAY,
};
pub use idempotency_key::{IDEMPOTENCY_KEY, IdempotencyKey};
pub use identity::{
    Dkim, DkimOrigin, DnsRecord, Identity, IdentityList, IdentityProblem, IdentityType, VerificationStatus,
};
pub use identity_request::{
    AskedRegions, CreateIdentity, DkimChoice, DkimKey, IdentityQuery, NewIdentity, PrivateKeyText,
};
#[cfg(feature = "openapi")]
pub(crate) use identity_view::LIST_PROBLEMS;
pub use identity_view::{KnownIdentity, OwnKey, identity_error};
pub use large_body::slim;
pub use metrics::{MAX_SERIES, MetricsBy};
pub use one_or_many::OneOrMany;
pub use organisation::{CreateOrganisation, NewOrganisation, OrganisationName};
pub use page::PageQuery;
pub use regions::{AvailableRegion, RegionList};
pub use reputation::{Rate, Reputation, ReputationInRegion};
pub use route::{Access, BodyKind, Retry, Route, SdkMethod, Tag, Verb};
pub use router::{Matched, Router};
pub use routes::{AdministratorRoute, MAX_HELD_BYTES, OpenRoute, OrganisationRoute, ROUTES, RouteId};
pub use sending::{Hold, HoldReason, SendingInRegion, SendingStatus};
pub use session::{
    CSRF_HEADER, CreateSession, RequestOrigin, SESSION_LASTS, Session, SessionOrganisation, SessionToken,
    end_session_cookie,
};
pub use suppression::{CreateSuppression, SuppressionImport, SuppressionPage, SuppressionQuery};
pub use template::{
    MAX_VERSIONS, Template, TemplateDraft, TemplateFilling, TemplatePage, TemplatePreview,
    TemplatePreviewDraft, TemplateSummary, TemplateUpdate, TemplateUse, TemplateVersionRange,
};
pub use template_request::{NamedTemplate, version_query};
pub use text_map::TextMap;
