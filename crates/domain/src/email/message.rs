//! Emails with their attachments.

use email_message::{ChunkWriter, File, FileInput, mime::MimeMessage};
use time::OffsetDateTime;

use super::{Email, EmailProblem, InvalidEmail, MAX_MESSAGE_BYTES, MAX_SIMPLE_CONTENT_BYTES};
use crate::EmailId;

/// An email with its attachments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub email: Email,
    pub files: Vec<File>,
}

impl Message {
    /// Validates the attachments of an email.
    ///
    /// # Errors
    /// Fails with the first invalid field, such as `attachments[1].filename`.
    pub fn new(email: Email, files: Vec<FileInput>) -> Result<Self, InvalidEmail> {
        let files = email_message::validate_files(files, email.html().is_some())?;
        Ok(Self { email, files })
    }

    /// Returns whether the message has attachments or more than [`MAX_SIMPLE_CONTENT_BYTES`] of content, so that it must be sent as MIME.
    #[must_use]
    pub fn needs_mime(&self) -> bool {
        let length = |part: Option<&str>| part.map_or(0, str::len);
        !self.files.is_empty()
            || length(self.email.html()) + length(self.email.text()) > MAX_SIMPLE_CONTENT_BYTES
    }

    /// Encodes the message, as MIME if it [needs to be](Self::needs_mime).
    ///
    /// # Errors
    /// [`EmailProblem::TooLarge`].
    pub fn encode(self, id: EmailId, now: OffsetDateTime) -> Result<EncodedMessage, InvalidEmail> {
        if !self.needs_mime() {
            return Ok(EncodedMessage { email: self.email, chunks: Vec::new() });
        }
        let Self { email, files } = self;
        let attachments: Vec<_> = files.iter().map(|file| file.metadata.clone()).collect();
        let largest = if files.is_empty() { "html" } else { "attachments" };
        let mut chunks = ChunkWriter::new(MAX_MESSAGE_BYTES);
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
        // Writing fails only if the message is too long.
        mime.write(&mut chunks).map_err(|_| EmailProblem::TooLarge.at(largest))?;
        Ok(EncodedMessage { email: email.with_mime(attachments), chunks: chunks.finish() })
    }
}

/// A message as it is stored and sent.
#[derive(Debug)]
pub struct EncodedMessage {
    /// The email. If there are chunks, it [is MIME](Email::is_mime) and has neither content nor headers.
    pub email: Email,
    /// The MIME message in chunks; empty if SES builds the message from the email's fields.
    pub chunks: Vec<Vec<u8>>,
}

impl EncodedMessage {
    /// Returns the bytes of the message, or of subject, HTML and text if SES encodes it.
    #[must_use]
    pub fn size(&self) -> u64 {
        let parts = [Some(self.email.subject()), self.email.html(), self.email.text()];
        let bytes: usize = match self.chunks.as_slice() {
            [] => parts.into_iter().flatten().map(str::len).sum(),
            chunks => chunks.iter().map(Vec::len).sum(),
        };
        bytes as u64
    }
}

#[cfg(test)]
mod tests;
