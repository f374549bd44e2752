//! Tags, which SES repeats in every event of an email.

use serde::{Deserialize, Serialize};

use super::EmailProblem;

/// The tag with the email's ID, which relates events to their email.
pub const MESSAGE_ID_TAG: &str = "kraiter-message-id";

/// Tags that SES writes into the header Feedback-ID, by which Gmail groups complaints.
/// <https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html#event-publishing-fine-grained-feedback>
const FEEDBACK_TAGS: [&str; 2] = ["ses:feedback-id-a", "ses:feedback-id-b"];

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
    /// Creates a customer's tag.
    ///
    /// # Errors
    /// [`EmailProblem::ReservedTag`] for a reserved name, [`EmailProblem::Tag`] for what SES refuses.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Result<Self, EmailProblem> {
        let (name, value) = (name.into(), value.into());
        let is_feedback = FEEDBACK_TAGS.contains(&name.as_str());
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("kraiter") || lower.starts_with("ses:") && !is_feedback {
            return Err(EmailProblem::ReservedTag);
        }
        if (is_feedback || is_tag_text(&name)) && is_tag_text(&value) {
            Ok(Self { name, value })
        } else {
            Err(EmailProblem::Tag)
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

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
    fn names_of_kraiter_and_ses_are_reserved() {
        for name in [MESSAGE_ID_TAG, "kraiter", "Kraiter-x", "ses:configuration-set", "SES:x"] {
            assert_eq!(Tag::new(name, "x"), Err(EmailProblem::ReservedTag), "{name}");
        }
        assert!(is_tag_text(MESSAGE_ID_TAG), "SES must accept our own tag");
    }

    #[test]
    fn the_tags_of_the_feedback_id_are_allowed() {
        for name in FEEDBACK_TAGS {
            assert!(Tag::new(name, "spring_2026").is_ok(), "{name}");
            assert_eq!(Tag::new(name, "spring 2026"), Err(EmailProblem::Tag));
        }
        for name in ["ses:feedback-id-c", "SES:feedback-id-a", "ses:feedback-id"] {
            assert_eq!(Tag::new(name, "x"), Err(EmailProblem::ReservedTag), "{name}");
        }
    }

    #[test]
    fn a_tag_that_ses_refuses_is_rejected() {
        let long = "x".repeat(257);
        for invalid in ["", "a b", "a.b", "é", "a\n", "a@b", long.as_str()] {
            assert_eq!(Tag::new(invalid, "x"), Err(EmailProblem::Tag), "{invalid:?}");
            assert_eq!(Tag::new("x", invalid), Err(EmailProblem::Tag), "{invalid:?}");
        }
        assert!(Tag::new("x".repeat(256), "y".repeat(256)).is_ok());
    }
}
