//! Verification of the HTTP messages that Amazon SNS posts, without I/O.
//!
//! Anyone can post to a webhook. Only act on a message after these steps:
//!
//! 1. [`Message::parse`] parses the body. The result is [`Unverified`].
//! 2. [`Unverified::check`] checks the topic, the timestamp (see [`age`]) and the certificate's URL. The result is [`Checked`].
//! 3. Your HTTP client downloads [`Checked::certificate_url`], without following redirects and with a short timeout.
//!    [X
//! 4. [`Checked::verify`] checks the certificate's dates and the signature. The result is [`Verified`]. Use
//!    [`Checked::verify_with`] to verify the signature with other RSA code, such as the Web Crypto API.
//!
//! ```
//! use aws_sans_io::{Endpoint, TopicArn};
//! use sns_verify::{Certificate, Content, Expected, Message};
//! use time::macros::datetime;
//!
//! // The body of a POST request from SNS, and the current time.
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/messages/notification-without-subject-v2.json");
//! # let body = std::fs::read(path)?;
//! let now = datetime!(2026-11-24 14:44:40 UTC); // or `OffsetDateTime::now_utc()`
//!
//! let topic: TopicArn = "arn:aws:sns:eu-west-1:123456789012:example-events".parse()?;
//! let checked = Message::parse(&body)?.check(Expected::Topic(&topic), &Endpoint::aws(), now)?;
//!
//! // Download this URL.
//! let url = checked.certificate_url();
//! assert!(url.as_str().starts_with("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-"));
//! # let pem = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/certificates/sns.pem"))?;
//! let certificate = Certificate::from_pem(url, &pem)?;
//!
//! let message = checked.verify(&certificate, now)?;
//! let Content::Notification { text, .. } = &message.content else { panic!("not a notification") };
//! # assert!(text.starts_with("Grüße"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each step can fail with a [`Rejection`], which has the HTTP status to respond with: SNS doesn't retry after a 4xx status, and
//! retries after a 5xx status. Only respond with a 2xx status after you have processed the message.
//!
//! # Security
//!
//! - The crate never uses a URL from a message. It builds the certificate's URL from the topic's region and a validated path, and
//!   confirms a subscription with [`ConfirmSubscription`] instead of the message's `SubscribeURL`.
//! - A valid signature only proves that the message is from some topic on AWS. [`Expected`] defines which topics to accept.
//! - A message can only be parsed in one way: duplicate fields and line breaks in signed fields are rejected.
//!
//! # Features
//!
//! - `rsa`, on by default: [`Checked::verify`], which verifies signatures in Rust.
//!
//! # See also
//!
//! - [Verifying the signatures of Amazon SNS messages](https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html)

#![deny(missing_docs)]

pub mod age;
mod certificate;
mod certificate_cache;
mod certificate_url;
mod confirm_subscription;
mod envelope;
mod message;
mod message_id;
mod rejection;
mod signature;
mod token;
mod verify;
mod x509;

pub use certificate::Certificate;
pub use certificate_cache::CertificateCache;
pub use certificate_url::CertificateUrl;
pub use confirm_subscription::{ConfirmSubscription, SubscriptionArn};
pub use message::{Content, Message};
pub use message_id::{MessageId, ParseMessageIdError};
pub use rejection::Rejection;
pub use signature::{ParseSignatureVersionError, Signature, SignatureVersion};
pub use token::{ParseTokenError, Token};
pub use verify::{Checked, Expected, Unverified, Verified};

#[cfg(all(doctest, feature = "rsa"))]
#[doc = include_str!("../README.md")]
struct Readme;
