//! Parsing of notifications. Strict about fields that identify an event, lenient about fields that describe it.

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Detail, Event, EventError, MAX_TEXT, Notification, RecipientStatus};
use crate::ses::{EventType, MAX_RECIPIENTS};

/// Start of the plain text that SES publishes when an event destination is created.
const TOPIC_VALIDATION: &str = "Successfully validated SNS topic for Amazon SES";

pub(super) fn notification(text: &str, message_id_tag: &str) -> Result<Notification, EventError> {
    if text.starts_with(TOPIC_VALIDATION) {
        return Ok(Notification::TopicValidation);
    }
    let json: Value = serde_json::from_str(text).map_err(|_| EventError::NotAnEvent)?;
    let json = Json(&json);
    if let Some(name) = json.text("/eventType") {
        event(json, EventType::from_ses(&name), message_id_tag)
            .map(|event| Notification::Event(Box::new(event)))
    } else if let Some(notification_type) = json.text("/notificationType") {
        Ok(Notification::LegacyFeedback { notification_type })
    } else {
        Err(EventError::NotAnEvent)
    }
}

fn event(json: Json<'_>, event_type: EventType, message_id_tag: &str) -> Result<Event, EventError> {
    let details = json.at(details_path(&event_type));
    let ses_message_id = json.text("/mail/messageId").ok_or(EventError::Field { field: "mail.messageId" })?;
    let at = details
        .time("/timestamp")
        .or_else(|| json.time("/mail/timestamp"))
        .ok_or(EventError::Field { field: "mail.timestamp" })?;
    let mut recipients: Vec<_> = match event_type {
        EventType::Bounce => details.texts("/bouncedRecipients", "/emailAddress").collect(),
        EventType::Complaint => details.texts("/complainedRecipients", "/emailAddress").collect(),
        EventType::DeliveryDelay => details.texts("/delayedRecipients", "/emailAddress").collect(),
        EventType::Delivery => details.texts("/recipients", "").collect(),
        _ => vec![],
    };
    if recipients.is_empty() {
        recipients = json.texts("/mail/destination", "").collect();
    }
    Ok(Event {
        at,
        ses_message_id,
        message_id: json.text(&format!("/mail/tags/{message_id_tag}/0")),
        recipients,
        detail: detail(details, &event_type),
        event_type,
    })
}

/// Returns the path of the details.
const fn details_path(event_type: &EventType) -> &'static str {
    match event_type {
        EventType::Send => "/send",
        EventType::Delivery => "/delivery",
        EventType::Bounce => "/bounce",
        EventType::Complaint => "/complaint",
        EventType::Reject => "/reject",
        EventType::Open => "/open",
        EventType::Click => "/click",
        EventType::RenderingFailure => "/failure",
        EventType::DeliveryDelay => "/deliveryDelay",
        EventType::Subscription => "/subscription",
        // No field has this name.
        EventType::Other(_) => "/?",
    }
}

fn detail(details: Json<'_>, event_type: &EventType) -> Detail {
    match event_type {
        EventType::Bounce => Detail::Bounce {
            bounce_type: details.text("/bounceType"),
            bounce_sub_type: details.text("/bounceSubType"),
            bounced_recipients: details.statuses("/bouncedRecipients"),
        },
        EventType::Complaint => Detail::Complaint {
            complaint_feedback_type: details.text("/complaintFeedbackType"),
            complaint_sub_type: details.text("/complaintSubType"),
        },
        EventType::Delivery => Detail::Delivery { smtp_response: details.text("/smtpResponse") },
        EventType::DeliveryDelay => Detail::DeliveryDelay {
            delay_type: details.text("/delayType"),
            expiration_time: details.time("/expirationTime"),
            delayed_recipients: details.statuses("/delayedRecipients"),
        },
        EventType::Open => Detail::Open { user_agent: details.text("/userAgent") },
        EventType::Click => {
            Detail::Click { link: details.text("/link"), user_agent: details.text("/userAgent") }
        }
        EventType::Reject => Detail::Reject { reason: details.text("/reason") },
        EventType::RenderingFailure => Detail::RenderingFailure {
            template_name: details.text("/templateName"),
            error_message: details.text("/errorMessage"),
        },
        EventType::Subscription => Detail::Subscription {
            contact_list: details.text("/contactList"),
            source: details.text("/source"),
            unsubscribe_all: details.at("/newTopicPreferences/unsubscribeAll").0.as_bool(),
        },
        EventType::Send | EventType::Other(_) => Detail::Empty {},
    }
}

/// A value in a document. Paths are JSON Pointers (RFC 6901).
#[derive(Clone, Copy)]
struct Json<'a>(&'a Value);

impl<'a> Json<'a> {
    fn at(self, path: &str) -> Self {
        Json(self.0.pointer(path).unwrap_or(&Value::Null))
    }

    /// Returns the text at a path, truncated to [`MAX_TEXT`].
    fn text(self, path: &str) -> Option<String> {
        let text = self.at(path).0.as_str()?;
        Some(text.chars().take(MAX_TEXT).collect())
    }

    fn time(self, path: &str) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(self.at(path).0.as_str()?, &Rfc3339).ok()
    }

    fn items(self, path: &str) -> impl Iterator<Item = Json<'a>> {
        self.at(path).0.as_array().into_iter().flatten().take(MAX_RECIPIENTS).map(Json)
    }

    fn texts(self, list: &str, path: &str) -> impl Iterator<Item = String> {
        self.items(list).filter_map(move |item| item.text(path))
    }

    fn statuses(self, list: &str) -> Vec<RecipientStatus> {
        self.items(list)
            .filter_map(|item| {
                Some(RecipientStatus {
                    email_address: item.text("/emailAddress")?,
                    status: item.text("/status"),
                    diagnostic_code: item.text("/diagnosticCode"),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAG: &str = "message-id";

    fn parse(text: &str) -> Event {
        match notification(text, TAG) {
            Ok(Notification::Event(event)) => *event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_unknown_event_type_keeps_its_name_and_the_time_of_the_email() {
        let event = parse(
            r#"{"eventType":"Carrier Pigeon","carrierPigeon":{"timestamp":"2026-01-01T00:00:00Z"},
                "mail":{"messageId":"m","timestamp":"2025-01-01T00:00:00Z","destination":["a@example.com"]}}"#,
        );
        assert_eq!(event.event_type, EventType::Other("Carrier Pigeon".into()));
        assert_eq!(event.at, time::macros::datetime!(2025-01-01 0:00 UTC));
        assert_eq!(event.recipients, ["a@example.com"]);
        assert_eq!(serde_json::to_value(&event.detail).unwrap(), serde_json::json!({}));
    }

    #[test]
    fn the_legacy_feedback_format_is_recognised() {
        let text = r#"{"notificationType":"Bounce","bounce":{},"mail":{}}"#;
        assert_eq!(
            notification(text, TAG),
            Ok(Notification::LegacyFeedback { notification_type: "Bounce".into() })
        );
    }

    #[test]
    fn the_validation_message_of_a_topic_is_recognised() {
        let text = "Successfully validated SNS topic for Amazon SES event publishing.";
        assert_eq!(notification(text, TAG), Ok(Notification::TopicValidation));
    }

    #[test]
    fn other_text_is_not_an_event() {
        for text in ["", "hello", "[]", "{}", "null", r#"{"eventType":1}"#, r#"{"eventType":null}"#] {
            assert_eq!(notification(text, TAG), Err(EventError::NotAnEvent), "{text:?}");
        }
    }

    #[test]
    fn an_error_names_the_missing_or_invalid_field() {
        let cases = [
            (r#"{"eventType":"Send"}"#, "mail.messageId"),
            (r#"{"eventType":"Send","mail":[]}"#, "mail.messageId"),
            (r#"{"eventType":"Send","mail":{"messageId":"m"}}"#, "mail.timestamp"),
            (r#"{"eventType":"Send","mail":{"messageId":"m","timestamp":"yesterday"}}"#, "mail.timestamp"),
        ];
        for (text, field) in cases {
            assert_eq!(notification(text, TAG), Err(EventError::Field { field }), "{text}");
        }
    }

    #[test]
    fn invalid_descriptive_fields_are_ignored() {
        let event = parse(
            r#"{"eventType":"Bounce","mail":{"messageId":"m","timestamp":"2025-01-01T00:00:00Z","tags":[1],
                "destination":["a@example.com",7]},"bounce":{"bounceType":5,"bouncedRecipients":{"x":1},"timestamp":false}}"#,
        );
        assert_eq!(event.recipients, ["a@example.com"]);
        assert_eq!(event.message_id, None);
        assert!(!event.is_transient_bounce());
    }

    #[test]
    fn text_and_recipients_are_truncated() {
        let long = "é".repeat(MAX_TEXT + 1);
        let many = vec!["a@example.com"; MAX_RECIPIENTS + 1];
        let text = serde_json::json!({
            "eventType": "Click",
            "mail": {"messageId": "m", "timestamp": "2025-01-01T00:00:00Z", "destination": many},
            "click": {"link": long},
        });
        let event = parse(&text.to_string());
        assert_eq!(event.recipients.len(), MAX_RECIPIENTS);
        let Detail::Click { link: Some(link), .. } = event.detail else { panic!() };
        assert_eq!(link.chars().count(), MAX_TEXT);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            let _ = notification(&text, TAG);
        }

        #[test]
        fn descriptive_fields_of_any_type_are_accepted(kind in "Bounce|Click|DeliveryDelay|Subscription|X", value in "null|1|\"x\"|\\[\\]|\\{\\}|\\[\\{\\}\\]") {
            let text = format!(
                r#"{{"eventType":"{kind}","mail":{{"messageId":"m","timestamp":"2025-01-01T00:00:00Z","destination":{value},"tags":{value}}},
                    "bounce":{value},"click":{value},"deliveryDelay":{{"delayedRecipients":{value}}},"subscription":{value}}}"#
            );
            prop_assert!(matches!(notification(&text, TAG), Ok(Notification::Event(_))));
        }
    }
}
