//! Types of events that SES publishes about an email.

use std::{borrow::Cow, fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};
use thiserror::Error;

/// The type of an event: what happened to an email.
///
/// The textual form is `send`, `delivery`, `renderingFailure` and so on. A type that this crate doesn't know has the form
/// `other:<name>`, with the name that SES uses. Because of this variant, the enum is exhaustive: new types don't break a `match`.
///
/// ```
/// use aws_sans_io::ses::EventType;
///
/// assert_eq!(EventType::from_ses("Rendering Failure").to_string(), "renderingFailure");
/// assert_eq!("renderingFailure".parse(), Ok(EventType::RenderingFailure));
/// assert_eq!(EventType::from_ses("Something New").to_string(), "other:Something New");
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html)
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub enum EventType {
    /// SES accepted the email and will try to deliver it.
    Send,
    /// The recipient's mail server accepted the email.
    Delivery,
    /// The recipient's mail server rejected the email permanently, or SES stopped trying to deliver it.
    Bounce,
    /// The recipient marked the email as spam.
    Complaint,
    /// SES found a virus in the email and didn't send it.
    Reject,
    /// The recipient opened the email.
    Open,
    /// The recipient clicked a link in the email.
    Click,
    /// SES couldn't render a template, so it didn't send the email.
    RenderingFailure,
    /// The email couldn't be delivered yet. SES keeps trying.
    DeliveryDelay,
    /// The recipient unsubscribed or changed their preferences in the subscription management of SES.
    Subscription,
    /// A type that is unknown to this crate, with the name that SES uses.
    Other(String),
}

/// Each type with its `eventType` in SES and its textual form.
static NAMES: [(EventType, &str, &str); 10] = [
    (EventType::Send, "Send", "send"),
    (EventType::Delivery, "Delivery", "delivery"),
    (EventType::Bounce, "Bounce", "bounce"),
    (EventType::Complaint, "Complaint", "complaint"),
    (EventType::Reject, "Reject", "reject"),
    (EventType::Open, "Open", "open"),
    (EventType::Click, "Click", "click"),
    (EventType::RenderingFailure, "Rendering Failure", "renderingFailure"),
    (EventType::DeliveryDelay, "DeliveryDelay", "deliveryDelay"),
    (EventType::Subscription, "Subscription", "subscription"),
];

/// Prefix of unknown types.
const OTHER: &str = "other:";

impl EventType {
    /// Returns the 10 types that AWS documents.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        NAMES.iter().map(|(kind, _, _)| kind.clone())
    }

    /// Returns the type with this `eventType` in SES.
    #[must_use]
    pub fn from_ses(name: &str) -> Self {
        NAMES
            .iter()
            .find(|(_, ses, _)| *ses == name)
            .map_or_else(|| Self::Other(name.to_owned()), |(kind, _, _)| kind.clone())
    }

    /// Returns the textual form.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        if let Self::Other(name) = self {
            return Cow::Owned(format!("{OTHER}{name}"));
        }
        NAMES
            .iter()
            .find(|(kind, _, _)| kind == self)
            .map_or(Cow::Borrowed(OTHER), |(_, _, name)| Cow::Borrowed(*name))
    }
}

/// The error of a text that is not the textual form of an [`EventType`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an event type of Amazon SES, such as delivery")]
pub struct ParseEventTypeError;

impl FromStr for EventType {
    type Err = ParseEventTypeError;

    fn from_str(text: &str) -> Result<Self, ParseEventTypeError> {
        if let Some(other) = text.strip_prefix(OTHER) {
            return Ok(Self::Other(other.to_owned()));
        }
        let found = NAMES.iter().find(|(_, _, name)| *name == text);
        found.map(|(kind, _, _)| kind.clone()).ok_or(ParseEventTypeError)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_documented_type_has_a_textual_form() {
        let names: Vec<_> = EventType::all().map(|kind| kind.to_string()).collect();
        assert_eq!(
            names,
            [
                "send",
                "delivery",
                "bounce",
                "complaint",
                "reject",
                "open",
                "click",
                "renderingFailure",
                "deliveryDelay",
                "subscription"
            ]
        );
    }

    #[test]
    fn names_of_ses_are_case_sensitive() {
        assert_eq!(EventType::from_ses("Rendering Failure"), EventType::RenderingFailure);
        assert_eq!(EventType::from_ses("DeliveryDelay"), EventType::DeliveryDelay);
        assert_eq!(EventType::from_ses("bounce"), EventType::Other("bounce".into()));
    }

    #[test]
    fn other_text_is_not_an_event_type() {
        assert!(serde_json::from_str::<EventType>("\"Bounce\"").is_err());
        assert!(serde_json::from_str::<EventType>("null").is_err());
    }

    proptest! {
        #[test]
        fn the_json_form_can_be_parsed(name in "\\PC{0,20}|Bounce|Open|bounce|other:x") {
            let kind = EventType::from_ses(&name);
            let json = serde_json::to_string(&kind).unwrap();
            prop_assert_eq!(serde_json::from_str::<EventType>(&json).unwrap(), kind);
        }
    }
}
