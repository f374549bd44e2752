//! Attachments of an email in a request.

use std::fmt;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use email_message::FileInput;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

/// A file to attach. All files of an email may have about 29 MB in total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AttachedFile {
    /// The file name, in any script.
    pub filename: String,
    /// The content in base64.
    pub content: Base64,
    /// The content type, such as `image/png` or `text/calendar; method=REQUEST`. Defaults to the type that the file name suggests; text in
    /// UTF-8 gets `charset=utf-8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Embeds the file in the HTML as `<img src="cid:…">` instead of attaching it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
}

impl From<AttachedFile> for FileInput {
    fn from(request: AttachedFile) -> Self {
        let AttachedFile { filename, content, content_type, content_id } = request;
        Self { filename, content: content.0, content_type, content_id }
    }
}

/// Bytes that are encoded as base64, perhaps with line breaks, without padding or in the alphabet for URLs. They are decoded directly from the JSON, so that a large file isn't copied first. `None` stands for
/// invalid base64, which is reported when the request is validated.
#[derive(Clone, PartialEq, Eq)]
pub struct Base64(pub Option<Vec<u8>>);

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(bytes) => write!(f, "{} bytes", bytes.len()),
            None => f.write_str("invalid base64"),
        }
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64Visitor;

        impl Visitor<'_> for Base64Visitor {
            type Value = Base64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a base64 string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Base64, E> {
                Ok(Base64(STANDARD.decode(text).ok().or_else(|| decode_variant(text))))
            }
        }

        deserializer.deserialize_str(Base64Visitor)
    }
}

/// Decodes base64 with line breaks, without padding, or in the alphabet for URLs. Decodes in steps, because the text may be large.
fn decode_variant(text: &str) -> Option<Vec<u8>> {
    /// A multiple of four, so that each step ends with whole bytes.
    const STEP: usize = 4096;
    let is_end = |c: char| c == '=' || c.is_ascii_whitespace();
    let mut characters =
        text.trim_end_matches(is_end).bytes().filter(|byte| !byte.is_ascii_whitespace()).map(
            |byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            },
        );
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    loop {
        let step: Vec<u8> = characters.by_ref().take(STEP).collect();
        STANDARD_NO_PAD.decode_vec(&step, &mut bytes).ok()?;
        if step.len() < STEP {
            return Some(bytes);
        }
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.as_ref().map(|bytes| STANDARD.encode(bytes)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        serde_json::from_value::<Base64>(text.into()).unwrap().0
    }

    #[test]
    fn base64_is_decoded_with_line_breaks_without_padding_and_in_both_alphabets() {
        let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
        let base64 = STANDARD.encode(&bytes);
        let lines: Vec<&str> =
            base64.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
        for text in [
            base64.clone(),
            lines.join("\r\n"),
            format!(" {}\n", lines.join("\n")),
            base64.trim_end_matches('=').to_owned(),
            base64.replace('+', "-").replace('/', "_"),
        ] {
            assert_eq!(decoded(&text).as_ref(), Some(&bytes), "{text:.80}");
        }
        assert_eq!(decoded(""), Some(Vec::new()));
        assert_eq!(decoded("QUI"), Some(b"AB".to_vec()));
        for invalid in ["data:text/plain;base64,QUJD", "QUJ", "Q", "QU=JD", "QUJ*", "é", "Q\u{a0}UJD"] {
            assert_eq!(decoded(invalid), None, "{invalid}");
        }
    }
}
