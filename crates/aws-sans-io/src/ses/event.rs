//! What Amazon SES publishes about an email through the topic of a configuration set.
//!
//! A topic carries more than events; [`Published`] tells them apart. What is read here was signed by SNS, but the owner of the
//! topic may publish what they like to it: believe it about their own emails only.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>

mod read;

use serde::Serialize;
use thiserror::Error;
use time::OffsetDateTime;

use super::EventType;

/// The longest text that is kept of an event, in characters. Mail servers write what they like into a diagnostic code, and a
/// link can have any length.
pub const MAX_TEXT: usize = 2048;

/// A notification's text, by what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// An event about an email.
    Event(Box<Event>),
    /// The older feedback format (`notificationType`), which an identity sends to a topic of its own. It carries no tags, and
    /// the configuration set's events say the same: to be reported, not stored.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html>
    LegacyFeedback {
        /// SES's name: `Bounce`, `Complaint`, `Delivery`, `Received`, `AmazonSnsSubscriptionSucceeded`.
        notification_type: String,
    },
    /// SES tried out the topic when the event destination was made.
    TopicValidation,
}

impl Published {
    /// Reads the text of a notification. Fields that aren't known are passed over.
    ///
    /// ```
    /// use aws_sans_io::ses::{EventType, event::Published};
    ///
    /// let text = r#"{"eventType": "Send", "send": {}, "mail": {"timestamp": "2026-11-24T14:44:10.820Z",
    ///     "messageId": "0102019ab", "destination": ["ada@example.com"], "tags": {"message-id": ["01JD"]}}}"#;
    /// let Published::Event(event) = Published::parse(text, "message-id")? else { panic!() };
    /// assert_eq!((event.event_type, event.message_id.as_deref()), (EventType::Send, Some("01JD")));
    /// # Ok::<(), aws_sans_io::ses::event::EventError>(())
    /// ```
    ///
    /// # Errors
    /// [`EventError`] where it isn't an event, or one that can't be placed.
    pub fn parse(text: &str, message_id_tag: &str) -> Result<Self, EventError> {
        read::published(text, message_id_tag)
    }
}

/// Something that happened to an email. As JSON it is what `GET /v1/emails/{id}` lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened. Send, reject and rendering failure have no time of their own: for them, when SES took the email.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// SES's id of the email, as `SendEmail` answered it.
    pub ses_message_id: String,
    /// Our id of the email, from its tag; `None` where something else sent it with the configuration set.
    pub message_id: Option<String>,
    /// Those whom the event is about; all recipients where SES doesn't tell them apart.
    pub recipients: Vec<String>,
    /// What is known besides.
    pub detail: Detail,
}

impl Event {
    /// Whether it is a bounce that may pass: sending to that recipient later can work.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types>
    #[must_use]
    pub fn is_transient_bounce(&self) -> bool {
        matches!(&self.detail, Detail::Bounce { bounce_type, .. } if bounce_type.as_deref() == Some("Transient"))
    }
}

/// What an event tells, by its kind, in SES's words. SES also tells the IP address of those who open and click: personal data
/// that nothing here needs, and that isn't kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
pub enum Detail {
    /// Of a bounce.
    Bounce {
        /// `Permanent`, `Transient` or `Undetermined`.
        bounce_type: Option<String>,
        /// Such as `General`, `NoEmail`, `Suppressed`, `OnAccountSuppressionList`, `MailboxFull`.
        bounce_sub_type: Option<String>,
        /// What each mail server said.
        bounced_recipients: Vec<RecipientStatus>,
    },
    /// Of a complaint. Most providers don't name the recipient: the event's recipients are then all those of the provider's
    /// domain.
    Complaint {
        /// Such as `abuse`, or `not-spam` for the opposite.
        complaint_feedback_type: Option<String>,
        /// `OnAccountSuppressionList` where SES kept the email back for an earlier complaint.
        complaint_sub_type: Option<String>,
    },
    /// Of a delivery.
    Delivery {
        /// What the recipient's mail server answered.
        smtp_response: Option<String>,
    },
    /// Of a delivery delay.
    DeliveryDelay {
        /// Such as `MailboxFull`, `SpamDetected`, `TransientCommunicationFailure`.
        delay_type: Option<String>,
        /// When SES stops trying.
        #[serde(with = "time::serde::rfc3339::option")]
        expiration_time: Option<OffsetDateTime>,
        /// What each mail server said.
        delayed_recipients: Vec<RecipientStatus>,
    },
    /// Of an open.
    Open {
        /// The mail program, as it names itself.
        user_agent: Option<String>,
    },
    /// Of a click.
    Click {
        /// The link.
        link: Option<String>,
        /// The browser, as it names itself.
        user_agent: Option<String>,
    },
    /// Of a reject.
    Reject {
        /// `Bad content`: a virus.
        reason: Option<String>,
    },
    /// Of a rendering failure.
    RenderingFailure {
        /// SES's template.
        template_name: Option<String>,
        /// What was wrong.
        error_message: Option<String>,
    },
    /// Of a subscription.
    Subscription {
        /// SES's contact list.
        contact_list: Option<String>,
        /// How the recipient did it, such as `UnsubscribeHeader`.
        source: Option<String>,
        /// Whether the recipient wants nothing more from the list.
        unsubscribe_all: Option<bool>,
    },
    /// Of a send, and of a kind that isn't known: nothing.
    Nothing {},
}

/// What a mail server said of one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientStatus {
    /// The recipient.
    pub email_address: String,
    /// The enhanced status code, such as `5.1.1` (RFC 3463).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The mail server's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic_code: Option<String>,
}

/// A notification that no event can be read from.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventError {
    /// Not a JSON object with `eventType` or `notificationType`.
    #[error("the notification is not an event of Amazon SES")]
    NotAnEvent,
    /// A field that every such event has is missing or isn't what SES documents.
    #[error("the event's field {field} is missing or is not what Amazon SES documents")]
    Field {
        /// Its path.
        field: &'static str,
    },
}

impl EventError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnEvent => "ses_not_an_event",
            Self::Field { .. } => "ses_event_field_invalid",
        }
    }

    /// How to mend it. SNS delivers the same again, so it is answered 2xx and reported.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::NotAnEvent => "Let only the configuration set's event destination publish to the topic.",
            Self::Field { .. } => "Nothing has to be done; the event is reported and not counted.",
        }
    }
}
