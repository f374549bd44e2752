//! The JSON object around a message, as fields that can each be taken once.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::Rejection;

/// The fields as they were posted, in their order, repetitions included: JSON readers differ in which of two equal names
/// they believe, so none is believed here.
pub(super) struct Envelope(Vec<(String, Value)>);

impl Envelope {
    /// Reads one JSON object.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Rejection> {
        let envelope: Self = serde_json::from_slice(body).map_err(|_| Rejection::NotJson)?;
        // With raw message delivery SNS posts what SES wrote, without its own type, id and signature.
        if envelope.has("Type") || envelope.has("Signature") {
            Ok(envelope)
        } else {
            Err(Rejection::EnvelopeMissing)
        }
    }

    /// The text of a field that must be there.
    pub(super) fn text(&mut self, field: &'static str) -> Result<String, Rejection> {
        self.optional_text(field)?.ok_or(Rejection::FieldMissing { field })
    }

    /// The text of a field that may be there; taken out.
    pub(super) fn optional_text(&mut self, field: &'static str) -> Result<Option<String>, Rejection> {
        let Some(index) = self.0.iter().position(|(name, _)| name == field) else {
            return Ok(None);
        };
        let (_, value) = self.0.swap_remove(index);
        if self.has(field) {
            return Err(Rejection::FieldRepeated { field });
        }
        match value {
            Value::String(text) => Ok(Some(text)),
            _ => Err(Rejection::FieldInvalid { field }),
        }
    }

    fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| name == field)
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Envelope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Envelope(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_taken_as_text() {
        let mut envelope = Envelope::parse(br#"{"Type": "a", "Subject": null, "Message": {}}"#).ok().unwrap();
        assert_eq!(envelope.text("Type").as_deref(), Ok("a"));
        assert_eq!(envelope.optional_text("Token"), Ok(None));
        assert_eq!(envelope.text("Token"), Err(Rejection::FieldMissing { field: "Token" }));
        assert_eq!(envelope.optional_text("Subject"), Err(Rejection::FieldInvalid { field: "Subject" }));
        assert_eq!(envelope.text("Message"), Err(Rejection::FieldInvalid { field: "Message" }));
    }

    #[test]
    fn a_field_that_stands_there_twice_is_refused_however_it_is_written() {
        for body in [
            r#"{"Type": "a", "Type": "b"}"#,
            r#"{"Type": "a", "Type": "a"}"#,
            r#"{"Type": "a", "x": 1, "\u0054ype": "b"}"#,
            r#"{"Type": 1, "Type": "b"}"#,
        ] {
            let mut envelope = Envelope::parse(body.as_bytes()).ok().unwrap();
            assert_eq!(envelope.text("Type"), Err(Rejection::FieldRepeated { field: "Type" }), "{body}");
        }
    }

    #[test]
    fn what_is_not_one_object_is_not_json() {
        for body in [
            "",
            "[]",
            "\"Type\"",
            "{\"Type\":\"a\"}{}",
            "{\"Type\":\"a\"",
            "\u{feff}{\"Type\":\"a\"}",
            "null",
        ] {
            assert_eq!(Envelope::parse(body.as_bytes()).err(), Some(Rejection::NotJson), "{body:?}");
        }
        assert_eq!(Envelope::parse(b"{\"Type\":\"\xff\"}").err(), Some(Rejection::NotJson));
        assert_eq!(Envelope::parse(br#"{"Type":"\ud800"}"#).err(), Some(Rejection::NotJson));
        let deep = format!("{{\"Type\":{}", "[".repeat(100_000));
        assert_eq!(Envelope::parse(deep.as_bytes()).err(), Some(Rejection::NotJson));
    }

    #[test]
    fn an_event_without_an_envelope_tells_of_raw_delivery() {
        let event = br#"{"eventType":"Send","mail":{}}"#;
        assert_eq!(Envelope::parse(event).err(), Some(Rejection::EnvelopeMissing));
    }
}
