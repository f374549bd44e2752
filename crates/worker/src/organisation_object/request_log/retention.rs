//! Deletion of old rows, in slices.

use domain::{
    RequestId,
    request_log::{LoggedKind, REQUEST_RETENTION},
};
use time::OffsetDateTime;

use super::{Requests, list::read_id};
use crate::{http::Error, organisation_object::sql::blob};

const DELETE: &str = "DELETE FROM requests WHERE kind = ?1 AND id IN \
     (SELECT id FROM requests WHERE kind = ?1 AND id < ?2 ORDER BY id LIMIT ?3)";
const OLDEST: &str = "SELECT id FROM requests WHERE kind = ? ORDER BY id LIMIT 1";

impl Requests {
    /// Deletes up to `limit` of the oldest requests of each kind. Returns whether there may be more to delete.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self, now: OffsetDateTime, limit: u32) -> Result<bool, Error> {
        let cutoff = RequestId::new(now - REQUEST_RETENTION, 0);
        let mut has_more = false;
        for kind in LoggedKind::ALL {
            let values = [kind.number().into(), blob(&cutoff.to_bytes()), limit.into()];
            has_more |= self.context.sql.run(DELETE, values)? >= limit;
            // They are counted again.
            self.rows[usize::from(kind.number())].stored.set(None);
        }
        Ok(has_more)
    }

    /// Returns when the oldest request expires.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn expires_at(&self) -> Result<Option<OffsetDateTime>, Error> {
        let mut first = None;
        for kind in LoggedKind::ALL {
            if let Some(row) = self.context.sql.row(OLDEST, [kind.number().into()])? {
                let at = read_id(&row)?.created_at() + REQUEST_RETENTION;
                first = Some(first.map_or(at, |first: OffsetDateTime| first.min(at)));
            }
        }
        Ok(first)
    }
}
