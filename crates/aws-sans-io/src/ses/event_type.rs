//! The kinds of events that SES publishes about a sent email.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What happened to an email. In JSON it is the `type` of an event: `send`, `delivery`, …, `renderingFailure`.
///
/// A kind that Amazon SES added later is kept under its own name as `other:<name>`, so that nothing that was published is lost.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    /// SES accepted the email and will try to deliver it.
    Send,
    /// The recipient's mail server took the email.
    Delivery,
    /// The recipient's mail server refused the email for good, or SES gave up trying.
    Bounce,
    /// The recipient called the email spam.
    Complaint,
    /// SES found a virus in the email and didn't send it.
    Reject,
    /// The recipient opened the email.
    Open,
    /// The recipient clicked a link in the email.
    Click,
    /// A template of SES could not be rendered; the email wasn't sent.
    RenderingFailure,
    /// The email could not be delivered yet; SES goes on trying.
    DeliveryDelay,
    /// The recipient changed their topic preferences or unsubscribed by SES's own subscription management.
    Subscription,
    /// A kind that isn't known here, by SES's name for it.
    Other(String),
}

/// Each kind with SES's `eventType` and its name in the API.
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

/// What a kind that isn't known begins with in JSON.
const OTHER: &str = "other:";

impl EventType {
    /// The ten kinds that Amazon SES documents.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        NAMES.iter().map(|(kind, _, _)| kind.clone())
    }

    /// The kind that SES names so in `eventType`.
    #[must_use]
    pub fn from_ses(name: &str) -> Self {
        NAMES
            .iter()
            .find(|(_, ses, _)| *ses == name)
            .map_or_else(|| Self::Other(name.to_owned()), |(kind, _, _)| kind.clone())
    }

    /// The name in the API: `send`, …, or `other:<SES's name>`.
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

    /// The kind that the API names so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(other) = name.strip_prefix(OTHER) {
            return Some(Self::Other(other.to_owned()));
        }
        NAMES.iter().find(|(_, _, api)| *api == name).map(|(kind, _, _)| kind.clone())
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for EventType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for EventType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_name(&name)
            .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&name), &"an event type"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_names_are_the_ones_of_the_api() {
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
    fn ses_writes_them_with_capitals_and_one_with_a_space() {
        assert_eq!(EventType::from_ses("Rendering Failure"), EventType::RenderingFailure);
        assert_eq!(EventType::from_ses("DeliveryDelay"), EventType::DeliveryDelay);
        assert_eq!(EventType::from_ses("bounce"), EventType::Other("bounce".into()));
    }

    #[test]
    fn a_name_that_the_api_does_not_have_is_no_event_type() {
        assert!(serde_json::from_str::<EventType>("\"Bounce\"").is_err());
        assert!(serde_json::from_str::<EventType>("null").is_err());
    }

    proptest! {
        #[test]
        fn what_ses_names_comes_back_from_json(name in "\\PC{0,20}|Bounce|Open|bounce|other:x") {
            let kind = EventType::from_ses(&name);
            let json = serde_json::to_string(&kind).unwrap();
            prop_assert_eq!(serde_json::from_str::<EventType>(&json).unwrap(), kind);
        }
    }
}
