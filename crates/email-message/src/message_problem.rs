//! Problems with the parts of a message.

use thiserror::Error;

use crate::limits::MAX_ATTACHMENTS;

/// A header or file that cannot be part of a message.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageProblem {
    /// Not a header name.
    #[error("a header name must have 1 to 126 printable ASCII characters and no spaces or colons")]
    HeaderName,
    /// A header that is set by SES or another field.
    #[error("this header is set by Amazon SES or by another field")]
    HeaderReserved,
    /// Not a header value.
    #[error(
        "a header value must be one line of 1 to 995 printable ASCII characters, and at most 996 together with the name"
    )]
    HeaderValue,
    /// Not a file name.
    #[error("a file name must have 1 to 255 bytes and no path, control or bidirectional-override characters")]
    FileName,
    /// A file extension that SES rejects.
    #[error("Amazon SES does not accept files with this extension")]
    FileType,
    /// Content that is not base64.
    #[error("the content must be base64")]
    FileContent,
    /// Not a content type, or one that mail clients would split into parts.
    #[error(
        "a content type must have the form type/subtype or type/subtype; name=value, and must not be multipart or message"
    )]
    ContentType,
    /// Not a content ID.
    #[error("a content ID must have 1 to 78 characters out of letters, digits and ._-+@")]
    ContentId,
    /// An inline image of a message without HTML.
    #[error("a file with a content ID requires an HTML body")]
    ContentIdWithoutHtml,
    /// Two files with the same content ID.
    #[error("another file has the same content ID")]
    DuplicateContentId,
    /// Too many files.
    #[error("a message must not have more than {MAX_ATTACHMENTS} files")]
    TooManyAttachments,
}

impl MessageProblem {
    /// All problems, in order of declaration.
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
        Self::DuplicateContentId,
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
            Self::DuplicateContentId => "duplicate_content_id",
            Self::TooManyAttachments => "too_many_attachments",
        }
    }

    /// Returns a sentence that says how to fix the problem.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::HeaderName => "Use a name such as X-Campaign.",
            Self::HeaderReserved => {
                "Remove the header, or use the matching field, such as from, to, replyTo or subject."
            }
            Self::HeaderValue => {
                "Remove line breaks and encode characters that are not ASCII. To shorten References, remove message IDs from the middle (RFC 5322, section 3.6.4)."
            }
            Self::FileName => "Use the name only, such as report.pdf; every script is allowed.",
            Self::FileType => "Send the file in a .zip archive, or link to it.",
            Self::FileContent => {
                "Encode the file as described in RFC 4648, section 4. Remove the prefix of a data URI, which ends with the comma."
            }
            Self::ContentType => {
                "Use a type such as application/pdf or text/calendar; method=REQUEST, or omit it to derive the type from the file name."
            }
            Self::ContentId => "Use an ID such as logo, and refer to it in the HTML as cid:logo.",
            Self::ContentIdWithoutHtml => {
                "Add an HTML body, or remove the content ID to send the file as an attachment."
            }
            Self::DuplicateContentId => "Give each file a unique content ID.",
            Self::TooManyAttachments => "Combine several files in one .zip archive.",
        }
    }

    /// Returns the problem with the name of the field that has it.
    #[must_use]
    pub fn in_field(self, field: impl Into<String>) -> InvalidFile {
        InvalidFile { field: field.into(), problem: self }
    }
}

/// A file that cannot be part of a message.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{field}: {problem}")]
pub struct InvalidFile {
    /// The field, such as `attachments[1].filename`.
    pub field: String,
    /// The problem with the field.
    pub problem: MessageProblem,
}
