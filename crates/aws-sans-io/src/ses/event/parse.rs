//! Parsing of notifications. Strict about fields that identify an event, lenient about fields that describe it.

use std::ops::RangeInclusive;

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Detail, Event, EventError, MAX_TEXT, Notification, RecipientStatus};
use crate::ses::{EventType, MAX_RECIPIENTS};

/// Start of the plain text that SES publishes when an event destination is created.
const TOPIC_VALIDATION: &str = "Successfully validated SNS topic for Amazon SES";

pub(super) fn notification(
    text: &str,
    message_id_tag: &str,
    published_at: OffsetDateTime,
) -> Result<Notification, EventError> {
    if text.starts_with(TOPIC_VALIDATION) {
        return Ok(Notification::TopicValidation);
    }
    let json: Value = serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&replace_lone_surrogates(text)))
        .map_err(|_| EventError::NotAnEvent)?;
    let json = Json(&json);
    let event_type = if let Some(name) = json.text("/eventType") {
        EventType::from_ses(&name)
    } else {
        let notification_type = json.text("/notificationType").ok_or(EventError::NotAnEvent)?;
        match EventType::from_ses(&notification_type) {
            kind @ (EventType::Bounce | EventType::Complaint | EventType::Delivery) => kind,
            _ => return Ok(Notification::Other { notification_type }),
        }
    };
    event(json, event_type, message_id_tag, published_at).map(|event| Notification::Event(Box::new(event)))
}

/// Replaces each escape `\ud800` to `\udfff` that is not part of a pair by U+FFFD. A text that was cut in the middle of a character ends with
/// one, and it has no UTF-8 form.
fn replace_lone_surrogates(text: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\\') {
        let (before, escape) = rest.split_at(start);
        replaced.push_str(before);
        let high = surrogate(escape, 0xD800..=0xDBFF);
        let length = if high && surrogate(&escape[6..], 0xDC00..=0xDFFF) {
            replaced.push_str(&escape[..12]);
            12
        } else if high || surrogate(escape, 0xDC00..=0xDFFF) {
            replaced.push('\u{fffd}');
            6
        } else {
            // The escaped character may be a backslash, which must not begin another escape.
            let length = escape.chars().take(2).map(char::len_utf8).sum();
            replaced.push_str(&escape[..length]);
            length
        };
        rest = &escape[length..];
    }
    replaced + rest
}

/// Returns whether a text begins with the escape of a code unit in this range.
fn surrogate(text: &str, range: RangeInclusive<u16>) -> bool {
    let digits = text.strip_prefix("\\u").and_then(|digits| digits.get(..4));
    digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).is_some_and(|unit| range.contains(&unit))
}

fn event(
    json: Json<'_>,
    event_type: EventType,
    message_id_tag: &str,
    published_at: OffsetDateTime,
) -> Result<Event, EventError> {
    let details = json.at(details_path(&event_type));
    let ses_message_id = json.text("/mail/messageId").ok_or(EventError::Field { field: "mail.messageId" })?;
    let sent_at = json.time("/mail/timestamp").unwrap_or(published_at);
    let at = match details.text("/timestamp") {
        Some(_) => details.time("/timestamp").unwrap_or(published_at),
        None => sent_at,
    };
    let recipients = match event_type {
        EventType::Bounce => details.texts("/bouncedRecipients", "/emailAddress").collect(),
        EventType::Complaint => details.texts("/complainedRecipients", "/emailAddress").collect(),
        EventType::DeliveryDelay => details.texts("/delayedRecipients", "/emailAddress").collect(),
        EventType::Delivery => details.texts("/recipients", "").collect(),
        _ => vec![],
    };
    Ok(Event {
        at,
        sent_at,
        feedback_id: details.text("/feedbackId"),
        ses_message_id,
        message_id: json.text(&format!("/mail/tags/{message_id_tag}/0")),
        recipients,
        destination: json.texts("/mail/destination", "").collect(),
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
    use time::macros::datetime;

    use super::*;

    const TAG: &str = "message-id";
    const PUBLISHED_AT: OffsetDateTime = datetime!(2025-01-01 0:00:09 UTC);

    fn notification(text: &str) -> Result<Notification, EventError> {
        super::notification(text, TAG, PUBLISHED_AT)
    }

    fn parse(text: &str) -> Event {
        match notification(text) {
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
        assert_eq!(event.at, datetime!(2025-01-01 0:00 UTC));
        assert_eq!((event.recipients, event.destination), (vec![], vec!["a@example.com".to_owned()]));
        assert_eq!(serde_json::to_value(&event.detail).unwrap(), serde_json::json!({}));
    }

    #[test]
    fn feedback_in_the_older_format_is_the_same_event() {
        let event_of = |key: &str, kind: &str| {
            parse(&format!(
                r#"{{"{key}":"{kind}","mail":{{"messageId":"m","timestamp":"2025-01-01T00:00:00Z","destination":["a@example.com"]}},
                    "bounce":{{"bounceType":"Permanent","bouncedRecipients":[{{"emailAddress":"a@example.com"}}],"feedbackId":"f"}},
                    "complaint":{{"complainedRecipients":[{{"emailAddress":"a@example.com"}}],"feedbackId":"f"}},
                    "delivery":{{"recipients":["a@example.com"],"smtpResponse":"250 ok"}}}}"#
            ))
        };
        for kind in ["Bounce", "Complaint", "Delivery"] {
            let event = event_of("notificationType", kind);
            assert_eq!(event, event_of("eventType", kind), "{kind}");
            assert_eq!(event.feedback_id.is_some(), kind != "Delivery", "{kind}");
        }
        for kind in ["Received", "AmazonSnsSubscriptionSucceeded", "New"] {
            let text = format!(r#"{{"notificationType":"{kind}"}}"#);
            assert_eq!(notification(&text), Ok(Notification::Other { notification_type: kind.into() }));
        }
    }

    #[test]
    fn an_unreadable_time_is_replaced_by_that_of_the_publication() {
        let times = |mail: &str, details: &str| {
            let event = parse(&format!(
                r#"{{"eventType":"Bounce","mail":{{"messageId":"m"{mail}}},"bounce":{{"bounceType":"Permanent"{details}}}}}"#
            ));
            (event.sent_at, event.at)
        };
        let (sent_at, at) = (datetime!(2025-01-01 0:00 UTC), datetime!(2025-01-01 0:00:05 UTC));
        let sent = r#","timestamp":"2025-01-01T00:00:00.000Z""#;
        let bounced = r#","timestamp":"2025-01-01T00:00:05.000Z""#;
        let odd = r#","timestamp":"2016-01-27T14:59:38.237+0000""#;
        for (mail, details, expected) in [
            (sent, bounced, (sent_at, at)),
            (sent, "", (sent_at, sent_at)),
            (sent, odd, (sent_at, PUBLISHED_AT)),
            (odd, bounced, (PUBLISHED_AT, at)),
            (odd, odd, (PUBLISHED_AT, PUBLISHED_AT)),
            ("", "", (PUBLISHED_AT, PUBLISHED_AT)),
            (r#","timestamp":1700000000"#, r#","timestamp":null"#, (PUBLISHED_AT, PUBLISHED_AT)),
        ] {
            assert_eq!(times(mail, details), expected, "{mail} {details}");
        }
    }

    #[test]
    fn a_lone_surrogate_in_a_text_does_not_lose_the_event() {
        for (text, expected) in [
            (r"Hi \ud83d", "Hi \u{fffd}"),
            (r"\uD83D\uDE00 \ude00", "\u{1f600} \u{fffd}"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
            (r"\\ud83d \udfffü", "\\ud83d \u{fffd}ü"),
            (r"\ud800\n\u00fc", "\u{fffd}\nü"),
        ] {
            let event = parse(&format!(
                r#"{{"eventType":"Reject","mail":{{"messageId":"m","commonHeaders":{{"subject":"{text}"}}}},"reject":{{"reason":"{text}"}}}}"#
            ));
            assert_eq!(event.detail, Detail::Reject { reason: Some(expected.into()) });
        }
    }

    #[test]
    fn the_validation_message_of_a_topic_is_recognised() {
        let text = "Successfully validated SNS topic for Amazon SES event publishing.";
        assert_eq!(notification(text), Ok(Notification::TopicValidation));
    }

    #[test]
    fn other_text_is_not_an_event() {
        for text in ["", "hello", "[]", "{}", "null", r#"{"eventType":1}"#, r#"{"eventType":null}"#] {
            assert_eq!(notification(text), Err(EventError::NotAnEvent), "{text:?}");
        }
    }

    #[test]
    fn an_error_names_the_missing_or_invalid_field() {
        let cases = [
            (r#"{"eventType":"Send"}"#, "mail.messageId"),
            (r#"{"eventType":"Send","mail":[]}"#, "mail.messageId"),
            (r#"{"notificationType":"Bounce","mail":{"messageId":null}}"#, "mail.messageId"),
        ];
        for (text, field) in cases {
            assert_eq!(notification(text), Err(EventError::Field { field }), "{text}");
        }
    }

    #[test]
    fn invalid_descriptive_fields_are_ignored() {
        let event = parse(
            r#"{"eventType":"Bounce","mail":{"messageId":"m","timestamp":"2025-01-01T00:00:00Z","tags":[1],
                "destination":["a@example.com",7]},"bounce":{"bounceType":5,"bouncedRecipients":{"x":1},"timestamp":false}}"#,
        );
        assert_eq!(event.destination, ["a@example.com"]);
        assert_eq!((event.message_id, event.recipients), (None, vec![]));
        assert!(!matches!(event.detail, Detail::Bounce { bounce_type: Some(_), .. }));
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
        assert_eq!(event.destination.len(), MAX_RECIPIENTS);
        let Detail::Click { link: Some(link), .. } = event.detail else { panic!() };
        assert_eq!(link.chars().count(), MAX_TEXT);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            let _ = notification(&text);
        }

        #[test]
        fn replacing_lone_surrogates_keeps_every_valid_text(text in "([a-z\\\\\"ü]|\\\\u[dD][0-9a-fA-F]{3}|\\\\u00[0-9a-f]{2}){0,12}") {
            let json = format!("\"{text}\"");
            let replaced = replace_lone_surrogates(&json);
            if let Ok(valid) = serde_json::from_str::<Value>(&json) {
                prop_assert_eq!(serde_json::from_str::<Value>(&replaced).unwrap(), valid);
            }
        }

        #[test]
        fn a_null_member_of_an_event_counts_as_absent(
            kind in proptest::sample::select(vec!["Bounce", "Complaint", "Delivery", "DeliveryDelay", "Open", "Click", "Reject",
                "Rendering Failure", "Subscription", "Send"]),
            nulls in proptest::collection::vec(any::<bool>(), 40),
        ) {
            let member = details_path(&EventType::from_ses(kind)).trim_start_matches('/');
            let details = ["timestamp", "feedbackId", "bounceType", "bounceSubType", "bouncedRecipients", "complainedRecipients",
                "complaintFeedbackType", "complaintSubType", "recipients", "smtpResponse", "delayType", "expirationTime",
                "delayedRecipients", "userAgent", "link", "reason", "templateName", "errorMessage", "contactList", "source"];
            let event_with = |null: Option<Value>| {
                let mut nulls = nulls.iter();
                let mut object = |names: &[&str], value: &str| -> Value {
                    let members = names.iter().filter_map(|name| {
                        let value = if *nulls.next().unwrap() { null.clone()? } else { value.into() };
                        Some(((*name).to_owned(), value))
                    });
                    Value::Object(members.collect())
                };
                let mut mail = object(&["timestamp", "destination", "tags", "headers", "commonHeaders", "source"], "x");
                mail["messageId"] = "m".into();
                let mut event = serde_json::json!({ "eventType": kind, "mail": mail });
                event[member] = object(&details, "x");
                event.to_string()
            };
            prop_assert_eq!(parse(&event_with(Some(Value::Null))), parse(&event_with(None)));
        }

        #[test]
        fn descriptive_fields_of_any_type_are_accepted(kind in "Bounce|Click|DeliveryDelay|Subscription|X", value in "null|1|\"x\"|\\[\\]|\\{\\}|\\[\\{\\}\\]") {
            let text = format!(
                r#"{{"eventType":"{kind}","mail":{{"messageId":"m","timestamp":"2025-01-01T00:00:00Z","destination":{value},"tags":{value}}},
                    "bounce":{value},"click":{value},"deliveryDelay":{{"delayedRecipients":{value}}},"subscription":{value}}}"#
            );
            prop_assert!(matches!(notification(&text), Ok(Notification::Event(_))));
        }
    }
}
