//! Attachments of an email in a request.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
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

/// Bytes that are encoded as base64. They are decoded directly from the JSON, so that a large file isn't copied first. `None` stands for
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
                Ok(Base64(STANDARD.decode(text).ok()))
            }
        }

        deserializer.deserialize_str(Base64Visitor)
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.as_ref().map(|bytes| STANDARD.encode(bytes)).unwrap_or_default())
    }
}
