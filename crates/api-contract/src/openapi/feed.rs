//! The schema of an event of the feed: one object for each type.

use std::borrow::Cow;

use aws_sans_io::Region;
use domain::{
    FeedEventId, IdentityId, WebhookId,
    delivery::{RateLevel, ReputationMetric},
    onboarding::{StackId, TemplateVersion},
    suppression::SuppressedRecipient,
    webhooks::DisabledReason,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::events::{
    BounceDetail, ClickDetail, ComplaintDetail, DeliveryDelayDetail, DeliveryDetail, NoDetail, OpenDetail,
};
use crate::{FeedEvent, Reason, schema::Timestamp};

/// Declares an event of the feed, its type and its data.
macro_rules! feed_event {
    ($name:ident, $type:literal, $description:literal, $data:ident<$detail:ty>) => {
        struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let detail = generator.subschema_for::<$detail>();
                event($description, $type, $data(detail), generator)
            }
        }
    };
}

feed_event!(EmailAcceptedEvent, "email.accepted", "Kraiter accepted the email.", of_email<NoDetail>);
feed_event!(EmailSentEvent, "email.sent", "SES accepted the email.", of_email<SentDetail>);
feed_event!(
    EmailDeliveredEvent,
    "email.delivered",
    "A recipient's mail server accepted the email.",
    of_email<DeliveryDetail>
);
feed_event!(
    EmailDeliveryDelayedEvent,
    "email.delivery_delayed",
    "The email is not delivered yet. SES keeps trying.",
    of_email<DeliveryDelayDetail>
);
feed_event!(
    EmailBouncedEvent,
    "email.bounced",
    "The email bounced: permanently, or temporarily if `bounceType` is `Transient`.",
    of_email<BounceDetail>
);
feed_event!(
    EmailComplainedEvent,
    "email.complained",
    "A recipient marked the email as spam.",
    of_email<ComplaintDetail>
);
feed_event!(EmailOpenedEvent, "email.opened", "A recipient opened the email.", of_email<OpenDetail>);
feed_event!(EmailClickedEvent, "email.clicked", "A recipient clicked a link.", of_email<ClickDetail>);
feed_event!(EmailFailedEvent, "email.failed", "The email could not be sent.", of_email<FailedDetail>);
feed_event!(
    EmailSuppressedEvent,
    "email.suppressed",
    "Recipients were removed from the email because they are suppressed.",
    of_email<SuppressedDetail>
);
feed_event!(
    EmailUnsubscribedEvent,
    "email.unsubscribed",
    "A recipient unsubscribed by the link in the email.",
    of_email<NoDetail>
);
feed_event!(
    ConnectionConnectedEvent,
    "connection.connected",
    "The connection to the AWS account works.",
    as_it_is<ConnectionData>
);
feed_event!(
    ConnectionDegradedEvent,
    "connection.degraded",
    "The connection to the AWS account has a problem.",
    as_it_is<ConnectionData>
);
feed_event!(
    ConnectionInsecureEvent,
    "connection.insecure",
    "The role can be assumed without the external ID.",
    as_it_is<ConnectionData>
);
feed_event!(
    IdentityVerifiedEvent,
    "identity.verified",
    "SES verified a sender identity.",
    as_it_is<IdentityVerifiedData>
);
feed_event!(
    StackOutdatedEvent,
    "stack.outdated",
    "A newer template than that of the stack is published.",
    as_it_is<StackOutdatedData>
);
feed_event!(
    ReputationWarningEvent,
    "reputation.warning",
    "The bounce or complaint rate has reached a level at which AWS may act.",
    as_it_is<ReputationWarningData>
);
feed_event!(
    WebhookDisabledEvent,
    "webhook.disabled",
    "Kraiter disabled a webhook endpoint, because every delivery failed for three days or it responded with 410.",
    as_it_is<WebhookDisabledData>
);

/// The identity.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct IdentityVerifiedData {
    /// The identity's id.
    identity_id: IdentityId,
    /// The domain or email address.
    identity: String,
    /// The region.
    region: Region,
}

/// The stack and the templates.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct StackOutdatedData {
    /// The stack's ARN.
    stack_id: StackId,
    /// The version of the stack's template.
    template_version: TemplateVersion,
    /// The version of the published template.
    published_version: TemplateVersion,
}

/// A bounce or complaint rate.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct ReputationWarningData {
    /// The region.
    region: Region,
    /// What the rate counts.
    metric: ReputationMetric,
    /// The rate compared with AWS's limits.
    level: RateLevel,
    /// The share of the sent emails, from 0 to 1.
    rate: f64,
}

/// The endpoint and why it was disabled.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct WebhookDisabledData {
    /// The endpoint's id.
    webhook_id: WebhookId,
    /// Why it was disabled.
    reason: DisabledReason,
}

/// The details of an email that SES accepted.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct SentDetail {
    /// SES's ID of the email.
    ses_message_id: Option<String>,
}

/// The details of an email that could not be sent.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct FailedDetail {
    /// AWS's error code, or Kraiter's.
    code: String,
    /// Description of the error.
    message: Option<String>,
}

/// The recipients that were removed from an email.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct SuppressedDetail {
    /// The recipients, with the reason of each.
    suppressed: Vec<SuppressedRecipient>,
}

/// The data of an event about the connection.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct ConnectionData {
    /// The reason; `null` if the connection works.
    reason: Option<Reason>,
}

fn as_it_is(data: Schema) -> Schema {
    data
}

fn of_email(mut detail: Schema) -> Schema {
    detail.insert("description".into(), "The details, by type.".into());
    let addresses = |kind: serde_json::Value, description: &str| json!({ "type": kind, "items": { "type": "string" }, "description": description });
    json_schema!({
        "type": "object",
        "properties": {
            "emailId": { "type": "string", "description": "The email's id." },
            "from": { "type": ["string", "null"], "description": "The sender; `null` if the email has been deleted." },
            "to": addresses(json!(["array", "null"]), "The recipients in `to`; `null` if the email has been deleted."),
            "subject": { "type": ["string", "null"], "description": "The subject; `null` if the email has been deleted." },
            "tags": {
                "type": ["object", "null"],
                "additionalProperties": { "type": "string" },
                "description": "Tags by name; `null` if the email has been deleted.",
            },
            "test": { "type": "boolean", "description": "True if a test key sent the email; false if the email has been deleted." },
            "recipients": addresses(json!("array"), "The recipients that the event is about."),
            "detail": detail,
        },
        "required": ["emailId", "from", "to", "subject", "tags", "test", "recipients", "detail"],
    })
}

fn event(description: &str, kind: &str, mut data: Schema, generator: &mut SchemaGenerator) -> Schema {
    let described = |mut schema: Schema, description: &str| {
        schema.insert("description".into(), description.into());
        schema
    };
    data.insert("description".into(), "What happened.".into());
    json_schema!({
        "type": "object",
        "description": description,
        "properties": {
            "id": described(
                generator.subschema_for::<FeedEventId>(),
                "The event's id, the same in every delivery to every endpoint: the header `webhook-id`.",
            ),
            "number": {
                "type": "integer",
                "minimum": 1,
                "description": "The number in the organisation's feed. Numbers have no gaps.",
            },
            "type": { "type": "string", "const": kind, "description": "The type of the event." },
            "timestamp": described(generator.subschema_for::<Timestamp>(), "Time of the event."),
            "data": data,
        },
        "required": ["id", "number", "type", "timestamp", "data"],
    })
}

impl JsonSchema for FeedEvent {
    fn schema_name() -> Cow<'static, str> {
        "FeedEvent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An event of the organisation's feed. `type` says what happened.",
            "oneOf": [
                generator.subschema_for::<EmailAcceptedEvent>(),
                generator.subschema_for::<EmailSentEvent>(),
                generator.subschema_for::<EmailDeliveredEvent>(),
                generator.subschema_for::<EmailDeliveryDelayedEvent>(),
                generator.subschema_for::<EmailBouncedEvent>(),
                generator.subschema_for::<EmailComplainedEvent>(),
                generator.subschema_for::<EmailOpenedEvent>(),
                generator.subschema_for::<EmailClickedEvent>(),
                generator.subschema_for::<EmailFailedEvent>(),
                generator.subschema_for::<EmailSuppressedEvent>(),
                generator.subschema_for::<EmailUnsubscribedEvent>(),
                generator.subschema_for::<ConnectionConnectedEvent>(),
                generator.subschema_for::<ConnectionDegradedEvent>(),
                generator.subschema_for::<ConnectionInsecureEvent>(),
                generator.subschema_for::<IdentityVerifiedEvent>(),
                generator.subschema_for::<StackOutdatedEvent>(),
                generator.subschema_for::<ReputationWarningEvent>(),
                generator.subschema_for::<WebhookDisabledEvent>(),
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::feed::FeedEventType;

    use super::*;

    #[test]
    fn every_type_of_the_feed_has_a_schema() {
        let mut generator = SchemaGenerator::default();
        FeedEvent::json_schema(&mut generator);
        let definitions = generator.take_definitions(true);
        let types: BTreeSet<_> = definitions
            .values()
            .filter_map(|schema| schema.pointer("/properties/type/const")?.as_str().map(str::to_owned))
            .collect();
        assert_eq!(types, FeedEventType::ALL.map(|kind| kind.name().to_owned()).into());
    }
}
