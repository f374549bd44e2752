//! Signed requests to AWS STS, SES v2 and S3 as plain values, without I/O.
//!
//! The crate opens no connection and reads neither a clock nor randomness, so the same code runs natively, on Cloudflare Workers
//! and in browsers. An [`Operation`] builds an HTTP request and parses the response. [`signed_request`] signs the request with
//! Signature Version 4. Your HTTP client sends it.
//!
//! ```
//! use aws_sans_io::{Credentials, Endpoint, Operation, Region, ses::GetAccount, signed_request};
//! use time::macros::datetime;
//!
//! let region: Region = "eu-west-1".parse()?;
//! let credentials = Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
//! let now = datetime!(2026-01-01 0:00 UTC); // or `OffsetDateTime::now_utc()`
//!
//! let request = signed_request(&GetAccount, &Endpoint::aws(), region, &credentials, now)?;
//! assert_eq!(request.uri(), "https://email.eu-west-1.amazonaws.com/v2/email/account");
//! assert!(request.headers().contains_key("authorization"));
//!
//! // Send `request` with any HTTP client, then parse the response.
//! let response = http::Response::new(
//!     r#"{"ProductionAccessEnabled":true,"SendingEnabled":true,
//!         "SendQuota":{"Max24HourSend":50000,"MaxSendRate":14,"SentLast24Hours":7}}"#
//!         .into(),
//! );
//! let account = GetAccount.parse_response(&response)?;
//! assert!(account.production_access_enabled);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | contents |
//! |---|---|
//! | [`sts`], [`ses`], [`s3`] | operations, one per file |
//! | [`ses::event`] | events that Amazon SES publishes through Amazon SNS |
//! | [`sign`] | Signature Version 4 |
//! | [`dkim`] | DKIM signing keys and selectors |
//! | [`encode`], [`json`], [`xml`] | percent-encoding, JSON and XML, for operations defined in other crates |
//!
//! [`sign::sign_with`] and [`signed_head`] take the hash of the body from you, so that a faster hash function than the crate's can be
//! used.
//!
//! # Features
//!
//! - `schemars`: implements `schemars::JsonSchema` for the types with a textual form.
//!
//! # See also
//!
//! - [AWS Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html)

#![deny(missing_docs)]

mod access_denial;
mod account_id;
mod arn;
mod credentials;
pub mod dkim;
pub mod encode;
mod endpoint;
mod error;
mod http_url;
pub mod json;
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

pub use access_denial::{AccessDenial, OrganisationPolicy};
pub use account_id::AccountId;
pub use arn::{RoleArn, TopicArn, split_regional_arn};
pub use credentials::Credentials;
pub use endpoint::Endpoint;
pub use error::{Error, Retry};
pub use http_url::HttpUrl;
pub use operation::{
    BuildError, Operation, parse_error, request_id, signed_head, signed_request, unsigned_request,
};
pub use region::Region;
pub use service::Service;
pub use validation_error::ValidationError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
