//! Tags that SES repeats in every event about a message.

use serde::{Deserialize, Serialize};

use super::EmailProblem;

/// The most tags of a customer's own; one more is ours.
pub const MAX_TAGS: usize = 49;

/// The tag that carries our message id, by which an event finds its message.
pub const MESSAGE_ID_TAG: &str = "kraiter-message-id";

/// A message tag: a name and a value of 1 to 256 letters, digits, hyphens or underscores.
///
/// ```
/// use domain::email::Tag;
///
/// assert!(Tag::new("campaign", "spring_2026").is_ok());
/// assert!(Tag::new("campaign", "spring 2026").is_err());
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(String, String)", into = "(String, String)")]
pub struct Tag {
    name: String,
    value: String,
}

impl Tag {
    /// A customer's tag.
    ///
    /// # Errors
    /// [`EmailProblem::TagReserved`] for a name of ours or of SES, [`EmailProblem::Tag`] for what SES refuses.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Result<Self, EmailProblem> {
        let (name, value) = (name.into(), value.into());
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("kraiter") || lower.starts_with("ses:") {
            return Err(EmailProblem::TagReserved);
        }
        if is_tag_text(&name) && is_tag_text(&value) {
            Ok(Self { name, value })
        } else {
            Err(EmailProblem::Tag)
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

fn is_tag_text(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

impl TryFrom<(String, String)> for Tag {
    type Error = EmailProblem;

    fn try_from((name, value): (String, String)) -> Result<Self, EmailProblem> {
        Self::new(name, value)
    }
}

impl From<Tag> for (String, String) {
    fn from(tag: Tag) -> Self {
        (tag.name, tag.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ours_and_of_ses_are_taken() {
        for name in [MESSAGE_ID_TAG, "kraiter", "Kraiter-x", "ses:configuration-set", "SES:x"] {
            assert_eq!(Tag::new(name, "x"), Err(EmailProblem::TagReserved), "{name}");
        }
        assert!(is_tag_text(MESSAGE_ID_TAG), "SES must take our own tag");
    }

    #[test]
    fn what_ses_would_refuse_is_refused() {
        let long = "x".repeat(257);
        for wrong in ["", "a b", "a.b", "é", "a\n", "a@b", long.as_str()] {
            assert_eq!(Tag::new(wrong, "x"), Err(EmailProblem::Tag), "{wrong:?}");
            assert_eq!(Tag::new("x", wrong), Err(EmailProblem::Tag), "{wrong:?}");
        }
        assert!(Tag::new("x".repeat(256), "y".repeat(256)).is_ok());
    }
}
