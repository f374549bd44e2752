//! The decisions of Kraiter AWS Setup: what to sign, whom to trust, what state a connection is in, what a customer is told.
//!
//! Everything here is sans-IO: bytes and a time go in, bytes and decisions come out. There is no network, clock,
//! randomness or JavaScript in this crate, so that every behaviour can be shown by a native unit test.
//!
//! | module | subject |
//! |---|---|
//! | [`aws`] | region, ARN, account id, credentials, the typed operation and its errors, signing |
//! | `sts`, `ses`, `s3` | one operation a file (feature `server`) |
//! | `sns` | messages that SNS posts: parsing, proof, confirmation (feature `server`) |
//! | `dkim` | keys that sign mail: those that a customer brings (feature `server`) |
//! | `dns` | the records of a domain: what to publish, questions by DNS over HTTPS, what the answers mean (feature `server`) |
//! | [`setup`] | external ID, the two IAM policies, the CloudFormation template, the quick-create link |
//! | [`connection`] | the state machine of one organisation's AWS connection |
//! | [`mail`] | an email as a customer describes it, and what SES says of it afterwards |
//! | `pacing` | how fast an AWS account may send, shared by all who send through it (feature `server`) |
//! | [`api`] | the HTTP contract: every request and response, once |

pub mod api;
pub mod aws;
pub mod connection;
#[cfg(feature = "server")]
pub mod dkim;
#[cfg(feature = "server")]
pub mod dns;
mod invalid;
pub mod mail;
#[cfg(feature = "server")]
pub mod pacing;
#[cfg(feature = "server")]
pub mod s3;
#[cfg(feature = "server")]
pub mod ses;
#[cfg(feature = "server")]
pub mod settings;
pub mod setup;
#[cfg(feature = "server")]
pub mod sns;
#[cfg(feature = "server")]
pub mod sts;

pub use invalid::Invalid;
