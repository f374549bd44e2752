//! What is kept, page by page: all but the credentials, which are in memory only.

use api_contract::{Backup, BackupChunk, BackupConnection, BackupCursor, BackupEmail, Base64};
use domain::{EmailId, OrganisationId};
use email_message::CHUNK_BYTES;

use super::AwsConnection;
use crate::{clock, http::Error};

/// The most keys of a page.
const KEYS: i64 = 500;

/// The most mails of a page: as many as D1 is asked about in one go when it is brought back.
const MAILS: i64 = 100;

/// How many bytes of messages end a page.
const BYTES: usize = 2 * CHUNK_BYTES;

impl AwsConnection {
    /// The page at `cursor`, or the first one.
    pub(super) fn back_up(&self, id: OrganisationId, cursor: Option<BackupCursor>) -> Result<Backup, Error> {
        let mut page = Backup::new(id, clock::now());
        let after = match cursor {
            None => {
                let storage = self.storage()?;
                if let Some(state) = storage.kept_state()? {
                    let (claim, regions) = (storage.claim()?, storage.region_facts()?);
                    page.connection = Some(BackupConnection { state, claim, regions });
                }
                return self.add_keys(page, "");
            }
            Some(BackupCursor::Keys(digest)) => return self.add_keys(page, &digest),
            Some(BackupCursor::Emails(after)) => after,
            Some(BackupCursor::Chunk(mail, number)) => {
                let whole = self.outbox()?.kept_mail(mail)?;
                match whole.filter(|mail| number < mail.chunks) {
                    Some(mail) => return self.add_pieces(page, mail, number),
                    // It has come to its end since the page before, and its message is gone.
                    None => Some(mail),
                }
            }
        };
        self.add_mails(page, after)
    }

    fn add_keys(&self, mut page: Backup, after: &str) -> Result<Backup, Error> {
        page.keys = self.keys()?.behind(after, page.taken_at, KEYS)?;
        let is_full = i64::try_from(page.keys.len()).is_ok_and(|keys| keys == KEYS);
        let last = page.keys.last().filter(|_| is_full).map(|key| key.digest.clone());
        page.next_cursor = Some(last.map_or(BackupCursor::Emails(None), BackupCursor::Keys));
        Ok(page)
    }

    fn add_mails(&self, mut page: Backup, after: Option<EmailId>) -> Result<Backup, Error> {
        let mails = self.outbox()?.behind(after, MAILS)?;
        let is_full = i64::try_from(mails.len()).is_ok_and(|mails| mails == MAILS);
        for mail in mails {
            if mail.chunks > 0 {
                if page.emails.is_empty() {
                    return self.add_pieces(page, mail, 0);
                }
                // It begins a page of its own.
                page.next_cursor = page.emails.last().map(|last| BackupCursor::Emails(Some(last.id)));
                return Ok(page);
            }
            page.emails.push(mail);
        }
        let last = page.emails.last().filter(|_| is_full).map(|last| BackupCursor::Emails(Some(last.id)));
        page.next_cursor = last;
        Ok(page)
    }

    /// Adds the pieces of a mail's message from this number on, and behind the last one the mail.
    fn add_pieces(&self, mut page: Backup, mail: BackupEmail, from: i32) -> Result<Backup, Error> {
        let mut bytes = 0;
        for number in from..mail.chunks {
            if bytes >= BYTES {
                page.next_cursor = Some(BackupCursor::Chunk(mail.id, number));
                return Ok(page);
            }
            let piece = self.outbox()?.piece_of(mail.id, number)?;
            bytes += piece.len();
            page.chunks.push(BackupChunk { email: mail.id, number, bytes: Base64(Some(piece)) });
        }
        page.next_cursor = Some(BackupCursor::Emails(Some(mail.id)));
        page.emails.push(mail);
        Ok(page)
    }
}
