//! The id of a message.

use std::{fmt, str::FromStr};

/// SNS's id of a message, a UUID. It stays the same over all retries of a delivery, so it tells whether a message has already
/// been stored.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// The UUID, as SNS wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that isn't a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl FromStr for MessageId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let is_uuid = text.len() == 36
            && text.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if is_uuid { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
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
    fn only_a_uuid_is_an_id() {
        assert!("9d2c5580-b61d-550c-8583-37a582870907".parse::<MessageId>().is_ok());
        for wrong in [
            "",
            "9d2c5580-b61d-550c-8583-37a58287090",
            "9d2c5580-b61d-550c-8583-37a582870907\n",
            "9d2c5580-b61d-550c-8583-37a58287090g",
            "9d2c5580b61d-550c-8583-37a5828709070",
            "９d2c5580-b61d-550c-8583-37a582870",
        ] {
            assert_eq!(wrong.parse::<MessageId>(), Err(NotAnId), "{wrong:?}");
        }
    }
}
