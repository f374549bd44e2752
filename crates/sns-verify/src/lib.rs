//! What Amazon SNS posts to us: how it is read, proven and answered.
//!
//! Anybody can post to a webhook. A message is acted on only when each of these steps, in this order, has passed:
//!
//! 1. [`Message::parse`] reads the posted bytes: an [`Unverified`] message, of which nothing can be used;
//! 2. [`Unverified::admit`] checks the topic that it names against the one that the connection [expects](Expected), its
//!    [age], its signature version, and where its certificate lies: an [`Admitted`] message with a [`CertificateUrl`];
//! 3. the edge fetches that address (no redirects, a short time-out, cached by the address) and [`Certificate::from_pem`] reads
//!    what came;
//! 4. [`Admitted::verify`] checks the certificate's dates and the signature: a [`Verified`] message.
//!
//! Any step may end in a [`Rejection`], which says how SNS is answered: a 4xx ends the delivery, a 5xx makes SNS try again.
//! Answer 2xx only when what the message says has been stored.
//!
//! No address that a message carries is ever fetched: the certificate's is built from the topic's region and a checked path,
//! and a subscription is confirmed by [`ConfirmSubscription`], made from topic and token.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>

pub mod age;
mod certificate;
mod certificate_url;
mod confirm_subscription;
mod envelope;
mod message;
mod message_id;
mod rejection;
mod signature;
mod token;
mod verify;

pub use certificate::Certificate;
pub use certificate_url::CertificateUrl;
pub use confirm_subscription::{ConfirmSubscription, SubscriptionArn};
pub use message::{Content, Message};
pub use message_id::MessageId;
pub use rejection::Rejection;
pub use signature::SignatureVersion;
pub use token::Token;
pub use verify::{Admitted, Expected, Unverified, Verified};
