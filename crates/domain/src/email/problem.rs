//! What is wrong with an email that a customer wrote.

use email_message::{InvalidFile, MAX_HEADERS, MessageProblem};
use thiserror::Error;

use super::{MAX_CONTENT_BYTES, MAX_MESSAGE_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO, MAX_TAGS};
use crate::{ValidationError, delivery::FARTHEST_SCHEDULE};

/// A field of an email that can't be sent as it is.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{field}: {problem}")]
pub struct InvalidEmail {
    /// The field's name in the API: `to[1]`, `headers.X-Campaign`.
    pub field: String,
    /// What is wrong with it.
    pub problem: EmailProblem,
}

/// What is wrong with a field of an email.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmailProblem {
    /// An invalid address or region.
    #[error(transparent)]
    Value(#[from] ValidationError),
    /// An invalid header or file.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    /// There is nobody to send to.
    #[error("a recipient is needed in to, cc or bcc")]
    NoRecipient,
    /// A link to unsubscribe is one recipient's.
    #[error("a mail with a link to unsubscribe has exactly one recipient, to, cc and bcc together")]
    UnsubscribeRecipients,
    /// The customer's own header beside the one that was asked for.
    #[error("this header is made by Kraiter where unsubscribe is true")]
    UnsubscribeHeader,
    /// SES sends to so many at once and no more.
    #[error("at most {MAX_RECIPIENTS} recipients fit in a message, to, cc and bcc together")]
    TooManyRecipients,
    /// Too many addresses to answer to.
    #[error("at most {MAX_REPLY_TO} addresses fit in replyTo")]
    TooManyReplyTo,
    /// No subject, or one that isn't a line of text.
    #[error("a subject is one line of 1 to 998 characters")]
    Subject,
    /// There is nothing to read.
    #[error("html or text is needed")]
    NoContent,
    /// SES doesn't take so much.
    #[error("html and text together have at most {MAX_CONTENT_BYTES} bytes")]
    ContentTooLong,
    /// A header that stands there twice.
    #[error("this header stands there twice")]
    HeaderTwice,
    /// More headers than SES takes.
    #[error("at most {MAX_HEADERS} headers fit in a message")]
    TooManyHeaders,
    /// Not a tag's name or value.
    #[error("a tag's name and value have 1 to 256 letters, digits, hyphens or underscores")]
    Tag,
    /// A tag of ours.
    #[error("tag names that begin with kraiter or ses: are taken")]
    TagReserved,
    /// A tag that stands there twice.
    #[error("this tag stands there twice")]
    TagTwice,
    /// More tags than SES takes beside ours.
    #[error("at most {MAX_TAGS} tags fit in a message")]
    TooManyTags,
    /// Not a time.
    #[error("a time is written as RFC 3339 has it, with its zone")]
    Schedule,
    /// A time that is over.
    #[error("the time is over")]
    SchedulePassed,
    /// A time that is too far away.
    #[error("an email is scheduled at most {} days ahead", FARTHEST_SCHEDULE.whole_days())]
    ScheduleTooFar,
    /// SES doesn't take so much.
    #[error(
        "the message has more than {MAX_MESSAGE_BYTES} bytes as it is sent, where files grow by 37 in 100"
    )]
    TooLarge,
    /// A message that isn't sent among others.
    #[error("a message with files, or with more than 256 KiB of HTML and text, isn't sent in a batch")]
    NotInBatch,
}

impl EmailProblem {
    /// The stable code, as it stands in the `code` of a problem document.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Value(error) => error.code(),
            Self::Message(problem) => problem.code(),
            Self::NoRecipient => "missing_recipient",
            Self::UnsubscribeRecipients => "unsubscribe_recipients",
            Self::UnsubscribeHeader => "unsubscribe_header",
            Self::TooManyRecipients => "too_many_recipients",
            Self::TooManyReplyTo => "too_many_reply_to",
            Self::Subject => "invalid_subject",
            Self::NoContent => "missing_content",
            Self::ContentTooLong => "content_too_long",
            Self::HeaderTwice => "duplicate_header",
            Self::TooManyHeaders => "too_many_headers",
            Self::Tag => "invalid_tag",
            Self::TagReserved => "reserved_tag",
            Self::TagTwice => "duplicate_tag",
            Self::TooManyTags => "too_many_tags",
            Self::TooLarge => "email_too_large",
            Self::Schedule => "invalid_scheduled_at",
            Self::SchedulePassed => "scheduled_at_passed",
            Self::ScheduleTooFar => "scheduled_at_too_far",
            Self::NotInBatch => "not_in_batch",
        }
    }

    /// How to mend it.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Value(error) => error.help(),
            Self::Message(problem) => problem.help(),
            Self::NoRecipient => "Name at least one address.",
            Self::UnsubscribeRecipients => {
                "Send each recipient a mail of their own: POST /v1/emails/batch takes a hundred."
            }
            Self::UnsubscribeHeader => "Leave the header out, or leave `unsubscribe` out.",
            Self::TooManyRecipients => "Send several messages of at most 50 recipients each.",
            Self::TooManyReplyTo => "Name fewer addresses.",
            Self::Subject => "Take line breaks and other control characters out of it.",
            Self::NoContent => "Give html, text or both.",
            Self::ContentTooLong | Self::TooLarge => "Link to what is large instead of sending it.",
            Self::HeaderTwice => {
                "Join both values into one; upper and lower case make no difference in names."
            }
            Self::TooManyHeaders => "Leave some headers out.",
            Self::Tag => "Replace other characters with a hyphen.",
            Self::TagReserved => "Choose another name.",
            Self::TagTwice => "Give each name one value.",
            Self::TooManyTags => "Leave some tags out.",
            Self::Schedule => "Write it as 2026-12-24T18:00:00Z, or with an offset such as +01:00.",
            Self::SchedulePassed => "Leave `scheduledAt` out to send it now.",
            Self::ScheduleTooFar => "Schedule it nearer to its time.",
            Self::NotInBatch => "Send it by itself: POST /v1/emails.",
        }
    }

    /// The problem, in a field.
    #[must_use]
    pub fn of(self, field: impl Into<String>) -> InvalidEmail {
        InvalidEmail { field: field.into(), problem: self }
    }
}

impl From<InvalidFile> for InvalidEmail {
    fn from(invalid: InvalidFile) -> Self {
        Self { field: invalid.field, problem: invalid.problem.into() }
    }
}
