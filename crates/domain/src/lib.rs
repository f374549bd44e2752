//! The decisions of Kraiter AWS Setup, without I/O.
//!
//! Functions take their input, the time and randomness as arguments and return a decision, so every rule has native unit tests.
//! The crate knows nothing about HTTP: the `api-contract` crate maps its errors to problem documents.
//!
//! A module only depends on modules above it:
//!
//! | module | contents |
//! |---|---|
//! | `id`, `sha256_digest`, `bounded_map`, `validation_error`, [`mod@schema`] | identifiers, digests, a cache, validation errors, macros for JSON schemas |
//! | `signing_secret`, `simulator` | signatures of values that come back to Kraiter, SES's mailbox simulator |
//! | [`token`] | API keys, webhook tokens and sessions |
//! | [`api_key`] | what API keys may do |
//! | [`onboarding`] | external ID, IAM policies, CloudFormation template, quick-create link, webhook URL |
//! | [`connection`] | the state machine of an organisation's AWS connection, role check, permission audit |
//! | [`suppression`] | addresses that must not be emailed |
//! | [`email`] | emails as customers submit them, and their encoding |
//! | [`rate_limit`] | send slots of an AWS account and region |
//! | [`delivery`] | status, attempts, reconciliation, history, retention and reputation of emails |
//! | [`search`] | filters and summaries of emails, a search with bounded work |
//! | [`metrics`] | an organisation's emails by hour |
//! | [`aws_calls`] | the calls to AWS, and queries to find them in `CloudTrail` |
//! | [`request_log`] | which requests are logged |
//! | [`feed`] | the numbered events of an organisation |
//! | [`webhooks`] | events delivered to customers' own servers |
//! | [`totals`] | operators' totals over all organisations |
//! | `quota`, `standing` | how much an organisation may store, and whether it may use Kraiter |
//! | [`settings`] | the Worker's settings |

#![expect(missing_docs, reason = "only what a name doesn't say is documented")]

pub mod api_key;
pub mod aws_calls;
mod bounded_map;
pub mod connection;
pub mod delivery;
pub mod email;
pub mod feed;
mod id;
pub mod identity_watch;
pub mod metrics;
pub mod onboarding;
mod quota;
pub mod rate_limit;
pub mod request_log;
#[cfg(feature = "schemars")]
pub mod schema;
pub mod search;
pub mod settings;
mod sha256_digest;
mod signing_secret;
mod simulator;
mod standing;
pub mod suppression;
pub mod token;
pub mod totals;
mod validation_error;
pub mod webhooks;

pub use bounded_map::BoundedMap;
pub use id::{
    ApiKeyId, AwsCallId, EmailId, FeedEventId, IdentityId, OrganisationId, ParseIdError, RequestId,
    TemplateId, WebhookId,
};
pub use quota::Quota;
pub use sha256_digest::{ParseDigestError, Sha256Digest};
pub use signing_secret::SigningSecret;
pub use simulator::SIMULATOR_DOMAIN;
pub use standing::{RequestEffect, Standing};
pub use validation_error::ValidationError;
