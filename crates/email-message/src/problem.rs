//! Problems with the parts of a message.

use thiserror::Error;

use crate::MAX_ATTACHMENTS;

/// A header or file that cannot be part of a message.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageProblem {
    /// Not a header's name.
    #[error("a header name has 1 to 126 printable ASCII characters, no space and no colon")]
    HeaderName,
    /// A header that isn't the customer's to set.
    #[error("this header is set by Amazon SES or by a field of its own")]
    HeaderReserved,
    /// Not a header's value.
    #[error("a header value has 1 to 995 printable ASCII characters on one line")]
    HeaderValue,
    /// Not a file's name.
    #[error(
        "a file name has 1 to 255 bytes, no path, and no character that breaks a line or turns the reading around"
    )]
    FileName,
    /// A file that SES refuses by its ending.
    #[error("Amazon SES refuses files of this ending")]
    FileType,
    /// Not base64.
    #[error("the content isn't base64 of the standard alphabet, padded and without line breaks")]
    FileContent,
    /// Not a file's type.
    #[error("a content type is written type/subtype, and is neither multipart nor message")]
    ContentType,
    /// Not a content id.
    #[error("a content id has 1 to 78 letters, digits or characters of ._-+@")]
    ContentId,
    /// A file that would be shown inside of HTML that isn't there.
    #[error("a file with a content id is shown inside of the HTML, and there is none")]
    ContentIdWithoutHtml,
    /// Two files of the same id.
    #[error("another file has this content id")]
    ContentIdTwice,
    /// More files than are taken.
    #[error("at most {MAX_ATTACHMENTS} files fit in a message")]
    TooManyAttachments,
}

impl MessageProblem {
    /// Every problem.
    pub const ALL: [Self; 11] = [
        Self::HeaderName,
        Self::HeaderReserved,
        Self::HeaderValue,
        Self::FileName,
        Self::FileType,
        Self::FileContent,
        Self::ContentType,
        Self::ContentId,
        Self::ContentIdWithoutHtml,
        Self::ContentIdTwice,
        Self::TooManyAttachments,
    ];

    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HeaderName => "invalid_header_name",
            Self::HeaderReserved => "reserved_header",
            Self::HeaderValue => "invalid_header_value",
            Self::FileName => "invalid_filename",
            Self::FileType => "attachment_type_refused",
            Self::FileContent => "invalid_base64",
            Self::ContentType => "invalid_content_type",
            Self::ContentId => "invalid_content_id",
            Self::ContentIdWithoutHtml => "content_id_without_html",
            Self::ContentIdTwice => "duplicate_content_id",
            Self::TooManyAttachments => "too_many_attachments",
        }
    }

    /// Returns a sentence that says how to fix the problem.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::HeaderName => "Write it as X-Campaign.",
            Self::HeaderReserved => {
                "Use the field of the email (from, to, replyTo, subject), or leave the header out."
            }
            Self::HeaderValue => "Take line breaks out and encode what isn't ASCII.",
            Self::FileName => "Give the name alone, such as report.pdf; any script will do.",
            Self::FileType => "Put the file into a .zip, or link to it.",
            Self::FileContent => "Encode the file's bytes by RFC 4648, section 4.",
            Self::ContentType => {
                "Leave it out where the name tells the type, or write it as application/pdf."
            }
            Self::ContentId => "Write it as logo, and use it in the HTML as cid:logo.",
            Self::ContentIdWithoutHtml => "Give html, or leave the content id out to attach the file.",
            Self::ContentIdTwice => "Give each file an id of its own.",
            Self::TooManyAttachments => "Put several files into one .zip.",
        }
    }

    /// Names the field that has the problem.
    #[must_use]
    pub fn of(self, field: impl Into<String>) -> InvalidFile {
        InvalidFile { field: field.into(), problem: self }
    }
}

/// A file that cannot be part of a message.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{field}: {problem}")]
pub struct InvalidFile {
    /// The field, such as `attachments[1].filename`.
    pub field: String,
    /// What is wrong with it.
    pub problem: MessageProblem,
}
