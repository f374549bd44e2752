//! An email with its files.

use super::{Email, File, FileDraft, InvalidEmail, attachment};

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
    pub fn new(email: Email, files: Vec<FileDraft>) -> Result<Self, InvalidEmail> {
        let files = attachment::files(files, email.html().is_some())?;
        Ok(Self { email, files })
    }

    /// Whether SES can't write it from its parts, or its parts are too large to be kept in one row.
    #[must_use]
    pub fn needs_mime(&self) -> bool {
        let length = |part: Option<&str>| part.map_or(0, str::len);
        !self.files.is_empty() || length(self.email.html()) + length(self.email.text()) > SIMPLE_CONTENT_BYTES
    }
}
