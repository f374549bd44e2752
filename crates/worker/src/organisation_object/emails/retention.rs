//! Deletion of expired emails, in slices.

use domain::{
    EmailId,
    delivery::{EmailStatus, History, RetentionRow},
};
use time::OffsetDateTime;

use super::{Emails, key, read_id, unreadable};
use crate::{http::Error, organisation_object::sql};

// An id begins with the time at which its email was accepted.
const CANDIDATES: &str = "SELECT id, status, region, head, events, scheduled_at, history FROM emails WHERE id > ? AND id < ? ORDER BY id LIMIT ?";
const DELETE: &str = "DELETE FROM emails WHERE id = ?";
const DELETE_EVENTS: &str = "DELETE FROM email_events WHERE email = ?";
const HAS_EVENTS: &str = "SELECT 1 FROM email_events WHERE email = ? LIMIT 1";
const OLDEST: &str = "SELECT min(id) FROM emails";

impl Emails {
    /// Deletes up to `limit` of the emails after `after` that finished before `cutoff`. Returns the id of the last one that was looked at, or
    /// `None` at the end.
    pub(crate) fn delete_expired(
        &self,
        after: Option<EmailId>,
        cutoff: OffsetDateTime,
        limit: u32,
    ) -> Result<Option<EmailId>, Error> {
        let after = after.map_or_else(|| sql::blob(&[]), key);
        let rows = self.context.sql.rows(CANDIDATES, [after, key(EmailId::new(cutoff, 0)), limit.into()])?;
        let (mut last, mut expired) = (None, Vec::new());
        for row in &rows {
            let id = read_id(row.array(0)?)?;
            last = Some(id);
            let candidate = RetentionRow {
                status: EmailStatus::from_rank(row.integer(1)?).ok_or_else(|| unreadable("status"))?,
                created_at: id.created_at(),
                scheduled_at: row.optional_time(5)?,
                history: History::from_stored(row.optional_text(6).as_deref())?,
            };
            if candidate.is_expired(cutoff) {
                expired.push(self.counted(row)?);
            }
        }
        self.context.sql.transaction(|| {
            self.changes.add_deleted(&expired)?;
            for (id, _) in &expired {
                if self.context.sql.row(HAS_EVENTS, [key(*id)])?.is_some() {
                    self.context.sql.run(DELETE_EVENTS, [key(*id)])?;
                }
                self.context.sql.run(DELETE, [key(*id)])?;
            }
            Ok(())
        })?;
        if last.is_some() {
            self.delete_blocks_before(self.oldest_id()?)?;
        }
        Ok(last.filter(|_| u32::try_from(rows.len()).is_ok_and(|rows| rows == limit)))
    }

    /// Returns when the oldest email was accepted.
    pub(crate) fn oldest(&self) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.oldest_id()?.map(EmailId::created_at))
    }

    fn oldest_id(&self) -> Result<Option<EmailId>, Error> {
        let Some(row) = self.context.sql.row(OLDEST, [])? else { return Ok(None) };
        row.optional_array(0)?.map(read_id).transpose()
    }
}
