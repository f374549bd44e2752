//! The types of events in the feed.

use std::str::FromStr;

use aws_sans_io::ses::EventType;
use serde_with::{DeserializeFromStr, SerializeDisplay};
use thiserror::Error;

use crate::connection::BindingStatus;

/// The type of an event in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub enum FeedEventType {
    /// Kraiter accepted the email.
    EmailAccepted,
    /// SES accepted the email.
    EmailSent,
    /// A recipient's mail server accepted the email.
    EmailDelivered,
    /// The email is not delivered yet. SES keeps trying.
    EmailDeliveryDelayed,
    /// The email bounced, permanently or temporarily.
    EmailBounced,
    /// A recipient marked the email as spam.
    EmailComplained,
    /// A recipient opened the email.
    EmailOpened,
    /// A recipient clicked a link.
    EmailClicked,
    /// The email could not be sent.
    EmailFailed,
    /// Recipients were removed from the email because they are suppressed.
    EmailSuppressed,
    /// A recipient unsubscribed.
    EmailUnsubscribed,
    /// The connection to the AWS account works.
    ConnectionConnected,
    /// The connection to the AWS account has a problem.
    ConnectionDegraded,
    /// The role can be assumed without the external ID.
    ConnectionInsecure,
    /// SES verified a sender identity.
    IdentityVerified,
    /// A newer template than that of the stack is published.
    StackOutdated,
    /// The bounce or complaint rate has reached a level at which AWS may act.
    ReputationWarning,
    /// Kraiter disabled a webhook endpoint.
    WebhookDisabled,
}

/// The error for a text that is not the name of a type.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("there is no such type of event")]
pub struct UnknownFeedEventType;

impl FeedEventType {
    /// Every type, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::EmailAccepted,
        Self::EmailSent,
        Self::EmailDelivered,
        Self::EmailDeliveryDelayed,
        Self::EmailBounced,
        Self::EmailComplained,
        Self::EmailOpened,
        Self::EmailClicked,
        Self::EmailFailed,
        Self::EmailSuppressed,
        Self::EmailUnsubscribed,
        Self::ConnectionConnected,
        Self::ConnectionDegraded,
        Self::ConnectionInsecure,
        Self::IdentityVerified,
        Self::StackOutdated,
        Self::ReputationWarning,
        Self::WebhookDisabled,
    ];

    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmailAccepted => "email.accepted",
            Self::EmailSent => "email.sent",
            Self::EmailDelivered => "email.delivered",
            Self::EmailDeliveryDelayed => "email.delivery_delayed",
            Self::EmailBounced => "email.bounced",
            Self::EmailComplained => "email.complained",
            Self::EmailOpened => "email.opened",
            Self::EmailClicked => "email.clicked",
            Self::EmailFailed => "email.failed",
            Self::EmailSuppressed => "email.suppressed",
            Self::EmailUnsubscribed => "email.unsubscribed",
            Self::ConnectionConnected => "connection.connected",
            Self::ConnectionDegraded => "connection.degraded",
            Self::ConnectionInsecure => "connection.insecure",
            Self::IdentityVerified => "identity.verified",
            Self::StackOutdated => "stack.outdated",
            Self::ReputationWarning => "reputation.warning",
            Self::WebhookDisabled => "webhook.disabled",
        }
    }

    /// Returns the number in storage, below 32.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the type with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Returns the type of an event that SES reports about an email, or `None` if the feed doesn't contain it: `email.sent` is recorded when
    /// SES accepts the email, whether its response or its event arrives first.
    #[must_use]
    pub const fn from_ses(event: &EventType) -> Option<Self> {
        match event {
            EventType::Delivery => Some(Self::EmailDelivered),
            EventType::DeliveryDelay => Some(Self::EmailDeliveryDelayed),
            EventType::Bounce => Some(Self::EmailBounced),
            EventType::Complaint => Some(Self::EmailComplained),
            EventType::Open => Some(Self::EmailOpened),
            EventType::Click => Some(Self::EmailClicked),
            EventType::Reject | EventType::RenderingFailure => Some(Self::EmailFailed),
            EventType::Send | EventType::Subscription | EventType::Other(_) => None,
        }
    }

    /// Returns the type of a change to this status of the connection, or `None` if the feed doesn't contain it.
    #[must_use]
    pub const fn from_connection(status: BindingStatus) -> Option<Self> {
        match status {
            BindingStatus::Connected => Some(Self::ConnectionConnected),
            BindingStatus::Degraded => Some(Self::ConnectionDegraded),
            BindingStatus::Insecure => Some(Self::ConnectionInsecure),
            BindingStatus::NotConnected
            | BindingStatus::AwaitingStack
            | BindingStatus::Verifying
            | BindingStatus::Disconnected => None,
        }
    }
}

impl std::fmt::Display for FeedEventType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FeedEventType {
    type Err = UnknownFeedEventType;

    fn from_str(text: &str) -> Result<Self, UnknownFeedEventType> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(UnknownFeedEventType)
    }
}

#[cfg(feature = "schemars")]
crate::schema!(FeedEventType, "FeedEventType", {
    "type": "string",
    "description": "The type of an event in the feed.",
    "enum": FeedEventType::ALL.map(FeedEventType::name),
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_restored_from_its_name_and_its_number() {
        for kind in FeedEventType::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(FeedEventType::from_number(kind.number()), Some(kind));
            assert!(kind.number() < 32);
        }
        assert_eq!(FeedEventType::from_number(31), None);
        assert_eq!("email.Sent".parse::<FeedEventType>(), Err(UnknownFeedEventType));
    }

    #[test]
    fn a_send_event_is_no_event_of_its_own() {
        assert_eq!(FeedEventType::from_ses(&EventType::Send), None);
        assert_eq!(FeedEventType::from_ses(&EventType::Reject), Some(FeedEventType::EmailFailed));
    }
}
