//! A message of SNS, read from what was posted.

use std::{fmt, str::FromStr};

use aws_sans_io::TopicArn;
use base64::{Engine, engine::general_purpose::STANDARD};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{MessageId, Rejection, SignatureVersion, Token, Unverified};
use crate::{envelope::Envelope, signature::string_to_sign};

/// What SNS has to say, and from which topic.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// SNS's id, the same over all retries.
    pub id: MessageId,
    /// The topic that it was published to.
    pub topic: TopicArn,
    /// When it was published.
    pub at: OffsetDateTime,
    /// What it says.
    pub content: Content,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Somebody subscribed our address to the topic; it stays silent until [confirmed](super::ConfirmSubscription).
    ///
    /// <https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html>
    SubscriptionConfirmation {
        /// What confirms it.
        token: Token,
    },
    /// Something was published.
    ///
    /// <https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html>
    Notification {
        /// The subject, where the publisher gave one.
        subject: Option<String>,
        /// The text; for an event of SES, JSON (see [`aws_sans_io::ses::event`]).
        text: String,
    },
    /// Our address was unsubscribed. Its token isn't kept: confirming would subscribe again.
    ///
    /// <https://docs.aws.amazon.com/sns/latest/dg/http-unsubscribe-confirmation-json.html>
    UnsubscribeConfirmation,
}

/// What proves a message.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) version: SignatureVersion,
    pub(super) signature: Vec<u8>,
    pub(super) signed: String,
    pub(super) certificate_url: String,
}

impl fmt::Debug for Seal {
    /// The signed string holds the token, also of messages whose token isn't kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal([redacted])")
    }
}

impl Message {
    /// Reads a posted body, whose size the edge has limited.
    ///
    /// Every field but `Message` is held to what it may contain, none may hold a newline: so a signed string can be read in one
    /// way only, and nobody who may publish to a topic can shift text from one field into another. `SubscribeURL` goes into the
    /// signed string and is dropped; `UnsubscribeURL` and fields that aren't signed are not read at all.
    ///
    /// # Errors
    /// [`Rejection`] with status 400, naming the field.
    pub fn parse(body: &[u8]) -> Result<Unverified, Rejection> {
        let mut envelope = Envelope::parse(body)?;
        let kind = envelope.text("Type")?;
        let message_id = envelope.text("MessageId")?;
        let topic_arn = envelope.text("TopicArn")?;
        let timestamp = envelope.text("Timestamp")?;
        let text = envelope.text("Message")?;

        let (content, signed) = match kind.as_str() {
            "Notification" => {
                let subject = envelope.optional_text("Subject")?;
                if subject.as_ref().is_some_and(|subject| subject.contains(char::is_control)) {
                    return Err(Rejection::FieldInvalid { field: "Subject" });
                }
                let mut fields = vec![("Message", text.as_str()), ("MessageId", &message_id)];
                fields.extend(subject.as_deref().map(|subject| ("Subject", subject)));
                fields.extend([("Timestamp", timestamp.as_str()), ("TopicArn", &topic_arn), ("Type", &kind)]);
                let signed = string_to_sign(&fields);
                (Content::Notification { subject, text }, signed)
            }
            "SubscriptionConfirmation" | "UnsubscribeConfirmation" => {
                let subscribe_url = envelope.text("SubscribeURL")?;
                if subscribe_url.contains(char::is_control) {
                    return Err(Rejection::FieldInvalid { field: "SubscribeURL" });
                }
                let token: Token = parsed("Token", &envelope.text("Token")?)?;
                let signed = string_to_sign(&[
                    ("Message", &text),
                    ("MessageId", &message_id),
                    ("SubscribeURL", &subscribe_url),
                    ("Timestamp", &timestamp),
                    ("Token", token.expose()),
                    ("TopicArn", &topic_arn),
                    ("Type", &kind),
                ]);
                let content = if kind == "SubscriptionConfirmation" {
                    Content::SubscriptionConfirmation { token }
                } else {
                    Content::UnsubscribeConfirmation
                };
                (content, signed)
            }
            _ => return Err(Rejection::TypeUnknown),
        };

        let message = Self {
            id: parsed("MessageId", &message_id)?,
            topic: parsed("TopicArn", &topic_arn)?,
            at: OffsetDateTime::parse(&timestamp, &Rfc3339)
                .map_err(|_| Rejection::FieldInvalid { field: "Timestamp" })?,
            content,
        };
        let seal = Seal {
            version: envelope
                .text("SignatureVersion")?
                .parse()
                .map_err(|_| Rejection::SignatureVersionUnknown)?,
            signature: STANDARD
                .decode(envelope.text("Signature")?)
                .map_err(|_| Rejection::FieldInvalid { field: "Signature" })?,
            signed,
            certificate_url: envelope.text("SigningCertURL")?,
        };
        Ok(Unverified { message, seal })
    }
}

fn parsed<T: FromStr>(field: &'static str, text: &str) -> Result<T, Rejection> {
    text.parse().map_err(|_| Rejection::FieldInvalid { field })
}
