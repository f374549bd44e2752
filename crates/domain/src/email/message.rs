//! An email with its files.

use email_message::{ChunkWriter, File, FileInput, mime::MimeMessage};
use time::OffsetDateTime;

use super::{Email, EmailProblem, InvalidEmail};
use crate::EmailId;

/// The most bytes of a message as it is sent: SES takes 40 MB after encoding, and doesn't say of which kind the megabytes are.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>
pub const MAX_MESSAGE_BYTES: usize = 40_000_000;

/// The most bytes of HTML and text together that SES is given to write itself: with six bytes of JSON for each they fit into a row.
pub const SIMPLE_CONTENT_BYTES: usize = 256 * 1024;

/// An email with its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The email.
    pub email: Email,
    /// Its files.
    pub files: Vec<File>,
}

impl Message {
    /// An email with these files.
    ///
    /// # Errors
    /// [`InvalidEmail`] with a field such as `attachments[1].filename`.
    pub fn new(email: Email, files: Vec<FileInput>) -> Result<Self, InvalidEmail> {
        let files = email_message::validate_files(files, email.html().is_some())?;
        Ok(Self { email, files })
    }

    /// Whether SES can't write it from its parts, or its parts are too large to be kept in one row.
    #[must_use]
    pub fn needs_mime(&self) -> bool {
        let length = |part: Option<&str>| part.map_or(0, str::len);
        !self.files.is_empty() || length(self.email.html()) + length(self.email.text()) > SIMPLE_CONTENT_BYTES
    }

    /// Encodes the message: as parts if SES can write it itself, otherwise as MIME.
    ///
    /// # Errors
    /// [`EmailProblem::TooLarge`].
    pub fn pack(self, id: EmailId, now: OffsetDateTime) -> Result<Parcel, InvalidEmail> {
        if !self.needs_mime() {
            return Ok(Parcel { email: self.email, pieces: Vec::new() });
        }
        let Self { email, files } = self;
        let attachments: Vec<_> = files.iter().map(|file| file.metadata.clone()).collect();
        let largest = if files.is_empty() { "html" } else { "attachments" };
        let mut pieces = ChunkWriter::new(MAX_MESSAGE_BYTES);
        let mime = MimeMessage {
            // No part of the message can contain its own ID.
            id: &id.to_string(),
            date: now,
            from: email.from(),
            to: email.to(),
            cc: email.cc(),
            reply_to: email.reply_to(),
            subject: email.subject(),
            headers: email.headers(),
            html: email.html(),
            text: email.text(),
            files,
        };
        // Only the length can be wrong: the writer accepts everything else.
        mime.write(&mut pieces).map_err(|_| EmailProblem::TooLarge.of(largest))?;
        Ok(Parcel { email: email.with_mime(attachments), pieces: pieces.finish() })
    }
}

/// A message as it is handed to whoever keeps it until it is sent.
#[derive(Debug)]
pub struct Parcel {
    /// The email. Where there are pieces it is [`Email::is_mime`], and has neither content nor headers.
    pub email: Email,
    /// The MIME message in pieces; none where SES writes it from its parts.
    pub pieces: Vec<Vec<u8>>,
}

#[cfg(test)]
mod tests;
