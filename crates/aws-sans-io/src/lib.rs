//! Signed requests to AWS STS, SES v2 and S3 as plain values.
//!
//! The crate is sans-IO: it opens no connection and reads neither a clock nor randomness, so the same code runs natively, in a
//! Cloudflare Worker and in a browser. An [`Operation`] is a value that knows its HTTP request and parses its response;
//! [`signed_request`] signs the request (Signature Version 4) for a region at a given time, and the caller sends it.
//!
//! | module | contents |
//! |---|---|
//! | [`sts`], [`ses`], [`s3`] | one operation per file |
//! | [`sign`] | Signature Version 4 |
//! | [`dkim`] | keys that sign email, as SES accepts them |
//! | [`xml`] | the XML of STS responses |
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

mod account_id;
mod arn;
mod credentials;
pub mod dkim;
pub mod encode;
mod endpoint;
mod error;
mod operation;
mod region;
pub mod s3;
#[cfg(feature = "schemars")]
mod schema;
mod service;
pub mod ses;
pub mod sign;
pub mod sts;
mod validation_error;
pub mod xml;

pub use account_id::AccountId;
pub use arn::{RoleArn, TopicArn};
pub use credentials::Credentials;
pub use endpoint::{Endpoint, is_loopback};
pub use error::{Error, Retry, Status};
pub use operation::{BuildError, Operation, read_error, signed_head, signed_request, unsigned_request};
pub use region::{Region, RegionInfo};
pub use service::Service;
pub use validation_error::ValidationError;
