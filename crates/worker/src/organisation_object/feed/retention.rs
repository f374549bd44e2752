//! Deletion of expired events.

use time::OffsetDateTime;

use super::{Feed, list::number};
use crate::{clock, http::Error};

const OLDEST: &str = "SELECT number, at FROM feed WHERE number > 0 ORDER BY number LIMIT ?";
const DELETE: &str = "DELETE FROM feed WHERE number <= ?";
const OLDEST_TIME: &str = "SELECT at FROM feed WHERE number > 0 ORDER BY number LIMIT 1";

impl Feed {
    /// Deletes up to `limit` of the oldest events from before `cutoff`. The newest event stays, so that numbers go on. Returns whether there
    /// may be more to delete.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self, cutoff: OffsetDateTime, limit: u32) -> Result<bool, Error> {
        let newest = self.newest()?;
        let mut last = None;
        let mut expired = 0;
        for row in self.context.sql.rows(OLDEST, [limit.into()])? {
            let found: u64 = row.integer(0)?;
            if found == newest || row.time(1)? >= cutoff {
                break;
            }
            last = Some(found);
            expired += 1;
        }
        if let Some(last) = last {
            self.context.sql.run(DELETE, [number(last)])?;
        }
        Ok(expired == limit)
    }

    /// Returns the time of the oldest event that can expire.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn oldest(&self) -> Result<Option<OffsetDateTime>, Error> {
        self.context.sql.row(OLDEST_TIME, [])?.map_or(Ok(None), |row| {
            let at: Option<i64> = row.optional_integer(0)?;
            Ok(at.map(clock::from_milliseconds))
        })
    }
}
