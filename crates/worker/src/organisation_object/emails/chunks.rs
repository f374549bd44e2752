//! Messages with files, in chunks. They are written in the transaction that accepts the email, and deleted with its content.

use std::rc::Rc;

use domain::EmailId;

use super::{Emails, key};
use crate::{
    http::Error,
    organisation_object::{context::Context, sql},
};

const INSERT: &str = "INSERT OR REPLACE INTO email_chunks (email, number, bytes) VALUES (?, ?, ?)";
const GET: &str = "SELECT bytes FROM email_chunks WHERE email = ? AND number = ?";
const COUNT: &str = "SELECT count(*) FROM email_chunks WHERE email = ?";
const DELETE: &str = "DELETE FROM email_chunks WHERE email = ?";

/// The chunks of a message, each read when it is asked for.
#[derive(Clone)]
pub(crate) struct Chunks {
    context: Rc<Context>,
    email: EmailId,
}

impl Chunks {
    /// Returns the chunks in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = worker::Result<Vec<u8>>> + use<> {
        let (chunks, mut number) = (self.clone(), 0_u32);
        std::iter::from_fn(move || {
            let chunk = chunks.get(number).transpose();
            number += 1;
            chunk
        })
    }

    /// Returns a chunk.
    pub(crate) fn get(&self, number: u32) -> worker::Result<Option<Vec<u8>>> {
        let row = self.context.sql.row(GET, [key(self.email), number.into()]);
        let bytes = row.and_then(|row| row.map(|row| row.bytes(0)).transpose());
        bytes.map_err(|error| worker::Error::from(format!("{error:?}")))
    }
}

impl Emails {
    /// Returns the chunks of an email's message.
    pub(crate) fn chunks(&self, email: EmailId) -> Chunks {
        Chunks { context: Rc::clone(&self.context), email }
    }

    /// Stores a chunk, in the place of one with the same number.
    pub(crate) fn insert_chunk(&self, email: EmailId, number: u32, bytes: &[u8]) -> Result<(), Error> {
        self.context.sql.run(INSERT, [key(email), number.into(), sql::blob(bytes)]).map(drop)
    }

    /// Returns the number of chunks.
    pub(crate) fn count_chunks(&self, email: EmailId) -> Result<u32, Error> {
        self.context.sql.count(COUNT, [key(email)])
    }

    /// Deletes the chunks.
    pub(crate) fn delete_chunks(&self, email: EmailId) -> Result<(), Error> {
        self.context.sql.run(DELETE, [key(email)]).map(drop)
    }
}
