//! The schema of an email's event: one object for each kind, discriminated by `type`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::EmailEvent;
use crate::schema::Timestamp;

/// Declares an event, its type and its details.
macro_rules! event {
    ($name:ident, $description:literal, $type:tt, $detail:ty) => {
        struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                event($description, json_schema!($type), generator.subschema_for::<$detail>(), generator)
            }
        }
    };
}

event!(SendEvent, "SES accepted the email.", { "type": "string", "const": "send" }, NoDetail);
event!(
    DeliveryEvent,
    "A recipient's mail server accepted the email.",
    { "type": "string", "const": "delivery" },
    DeliveryDetail
);
event!(BounceEvent, "The email bounced.", { "type": "string", "const": "bounce" }, BounceDetail);
event!(
    ComplaintEvent,
    "A recipient marked the email as spam.",
    { "type": "string", "const": "complaint" },
    ComplaintDetail
);
event!(RejectEvent, "SES didn't send the email.", { "type": "string", "const": "reject" }, RejectDetail);
event!(OpenEvent, "A recipient opened the email.", { "type": "string", "const": "open" }, OpenDetail);
event!(ClickEvent, "A recipient clicked a link.", { "type": "string", "const": "click" }, ClickDetail);
event!(
    RenderingFailureEvent,
    "SES could not render a template of its own.",
    { "type": "string", "const": "renderingFailure" },
    RenderingFailureDetail
);
event!(
    DeliveryDelayEvent,
    "The email is not delivered yet. SES keeps trying.",
    { "type": "string", "const": "deliveryDelay" },
    DeliveryDelayDetail
);
event!(
    SubscriptionEvent,
    "A recipient changed their preferences through SES's subscription management.",
    { "type": "string", "const": "subscription" },
    SubscriptionDetail
);
event!(
    OtherEvent,
    "An event of a kind that Kraiter doesn't know.",
    { "type": "string", "pattern": "^other:" },
    NoDetail
);

/// The details of an event that has none.
pub(super) struct NoDetail;

impl JsonSchema for NoDetail {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "NoDetail".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": false })
    }
}

/// The details of a delivery.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DeliveryDetail {
    /// The response of the recipient's mail server.
    smtp_response: Option<String>,
}

/// The details of a bounce.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BounceDetail {
    /// `Permanent`, `Transient` or `Undetermined`.
    bounce_type: Option<String>,
    /// The subtype, such as `General`, `NoEmail`, `MailboxFull` or `OnAccountSuppressionList`.
    bounce_sub_type: Option<String>,
    /// The reports of the recipients' mail servers.
    bounced_recipients: Vec<RecipientStatus>,
}

/// The details of a complaint.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ComplaintDetail {
    /// The type of feedback, such as `abuse` or `not-spam`.
    complaint_feedback_type: Option<String>,
    /// `OnAccountSuppressionList` if SES did not send the email because of an earlier complaint.
    complaint_sub_type: Option<String>,
}

/// The details of a rejection.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RejectDetail {
    /// `Bad content` if the email contains malware.
    reason: Option<String>,
}

/// The details of an open.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct OpenDetail {
    /// The user agent of the email client.
    user_agent: Option<String>,
}

/// The details of a click.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ClickDetail {
    /// The URL of the link.
    link: Option<String>,
    /// The user agent of the browser.
    user_agent: Option<String>,
}

/// The details of a rendering failure.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RenderingFailureDetail {
    /// The name of the SES template.
    template_name: Option<String>,
    /// Description of the error.
    error_message: Option<String>,
}

/// The details of a delivery delay.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DeliveryDelayDetail {
    /// The cause, such as `MailboxFull`, `SpamDetected` or `TransientCommunicationFailure`.
    delay_type: Option<String>,
    /// Time at which SES stops trying.
    #[schemars(with = "Option<Timestamp>")]
    expiration_time: Option<String>,
    /// The reports of the recipients' mail servers.
    delayed_recipients: Vec<RecipientStatus>,
}

/// The details of a change of preferences.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SubscriptionDetail {
    /// The contact list in SES.
    contact_list: Option<String>,
    /// The way the recipient changed them, such as `UnsubscribeHeader`.
    source: Option<String>,
    /// True if the recipient unsubscribed from the whole list.
    unsubscribe_all: Option<bool>,
}

/// A mail server's report about a recipient.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RecipientStatus {
    /// The recipient.
    email_address: String,
    /// The enhanced status code, such as `5.1.1` (RFC 3463).
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// The message of the mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostic_code: Option<String>,
}

fn event(description: &str, kind: Schema, detail: Schema, generator: &mut SchemaGenerator) -> Schema {
    let described = |mut schema: Schema, description: &str| {
        schema.insert("description".into(), description.into());
        schema
    };
    json_schema!({
        "type": "object",
        "description": description,
        "properties": {
            "type": described(kind, "The kind of event."),
            "at": described(generator.subschema_for::<Timestamp>(), "Time of the event, by SES's clock."),
            "recipients": {
                "type": "array",
                "items": { "type": "string" },
                "description": "The recipients it concerns; every recipient if SES doesn't name them.",
            },
            "detail": described(detail, "The details that SES reported."),
        },
        "required": ["type", "at", "recipients", "detail"],
    })
}

impl JsonSchema for EmailEvent {
    fn schema_name() -> Cow<'static, str> {
        "EmailEvent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An event that SES reported about an email. `type` is the kind of event.",
            "oneOf": [
                generator.subschema_for::<SendEvent>(),
                generator.subschema_for::<DeliveryEvent>(),
                generator.subschema_for::<BounceEvent>(),
                generator.subschema_for::<ComplaintEvent>(),
                generator.subschema_for::<RejectEvent>(),
                generator.subschema_for::<OpenEvent>(),
                generator.subschema_for::<ClickEvent>(),
                generator.subschema_for::<RenderingFailureEvent>(),
                generator.subschema_for::<DeliveryDelayEvent>(),
                generator.subschema_for::<SubscriptionEvent>(),
                generator.subschema_for::<OtherEvent>(),
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use aws_sans_io::ses::{
        EventType,
        event::{Event, Notification},
    };
    use serde_json::{Value, json};

    use super::*;

    /// The events of Amazon's documentation.
    fn events() -> Vec<Event> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sns-verify/tests/vectors/events");
        let texts =
            fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let event =
            |text: String| match Notification::parse(&text, "message-id", time::OffsetDateTime::UNIX_EPOCH)
                .unwrap()
            {
                Notification::Event(event) => *event,
                other => panic!("{other:?}"),
            };
        texts.map(event).collect()
    }

    fn round_trip<T: Serialize + for<'de> Deserialize<'de>>(detail: Value) -> Value {
        serde_json::to_value(serde_json::from_value::<T>(detail).unwrap()).unwrap()
    }

    #[test]
    fn the_details_of_every_kind_have_the_members_of_the_schema() {
        let events = events();
        for event in &events {
            let detail = serde_json::to_value(&event.detail).unwrap();
            let expected = detail.clone();
            let read = match event.event_type {
                EventType::Delivery => round_trip::<DeliveryDetail>(detail),
                EventType::Bounce => round_trip::<BounceDetail>(detail),
                EventType::Complaint => round_trip::<ComplaintDetail>(detail),
                EventType::Reject => round_trip::<RejectDetail>(detail),
                EventType::Open => round_trip::<OpenDetail>(detail),
                EventType::Click => round_trip::<ClickDetail>(detail),
                EventType::RenderingFailure => round_trip::<RenderingFailureDetail>(detail),
                EventType::DeliveryDelay => round_trip::<DeliveryDelayDetail>(detail),
                EventType::Subscription => round_trip::<SubscriptionDetail>(detail),
                _ => json!({}),
            };
            assert_eq!(read, expected, "{}", event.event_type);
        }
        let kinds: BTreeSet<_> = events.iter().map(|event| event.event_type.to_string()).collect();
        assert_eq!(kinds, EventType::all().map(|kind| kind.to_string()).collect());
    }

    #[test]
    fn every_kind_of_event_has_a_schema() {
        let mut generator = SchemaGenerator::default();
        EmailEvent::json_schema(&mut generator);
        let definitions = generator.take_definitions(true);
        let types: BTreeSet<_> = definitions
            .values()
            .filter_map(|schema| schema.pointer("/properties/type/const")?.as_str().map(str::to_owned))
            .collect();
        assert_eq!(types, EventType::all().map(|kind| kind.to_string()).collect());
    }
}
