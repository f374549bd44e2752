//! The JSON object of a message.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::Rejection;

/// The fields in their order, including duplicates.
///
/// JSON parsers differ in which of two fields with the same name they use, so duplicates are rejected.
pub(super) struct Envelope(Vec<(String, Value)>);

impl Envelope {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Rejection> {
        let envelope: Self = serde_json::from_slice(body).map_err(|_| Rejection::NotJson)?;
        // With raw message delivery, SNS posts the published text without its own fields.
        if envelope.has("Type") || envelope.has("Signature") {
            Ok(envelope)
        } else {
            Err(Rejection::EnvelopeMissing)
        }
    }

    /// Removes a required field and returns its text.
    pub(super) fn take(&mut self, field: &'static str) -> Result<String, Rejection> {
        self.take_optional(field)?.ok_or(Rejection::FieldMissing { field })
    }

    /// Removes a field and returns its text, or `None` if it is missing.
    pub(super) fn take_optional(&mut self, field: &'static str) -> Result<Option<String>, Rejection> {
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
    fn only_text_fields_are_returned() {
        let mut envelope = Envelope::parse(br#"{"Type": "a", "Subject": null, "Message": {}}"#).ok().unwrap();
        assert_eq!(envelope.take("Type").as_deref(), Ok("a"));
        assert_eq!(envelope.take_optional("Token"), Ok(None));
        assert_eq!(envelope.take("Token"), Err(Rejection::FieldMissing { field: "Token" }));
        assert_eq!(envelope.take_optional("Subject"), Err(Rejection::FieldInvalid { field: "Subject" }));
        assert_eq!(envelope.take("Message"), Err(Rejection::FieldInvalid { field: "Message" }));
    }

    #[test]
    fn a_duplicate_field_is_rejected_even_if_its_name_is_escaped() {
        for body in [
            r#"{"Type": "a", "Type": "b"}"#,
            r#"{"Type": "a", "Type": "a"}"#,
            r#"{"Type": "a", "x": 1, "\u0054ype": "b"}"#,
            r#"{"Type": 1, "Type": "b"}"#,
        ] {
            let mut envelope = Envelope::parse(body.as_bytes()).ok().unwrap();
            assert_eq!(envelope.take("Type"), Err(Rejection::FieldRepeated { field: "Type" }), "{body}");
        }
    }

    #[test]
    fn the_body_must_be_a_single_json_object() {
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
    fn a_message_without_an_envelope_was_delivered_raw() {
        let event = br#"{"eventType":"Send","mail":{}}"#;
        assert_eq!(Envelope::parse(event).err(), Some(Rejection::EnvelopeMissing));
    }
}
