//! Summaries of blocks of emails, which let a search skip most emails without an index.
//!
//! The alarm summarises consecutive emails. Their ids sort by the time at which they were accepted, but an email may be inserted later than one
//! with a higher id: by another instance of the Worker, by a retry, or from a backup. So each insert checks whether its block exists.

use std::cell::Cell;

use aws_sans_io::{Region, json};
use domain::{
    EmailId,
    delivery::EmailHead,
    search::{BLOCK_EMAILS, BlockBuilder, Summary},
};
use time::{Duration, OffsetDateTime};

use super::{Emails, highest, key, lowest, read_id, unreadable};
use crate::{clock, http::Error, organisation_object::sql};

const NEWEST: &str = "SELECT last FROM email_blocks WHERE first < ? ORDER BY first DESC LIMIT 1";
const CONTAINING: &str =
    "SELECT first, last, summary FROM email_blocks WHERE first <= ? ORDER BY first DESC LIMIT 1";
const IS_FULL: &str = "SELECT 1 FROM emails WHERE id > ? AND id < ? ORDER BY id LIMIT 1 OFFSET ?";
const EMAILS: &str = "SELECT id, region, head FROM emails WHERE id > ? AND id < ? ORDER BY id LIMIT ?";
const INSERT: &str = "INSERT INTO email_blocks (first, last, summary) VALUES (?, ?, ?)";
const WIDEN: &str = "UPDATE email_blocks SET summary = ? WHERE first = ?";
const DELETE_BEFORE: &str = "DELETE FROM email_blocks WHERE first < ?1 AND last < ?1";
const DELETE_ALL: &str = "DELETE FROM email_blocks WHERE first > ?";

/// Emails younger than this aren't summarised: others with lower ids may still be on their way.
const MIN_AGE: Duration = Duration::minutes(1);

/// The most blocks that one alarm summarises: more than fill up in a minute at 1,000 emails a second, so that one alarm a minute suffices.
const BLOCKS_AT_ONCE: u32 = 128;

/// The time between two alarms if more remains.
const PAUSE: Duration = Duration::seconds(1);

/// What the instance knows about the blocks.
#[derive(Default)]
pub(super) struct BlockState {
    /// No email above this one is in a block. `None` if that isn't known.
    newest: Cell<Option<EmailId>>,
    /// Whether the last alarm left blocks to summarise.
    has_more: Cell<bool>,
}

impl Emails {
    /// Summarises the blocks that are complete, up to a limit.
    pub(crate) async fn summarise(&self, now: OffsetDateTime) -> Result<(), Error> {
        let until = EmailId::new(now - MIN_AGE, 0);
        for _ in 0..BLOCKS_AT_ONCE {
            if !self.summarise_block(until)? {
                self.blocks.has_more.set(false);
                return Ok(());
            }
            // Requests have their turn.
            clock::sleep(Duration::MILLISECOND).await;
        }
        self.blocks.has_more.set(true);
        Ok(())
    }

    /// Returns when more blocks are to be summarised, if the last alarm left some.
    pub(crate) fn summary_due(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.blocks.has_more.get().then(|| now + PAUSE)
    }

    /// Summarises the next block before `until`. Returns false if there is none.
    fn summarise_block(&self, until: EmailId) -> Result<bool, Error> {
        let sql = &self.context.sql;
        let newest = self.newest_in_block()?;
        let after = || newest.map_or_else(lowest, key);
        let offset = BLOCK_EMAILS.saturating_sub(1).into();
        if sql.row(IS_FULL, [after(), key(until), offset])?.is_none() {
            return Ok(false);
        }
        let mut builder = BlockBuilder::default();
        let mut oldest = None;
        for row in sql.rows(EMAILS, [after(), key(until), BLOCK_EMAILS.into()])? {
            let id = read_id(row.array(0)?)?;
            let region = Region::from_number(row.integer(1)?).ok_or_else(|| unreadable("region"))?;
            let head: EmailHead = json::parse(row.text(2)?.as_bytes())?;
            if !builder.add(id, &head, region) {
                break;
            }
            oldest.get_or_insert(id);
        }
        let (Some(oldest), Some((last, summary))) = (oldest, builder.finish()) else { return Ok(false) };
        // Without a gap to the previous block, so that a search needn't look for emails in between.
        let first = newest.and_then(EmailId::next).unwrap_or(oldest);
        sql.run(INSERT, [key(first), key(last), sql::blob(summary.as_bytes())])?;
        self.blocks.newest.set(self.blocks.newest.get().max(Some(last)));
        Ok(true)
    }

    /// Returns the newest email that is in a block.
    fn newest_in_block(&self) -> Result<Option<EmailId>, Error> {
        self.context.sql.row(NEWEST, [highest()])?.map(|row| read_id(row.array(0)?)).transpose()
    }

    /// Returns whether an email may be in a block. Costs a statement only for the first email of an instance.
    fn may_be_in_block(&self, id: EmailId) -> Result<bool, Error> {
        let newest = match self.blocks.newest.get() {
            Some(newest) => newest,
            None => self.newest_in_block()?.unwrap_or(EmailId::LOWEST),
        };
        // It never falls: whatever deletes blocks may be rolled back.
        self.blocks.newest.set(Some(newest));
        Ok(id <= newest)
    }

    /// Notes an email in the summary of its block, if there is one. Call it in the transaction that inserts the email.
    pub(super) fn note_in_block(&self, id: EmailId, head: &EmailHead, region: Region) -> Result<(), Error> {
        if !self.may_be_in_block(id)? {
            return Ok(());
        }
        let sql = &self.context.sql;
        let Some(row) = sql.row(CONTAINING, [key(id)])? else { return Ok(()) };
        if read_id(row.array(1)?)? < id {
            return Ok(());
        }
        let mut summary = Summary::from_stored(row.bytes(2)?);
        summary.add_email(head, region);
        sql.run(WIDEN, [sql::blob(summary.as_bytes()), key(read_id(row.array(0)?)?)]).map(drop)
    }

    /// Deletes every summary if one may lack a restored email. The alarm makes them again. Call it in the transaction that restores the email.
    pub(crate) fn delete_blocks_around(&self, id: EmailId) -> Result<(), Error> {
        if !self.may_be_in_block(id)? {
            return Ok(());
        }
        self.context.sql.run(DELETE_ALL, [lowest()]).map(drop)
    }

    /// Deletes the summaries of emails that were deleted: those of blocks before `oldest`.
    pub(super) fn delete_blocks_before(&self, oldest: Option<EmailId>) -> Result<(), Error> {
        let oldest = oldest.map_or_else(highest, key);
        self.context.sql.run(DELETE_BEFORE, [oldest]).map(drop)
    }
}
