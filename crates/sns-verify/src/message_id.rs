//! Message IDs.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The ID that SNS assigns to a message: a UUID.
///
/// It is the same for all retries of a delivery, so it identifies duplicates.
///
/// ```
/// use sns_verify::MessageId;
///
/// let id: MessageId = "9d2c5580-b61d-550c-8583-37a582870907".parse()?;
/// assert_eq!(id.as_str(), "9d2c5580-b61d-550c-8583-37a582870907");
/// # Ok::<(), sns_verify::ParseMessageIdError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html)
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Returns the UUID as SNS wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The error of a text that is not a [`MessageId`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("an SNS message ID is a UUID")]
pub struct ParseMessageIdError;

impl FromStr for MessageId {
    type Err = ParseMessageIdError;

    fn from_str(text: &str) -> Result<Self, ParseMessageIdError> {
        let is_uuid = text.len() == 36
            && text.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if is_uuid { Ok(Self(text.to_owned())) } else { Err(ParseMessageIdError) }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_is_a_uuid() {
        assert!("9d2c5580-b61d-550c-8583-37a582870907".parse::<MessageId>().is_ok());
        for invalid in [
            "",
            "9d2c5580-b61d-550c-8583-37a58287090",
            "9d2c5580-b61d-550c-8583-37a582870907\n",
            "9d2c5580-b61d-550c-8583-37a58287090g",
            "9d2c5580b61d-550c-8583-37a5828709070",
            "９d2c5580-b61d-550c-8583-37a582870",
        ] {
            assert_eq!(invalid.parse::<MessageId>(), Err(ParseMessageIdError), "{invalid:?}");
        }
    }
}
