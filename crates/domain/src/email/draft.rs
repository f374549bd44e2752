//! The unvalidated fields of an email.

use email_message::Attachment;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{DeliveryPolicy, Tracking};
use crate::{TemplateId, api_key::SendRestriction, suppression::SuppressedRecipient};

/// The unvalidated fields of an email.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct EmailDraft {
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub reply_to: Vec<String>,
    pub subject: String,
    pub html: Option<String>,
    pub text: Option<String>,
    /// Names and values of custom headers.
    pub headers: Vec<(String, String)>,
    /// Names and values of tags.
    pub tags: Vec<(String, String)>,
    /// The region to send from. Defaults to the connection's.
    pub region: Option<String>,
    /// The template that the content was rendered from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateId>,
    /// Names, types and sizes of the attachments.
    pub attachments: Vec<Attachment>,
    /// True if the content is stored separately as a MIME message.
    pub is_mime: bool,
    pub delivery: DeliveryPolicy,
    #[serde(skip_serializing_if = "Tracking::is_none")]
    pub tracking: Tracking,
    /// What the API key that sent the email limits it to.
    #[serde(skip_serializing_if = "SendRestriction::is_empty")]
    pub restriction: SendRestriction,
    /// Whether a test key sent the email, so that its recipients are the mailbox simulator's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_test: bool,
    /// The time at which to send the email. Defaults to now.
    #[serde(with = "time::serde::rfc3339::option")]
    pub scheduled_at: Option<OffsetDateTime>,
    /// The recipients that were removed because they are suppressed.
    pub suppressed: Vec<SuppressedRecipient>,
}
