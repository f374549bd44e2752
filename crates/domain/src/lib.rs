//! The decisions of Kraiter AWS Setup, without I/O.
//!
//! Everything here takes its input, the time and randomness as arguments and returns a decision, so that each rule has a native unit test.
//! The crate knows nothing of HTTP: the `api-contract` crate maps its errors to problem documents.
//!
//! | module | contents |
//! |---|---|
//! | [`onboarding`] | external ID, IAM policies, CloudFormation template, quick-create link, webhook token |
//! | [`connection`] | the state machine of an organisation's AWS connection, role check, permission audit |
//! | [`email`] | an email as a customer submits it |
//! | [`delivery`] | status, attempts, reconciliation, history, retention and reputation of emails |
//! | [`suppression`] | addresses that must not be emailed |
//! | [`rate_limit`] | send slots of an AWS account and region |
//! | [`settings`] | the Worker's settings |

pub mod connection;
pub mod delivery;
pub mod email;
mod id;
pub mod onboarding;
pub mod rate_limit;
#[cfg(feature = "schemars")]
pub mod schema;
pub mod settings;
pub mod suppression;
mod validation_error;

pub use id::{ApiKeyId, EmailId, IdentityId, OrganisationId, RequestId, TemplateId, UnknownId};
pub use validation_error::ValidationError;
