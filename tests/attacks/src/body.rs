//! Bodies that aren't a message as it was signed.

use serde::Deserialize;
use test_support::{Error, Result};

/// A part of a body.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Part {
    /// Text with placeholders. `{message}` is the message's JSON, `{fields}` the same without the first brace.
    Text(String),
    /// A text, many times.
    Repeated { repeat: String, times: usize },
    /// Bytes that aren't text.
    Bytes { hex: String },
}

impl Part {
    pub(crate) fn write(&self, body: &mut Vec<u8>, fill: impl Fn(&str) -> String) -> Result<()> {
        match self {
            Self::Text(text) => body.extend(fill(text).bytes()),
            Self::Repeated { repeat, times } => {
                // Numbers make names differ.
                for number in 0..*times {
                    body.extend(repeat.replace("{number}", &number.to_string()).bytes());
                }
            }
            Self::Bytes { hex } => {
                let bytes = base16ct::lower::decode_vec(hex);
                body.extend(bytes.map_err(|error| Error::Unexpected(format!("{hex}: {error}")))?);
            }
        }
        Ok(())
    }
}
