//! Custom headers.

use serde::{Deserialize, Serialize};

use crate::message_problem::MessageProblem;

/// Headers that SES sets, rejects or has a field for, and trace headers.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/header-fields.html>
const RESERVED: [&str; 16] = [
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "return-path",
    "mime-version",
    "dkim-signature",
    "domainkey-signature",
    "received",
    "authentication-results",
    "feedback-id",
];

const RESERVED_PREFIXES: [&str; 5] = ["content-", "x-ses-", "x-amz-", "resent-", "arc-"];

/// The maximum length of a value in SES.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageHeader.html>
const MAX_VALUE_BYTES: usize = 995;

/// The maximum length of a line, 998 bytes, without the colon and the space after the name.
///
/// <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
const MAX_NAME_AND_VALUE_BYTES: usize = 996;

/// A header of a message: a name and a single-line value in printable ASCII.
///
/// ```
/// use email_message::{MessageProblem, Header};
///
/// assert!(Header::new("List-Unsubscribe", "<https://example.com/unsubscribe>").is_ok());
/// assert_eq!(Header::new("Bcc", "you@example.com"), Err(MessageProblem::HeaderReserved));
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageHeader.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(String, String)", into = "(String, String)")]
pub struct Header {
    name: String,
    value: String,
}

impl Header {
    /// Creates a header.
    ///
    /// # Errors
    /// [`MessageProblem::HeaderName`], [`MessageProblem::HeaderReserved`] or [`MessageProblem::HeaderValue`].
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Result<Self, MessageProblem> {
        let (name, value) = (name.into(), value.into());
        let is_valid_name = (1..=126).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if !is_valid_name {
            return Err(MessageProblem::HeaderName);
        }
        let lower = name.to_ascii_lowercase();
        if RESERVED.contains(&lower.as_str())
            || RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
        {
            return Err(MessageProblem::HeaderReserved);
        }
        let is_valid_value = (1..=MAX_VALUE_BYTES).contains(&value.len())
            && name.len() + value.len() <= MAX_NAME_AND_VALUE_BYTES
            && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_valid_value { Ok(Self { name, value }) } else { Err(MessageProblem::HeaderValue) }
    }

    /// Returns the name in its original case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl TryFrom<(String, String)> for Header {
    type Error = MessageProblem;

    fn try_from((name, value): (String, String)) -> Result<Self, MessageProblem> {
        Self::new(name, value)
    }
}

impl From<Header> for (String, String) {
    fn from(header: Header) -> Self {
        (header.name, header.value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reserved_names_are_rejected_in_any_case() {
        for name in [
            "From",
            "TO",
            "cc",
            "bCC",
            "Subject",
            "Reply-To",
            "Date",
            "Message-ID",
            "Return-Path",
            "MIME-Version",
            "Sender",
            "Content-Type",
            "content-anything",
            "DKIM-Signature",
            "X-SES-CONFIGURATION-SET",
            "X-SES-MESSAGE-TAGS",
            "Received",
            "ARC-Seal",
            "Resent-From",
        ] {
            assert_eq!(Header::new(name, "x"), Err(MessageProblem::HeaderReserved), "{name}");
        }
    }

    #[test]
    fn names_that_ses_accepts_are_accepted() {
        for name in ["List-Unsubscribe", "In-Reply-To", "References", "X-Entity-Ref-ID", "Importance", "!~"] {
            assert!(Header::new(name, "x").is_ok(), "{name}");
        }
        assert!(Header::new("x".repeat(126), "~".repeat(870)).is_ok());
        assert!(Header::new("X", "~".repeat(995)).is_ok());
    }

    #[test]
    fn neither_name_nor_value_can_contain_a_second_header() {
        for name in ["", "a b", "a:b", "a\r\nBcc", "é", "a\t", "a\u{7f}"] {
            assert_eq!(Header::new(name, "x"), Err(MessageProblem::HeaderName), "{name:?}");
        }
        for value in ["", "a\r\nBcc: x", "a\nb", "a\rb", "é", "a\tb", "a\u{0}"] {
            assert_eq!(Header::new("X-A", value), Err(MessageProblem::HeaderValue), "{value:?}");
        }
        assert_eq!(Header::new("x".repeat(127), "x"), Err(MessageProblem::HeaderName));
        assert_eq!(Header::new("X-A", "x".repeat(994)), Err(MessageProblem::HeaderValue));
        assert_eq!(Header::new("X", "x".repeat(996)), Err(MessageProblem::HeaderValue));
    }

    proptest! {
        #[test]
        fn an_accepted_header_is_one_line(name in "[ -~\r\n]{0,20}", value in "[ -~é\r\n\t]{0,20}") {
            if let Ok(header) = Header::new(name, value) {
                let line = format!("{}: {}", header.name(), header.value());
                prop_assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')));
                prop_assert_eq!(line.split_once(':').unwrap().0, header.name());
            }
        }
    }
}
