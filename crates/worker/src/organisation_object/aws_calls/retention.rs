//! Deletion of old rows, in slices.

use domain::{AwsCallId, aws_calls::CALL_RETENTION};
use time::OffsetDateTime;

use super::{AwsCalls, list::read_id};
use crate::{http::Error, organisation_object::sql::blob};

const DELETE: &str =
    "DELETE FROM aws_calls WHERE id IN (SELECT id FROM aws_calls WHERE id < ? ORDER BY id LIMIT ?)";
const OLDEST: &str = "SELECT id FROM aws_calls WHERE id > x'' ORDER BY id LIMIT 1";

impl AwsCalls {
    /// Deletes up to `limit` of the oldest calls. Returns whether there may be more to delete.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self, now: OffsetDateTime, limit: u32) -> Result<bool, Error> {
        let cutoff = AwsCallId::new(now - CALL_RETENTION, 0);
        let deleted = self.context.sql.run(DELETE, [blob(&cutoff.to_bytes()), limit.into()])?;
        // They are counted again.
        self.rows.set(None);
        Ok(deleted >= limit)
    }

    /// Returns when the oldest call expires.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn expires_at(&self) -> Result<Option<OffsetDateTime>, Error> {
        let row = self.context.sql.row(OLDEST, [])?;
        row.map(|row| Ok(read_id(&row)?.created_at() + CALL_RETENTION)).transpose()
    }
}
