//! What is shown of an email: everything but its content.

use std::collections::BTreeMap;

use email_message::{Attachment, Mailbox};
use serde::{Deserialize, Serialize};

use crate::{
    TemplateId,
    email::{Email, Tracking},
    suppression::SuppressedRecipient,
};

/// The addresses, subject, tags and files of an email. Stored as JSON with short names and without empty lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailHead {
    #[serde(rename = "f")]
    pub from: String,
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<String>,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<String>,
    #[serde(rename = "s")]
    pub subject: String,
    #[serde(rename = "g", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The template that the content was rendered from.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateId>,
    /// The files, without their content.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Recipients that were removed because they are suppressed.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<SuppressedRecipient>,
    #[serde(rename = "k", default, skip_serializing_if = "Tracking::is_none")]
    pub tracking: Tracking,
    /// Whether a test key sent it.
    #[serde(rename = "z", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_test: bool,
}

impl EmailHead {
    /// Returns every recipient's address in the form in which SES's events name it.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        let mailboxes = self.to.iter().chain(&self.cc).chain(&self.bcc);
        let address = |mailbox: &String| {
            mailbox
                .parse::<Mailbox>()
                .map_or_else(|_| mailbox.clone(), |mailbox| mailbox.address().to_owned())
        };
        mailboxes.map(address).collect()
    }
}

impl From<&Email> for EmailHead {
    fn from(email: &Email) -> Self {
        let list = |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::to_string).collect();
        Self {
            from: email.from().to_string(),
            to: list(email.to()),
            cc: list(email.cc()),
            bcc: list(email.bcc()),
            reply_to: list(email.reply_to()),
            subject: email.subject().to_owned(),
            tags: email.tags().iter().map(|tag| (tag.name().to_owned(), tag.value().to_owned())).collect(),
            template: email.template(),
            attachments: email.attachments().to_vec(),
            suppressed: email.suppressed().to_vec(),
            tracking: email.tracking(),
            is_test: email.is_test(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::EmailDraft;

    #[test]
    fn empty_lists_take_no_space_and_are_restored() {
        let draft = EmailDraft {
            from: "Shop <info@example.com>".into(),
            to: vec!["ada@example.com".into()],
            subject: "Your order".into(),
            text: Some("Thank you!".into()),
            ..EmailDraft::default()
        };
        let head = EmailHead::from(&Email::try_from(draft).unwrap());
        let text = serde_json::to_string(&head).unwrap();
        assert_eq!(text, r#"{"f":"Shop <info@example.com>","t":["ada@example.com"],"s":"Your order"}"#);
        assert_eq!(serde_json::from_str::<EmailHead>(&text).unwrap(), head);
    }
}
