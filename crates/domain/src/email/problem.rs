//! Problems with an email that a customer submitted.

use email_message::{InvalidFile, MAX_HEADERS, MessageProblem};
use thiserror::Error;

use super::limits::{
    MAX_CONTENT_BYTES, MAX_MESSAGE_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO, MAX_SCHEDULE_AHEAD, MAX_TAGS,
};
use crate::ValidationError;

/// An invalid field of an email.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{field}: {problem}")]
pub struct InvalidEmail {
    /// The field's path in the API, such as `to[1]` or `headers.X-Campaign`.
    pub field: String,
    pub problem: EmailProblem,
}

/// A problem with a field of an email.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmailProblem {
    /// An invalid address or region.
    #[error(transparent)]
    Value(#[from] ValidationError),
    /// An invalid header or attachment.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    #[error("an email needs at least one recipient in \"to\", \"cc\" or \"bcc\"")]
    NoRecipient,
    #[error("the string contains several addresses")]
    SeveralAddresses,
    #[error("an email with an unsubscribe link has exactly one recipient in \"to\", \"cc\" and \"bcc\"")]
    UnsubscribeRecipients,
    #[error("this header is added automatically if \"unsubscribe\" is true")]
    UnsubscribeHeader,
    #[error("an email has at most {MAX_RECIPIENTS} recipients in \"to\", \"cc\" and \"bcc\"")]
    TooManyRecipients,
    #[error("\"replyTo\" has at most {MAX_REPLY_TO} addresses")]
    TooManyReplyTo,
    #[error("a subject is one line of 1 to 998 characters")]
    Subject,
    #[error("an email needs \"html\" or \"text\"")]
    NoContent,
    #[error("\"html\" and \"text\" have at most {MAX_CONTENT_BYTES} bytes together")]
    ContentTooLong,
    #[error("this header is repeated")]
    DuplicateHeader,
    #[error("an email has at most {MAX_HEADERS} custom headers")]
    TooManyHeaders,
    #[error("a tag's name and value have 1 to 256 letters, digits, hyphens or underscores")]
    Tag,
    #[error("tag names that start with kraiter or ses: are reserved")]
    ReservedTag,
    #[error("this tag is repeated")]
    DuplicateTag,
    #[error("an email has at most {MAX_TAGS} tags")]
    TooManyTags,
    #[error("the API key may not send from this address")]
    SenderNotPermitted,
    #[error("the API key may not send to this address")]
    RecipientNotPermitted,
    #[error("a scheduled time is in RFC 3339 format with a time zone")]
    Schedule,
    #[error("the scheduled time is in the past")]
    SchedulePassed,
    #[error("an email can be scheduled at most {} days ahead", MAX_SCHEDULE_AHEAD.whole_days())]
    ScheduleTooFar,
    #[error("the email has more than {MAX_MESSAGE_BYTES} bytes after encoding (base64 adds about 37 %)")]
    TooLarge,
}

impl EmailProblem {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Value(error) => error.code(),
            Self::Message(problem) => problem.code(),
            Self::NoRecipient => "missing_recipient",
            Self::SeveralAddresses => "several_addresses",
            Self::UnsubscribeRecipients => "unsubscribe_recipients",
            Self::UnsubscribeHeader => "unsubscribe_header",
            Self::TooManyRecipients => "too_many_recipients",
            Self::TooManyReplyTo => "too_many_reply_to",
            Self::Subject => "invalid_subject",
            Self::NoContent => "missing_content",
            Self::ContentTooLong => "content_too_long",
            Self::DuplicateHeader => "duplicate_header",
            Self::TooManyHeaders => "too_many_headers",
            Self::Tag => "invalid_tag",
            Self::ReservedTag => "reserved_tag",
            Self::DuplicateTag => "duplicate_tag",
            Self::TooManyTags => "too_many_tags",
            Self::SenderNotPermitted => "sender_not_permitted",
            Self::RecipientNotPermitted => "recipient_not_permitted",
            Self::TooLarge => "email_too_large",
            Self::Schedule => "invalid_scheduled_at",
            Self::SchedulePassed => "scheduled_at_passed",
            Self::ScheduleTooFar => "scheduled_at_too_far",
        }
    }

    /// Returns a sentence that says how to fix the problem.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Value(error) => error.help(),
            Self::Message(problem) => problem.help(),
            Self::NoRecipient => "Add at least one address.",
            Self::SeveralAddresses => {
                "Use a list with one string per address: [\"ada@example.com\", \"bob@example.com\"]."
            }
            Self::UnsubscribeRecipients => "Send each recipient a separate email, up to 100 in a batch.",
            Self::UnsubscribeHeader => "Remove the header, or don't set unsubscribe.",
            Self::TooManyRecipients => "Send several emails with at most 50 recipients each.",
            Self::TooManyReplyTo => "Remove some of the addresses.",
            Self::Subject => "Remove line breaks and other control characters.",
            Self::NoContent => "Add html, text or both.",
            Self::ContentTooLong => "Shorten the content, or link to it.",
            Self::DuplicateHeader => "Use each header name once. Names are case-insensitive.",
            Self::TooManyHeaders => "Remove some of the headers.",
            Self::Tag => "Replace other characters with hyphens.",
            Self::ReservedTag => "Choose another name.",
            Self::DuplicateTag => "Use each tag name once.",
            Self::TooManyTags => "Remove some of the tags.",
            Self::Schedule => "Use a format such as 2026-12-24T18:00:00Z or 2026-12-24T18:00:00+01:00.",
            Self::SchedulePassed => "Choose a later time, or remove scheduledAt to send the email now.",
            Self::ScheduleTooFar => "Choose an earlier time.",
            Self::SenderNotPermitted | Self::RecipientNotPermitted => {
                "Use a key whose restrictions permit it. The page API keys of the dashboard lists them."
            }
            Self::TooLarge => "Link to large files instead of attaching them.",
        }
    }

    /// Returns the problem of this field.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> InvalidEmail {
        InvalidEmail { field: field.into(), problem: self }
    }
}

impl From<InvalidFile> for InvalidEmail {
    fn from(invalid: InvalidFile) -> Self {
        Self { field: invalid.field, problem: invalid.problem.into() }
    }
}
