//! Messages of SNS and their parsing.

use std::{fmt, str::FromStr};

use aws_sans_io::TopicArn;
use base64::{Engine, engine::general_purpose::STANDARD};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{MessageId, Rejection, SignatureVersion, Token};
use crate::{envelope::Envelope, signature::string_to_sign};

/// A message of SNS.
///
/// See the [crate documentation](crate) for an example of its verification.
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The ID of the message, which is the same for all retries.
    pub id: MessageId,
    /// The topic that the message was published to.
    pub topic: TopicArn,
    /// When the message was published.
    pub timestamp: OffsetDateTime,
    /// The content, which depends on the type of the message.
    pub content: Content,
}

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A request to [confirm](super::ConfirmSubscription) a subscription of this endpoint.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html)
    SubscriptionConfirmation {
        /// The token that confirms the subscription.
        token: Token,
    },
    /// A published message.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html)
    Notification {
        /// The subject, if the publisher set one.
        subject: Option<String>,
        /// The text. For events of Amazon SES, see [`aws_sans_io::ses::event`].
        text: String,
    },
    /// A notice that this endpoint was unsubscribed. Its token is dropped: confirming it would subscribe the endpoint again.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/http-unsubscribe-confirmation-json.html)
    UnsubscribeConfirmation,
}

/// The signature of a message.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SignedData {
    pub(super) version: SignatureVersion,
    pub(super) signature: Vec<u8>,
    pub(super) string_to_sign: String,
    pub(super) certificate_url: String,
}

impl fmt::Debug for SignedData {
    // The string to sign contains the token, even if the message doesn't keep it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedData([redacted])")
    }
}

impl Message {
    /// Parses the envelope into the message and what its signature covers.
    pub(super) fn parse_signed(body: &[u8]) -> Result<(Self, SignedData), Rejection> {
        let mut envelope = Envelope::parse(body)?;
        let kind = envelope.take("Type")?;
        let message_id = envelope.take("MessageId")?;
        let topic_arn = envelope.take("TopicArn")?;
        let timestamp = envelope.take("Timestamp")?;
        let text = envelope.take("Message")?;

        let (content, string_to_sign) = match kind.as_str() {
            "Notification" => {
                let subject = envelope.take_optional("Subject")?;
                if subject.as_ref().is_some_and(|subject| subject.contains(char::is_control)) {
                    return Err(Rejection::FieldInvalid { field: "Subject" });
                }
                let mut fields = vec![("Message", text.as_str()), ("MessageId", &message_id)];
                fields.extend(subject.as_deref().map(|subject| ("Subject", subject)));
                fields.extend([("Timestamp", timestamp.as_str()), ("TopicArn", &topic_arn), ("Type", &kind)]);
                let string_to_sign = string_to_sign(&fields);
                (Content::Notification { subject, text }, string_to_sign)
            }
            "SubscriptionConfirmation" | "UnsubscribeConfirmation" => {
                let subscribe_url = envelope.take("SubscribeURL")?;
                if subscribe_url.contains(char::is_control) {
                    return Err(Rejection::FieldInvalid { field: "SubscribeURL" });
                }
                let token: Token = parse_field("Token", &envelope.take("Token")?)?;
                let string_to_sign = string_to_sign(&[
                    ("Message", &text),
                    ("MessageId", &message_id),
                    ("SubscribeURL", &subscribe_url),
                    ("Timestamp", &timestamp),
                    ("Token", token.expose_secret()),
                    ("TopicArn", &topic_arn),
                    ("Type", &kind),
                ]);
                let content = if kind == "SubscriptionConfirmation" {
                    Content::SubscriptionConfirmation { token }
                } else {
                    Content::UnsubscribeConfirmation
                };
                (content, string_to_sign)
            }
            _ => return Err(Rejection::TypeUnknown),
        };

        let topic: TopicArn = parse_field("TopicArn", &topic_arn)?;
        // Parsing removes whitespace around an ARN, which may have been pasted. The signature covers it.
        if topic.as_str() != topic_arn {
            return Err(Rejection::FieldInvalid { field: "TopicArn" });
        }
        let message = Self {
            id: parse_field("MessageId", &message_id)?,
            topic,
            timestamp: OffsetDateTime::parse(&timestamp, &Rfc3339)
                .map_err(|_| Rejection::FieldInvalid { field: "Timestamp" })?,
            content,
        };
        let signed_data = SignedData {
            version: envelope
                .take("SignatureVersion")?
                .parse()
                .map_err(|_| Rejection::SignatureVersionUnknown)?,
            signature: STANDARD
                .decode(envelope.take("Signature")?)
                .map_err(|_| Rejection::FieldInvalid { field: "Signature" })?,
            string_to_sign,
            certificate_url: envelope.take("SigningCertURL")?,
        };
        Ok((message, signed_data))
    }
}

fn parse_field<T: FromStr>(field: &'static str, text: &str) -> Result<T, Rejection> {
    text.parse().map_err(|_| Rejection::FieldInvalid { field })
}
