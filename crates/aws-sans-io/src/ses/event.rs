//! Events that Amazon SES publishes about an email through an SNS topic.
//!
//! A topic also carries other notifications: see [`Notification`]. Verify the SNS message before parsing it, for example with the
//! crate [`sns-verify`](https://docs.rs/sns-verify). The topic's owner can publish any text, so only trust an event about an email
//! that was sent from the owner's account.
//!
//! [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html)

mod parse;

use serde::Serialize;
use thiserror::Error;
use time::OffsetDateTime;

use super::EventType;

/// Maximum length of a text in an event, in characters. Longer texts, such as diagnostic codes and links, are truncated.
pub const MAX_TEXT: usize = 2048;

/// A notification that SES publishes to an SNS topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// An event about an email.
    Event(Box<Event>),
    /// A notification that is not about an email that was sent.
    Other {
        /// The type, such as `Received` or `AmazonSnsSubscriptionSucceeded`.
        notification_type: String,
    },
    /// The message that SES publishes when an event destination is created.
    TopicValidation,
}

impl Notification {
    /// Parses the text of a notification, which was published at the time `published_at`. Unknown fields are ignored.
    ///
    /// The value of the email tag `message_id_tag` becomes [`Event::message_id`]. Bounces, complaints and deliveries are also
    /// accepted in the [older format](https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html)
    /// (`notificationType`), which identities publish and which usually has no tags.
    ///
    /// ```
    /// use aws_sans_io::ses::{EventType, event::Notification};
    /// use time::macros::datetime;
    ///
    /// let text = r#"{"eventType": "Send", "send": {}, "mail": {"timestamp": "2026-11-24T14:44:10.820Z",
    ///     "messageId": "0102019ab", "destination": ["ada@example.com"], "tags": {"message-id": ["01JD"]}}}"#;
    /// let published_at = datetime!(2026-11-24 14:44:11 UTC);
    /// let Notification::Event(event) = Notification::parse(text, "message-id", published_at)? else { panic!() };
    /// assert_eq!(event.event_type, EventType::Send);
    /// assert_eq!(event.message_id.as_deref(), Some("01JD"));
    /// # Ok::<(), aws_sans_io::ses::event::EventError>(())
    /// ```
    ///
    /// # Errors
    /// [`EventError`] if the text isn't a notification of SES, or if a required field is missing or invalid.
    pub fn parse(text: &str, message_id_tag: &str, published_at: OffsetDateTime) -> Result<Self, EventError> {
        parse::notification(text, message_id_tag, published_at)
    }
}

/// An event about an email. The JSON form is in camel case, with the event type as `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened. For types without a time of their own (send, reject and rendering failure), when SES accepted the email.
    /// An unreadable time is replaced by that of the publication.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// When SES accepted the email.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// The ID of a bounce or complaint, the same in every notification about it.
    pub feedback_id: Option<String>,
    /// The message ID that SES assigned.
    pub ses_message_id: String,
    /// The value of the tag that carries the sender's own message ID, or `None` if the email has no such tag.
    pub message_id: Option<String>,
    /// The recipients that SES names in a bounce, complaint, delivery or delay. A bounce contains the address of the bounce message,
    /// which can be another one than the email was sent to, or several in one text.
    pub recipients: Vec<String>,
    /// All recipients of the email.
    pub destination: Vec<String>,
    /// Details that depend on the event type.
    pub detail: Detail,
}

impl Event {
    /// Returns whether the event is a
    /// [transient bounce](https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types):
    /// a later email to the recipient may be delivered.
    #[must_use]
    pub fn is_transient_bounce(&self) -> bool {
        matches!(&self.detail, Detail::Bounce { bounce_type, .. } if bounce_type.as_deref() == Some("Transient"))
    }
}

/// Details of an event, in the terms of SES.
///
/// The IP addresses of recipients who open or click are omitted, because they are personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
pub enum Detail {
    /// Details of a bounce.
    Bounce {
        /// `Permanent`, `Transient` or `Undetermined`.
        bounce_type: Option<String>,
        /// For example `General`, `NoEmail`, `Suppressed`, `OnAccountSuppressionList` or `MailboxFull`.
        bounce_sub_type: Option<String>,
        /// The responses of the mail servers.
        bounced_recipients: Vec<RecipientStatus>,
    },
    /// Details of a complaint. Most providers don't name the recipient, so SES names all recipients at the provider's domain.
    Complaint {
        /// For example `abuse`, or `not-spam` for a retracted complaint.
        complaint_feedback_type: Option<String>,
        /// `OnAccountSuppressionList` if SES didn't send the email because of an earlier complaint.
        complaint_sub_type: Option<String>,
    },
    /// Details of a delivery.
    Delivery {
        /// The response of the recipient's mail server.
        smtp_response: Option<String>,
    },
    /// Details of a delivery delay.
    DeliveryDelay {
        /// For example `MailboxFull`, `SpamDetected` or `TransientCommunicationFailure`.
        delay_type: Option<String>,
        /// When SES stops trying.
        #[serde(with = "time::serde::rfc3339::option")]
        expiration_time: Option<OffsetDateTime>,
        /// The responses of the mail servers.
        delayed_recipients: Vec<RecipientStatus>,
    },
    /// Details of an open.
    Open {
        /// The user agent of the email client.
        user_agent: Option<String>,
    },
    /// Details of a click.
    Click {
        /// The URL of the link.
        link: Option<String>,
        /// The user agent of the browser.
        user_agent: Option<String>,
    },
    /// Details of a reject.
    Reject {
        /// `Bad content` for a virus.
        reason: Option<String>,
    },
    /// Details of a rendering failure.
    RenderingFailure {
        /// The name of the SES template.
        template_name: Option<String>,
        /// The error.
        error_message: Option<String>,
    },
    /// Details of a change of subscription.
    Subscription {
        /// The SES contact list.
        contact_list: Option<String>,
        /// How the recipient changed it, such as `UnsubscribeHeader`.
        source: Option<String>,
        /// Whether the recipient unsubscribed from all topics of the list.
        unsubscribe_all: Option<bool>,
    },
    /// A send or an unknown event type, which have no details.
    Empty {},
}

/// The response of a mail server for one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientStatus {
    /// The recipient.
    pub email_address: String,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The unchanged response of the mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic_code: Option<String>,
}

/// The error of a text that can't be parsed as a notification of SES.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventError {
    /// The text isn't a JSON object with `eventType` or `notificationType`.
    #[error("the notification is not an event of Amazon SES")]
    NotAnEvent,
    /// A required field is missing or invalid.
    #[error("the event's field \"{field}\" is missing or invalid")]
    Field {
        /// The path of the field.
        field: &'static str,
    },
}

impl EventError {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnEvent => "ses_not_an_event",
            Self::Field { .. } => "ses_event_field_invalid",
        }
    }

    /// Returns a sentence that says how to fix the error.
    ///
    /// Acknowledge the SNS message all the same: a retry would contain the same text.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::NotAnEvent => {
                "Only let the event destination of the configuration set publish to the topic."
            }
            Self::Field { .. } => "No action needed: the event is ignored.",
        }
    }
}
