//! Counts of deleted emails, and deletion of old counts.

use std::collections::BTreeMap;

use domain::{
    EmailId,
    metrics::{CountedEmail, Hour, METRICS_RETENTION, Rollup},
};
use time::OffsetDateTime;

use super::{Changes, Metrics, unreadable};
use crate::http::Error;

const DELETED: &str = "SELECT totals, domains, templates, regions, tags FROM deleted_metrics WHERE hour = ?";
const STORE_DELETED: &str = "INSERT INTO deleted_metrics (hour, totals, domains, templates, regions, tags) VALUES (?, ?, ?, ?, ?, ?) \
    ON CONFLICT DO UPDATE SET totals = excluded.totals, domains = excluded.domains, templates = excluded.templates, \
    regions = excluded.regions, tags = excluded.tags";
const DELETE: &str = "DELETE FROM hourly_metrics WHERE hour < ?";
const DELETE_DELETED: &str = "DELETE FROM deleted_metrics WHERE hour < ?";
const OLDEST: &str = "SELECT min(hour) FROM hourly_metrics";
const OLDEST_DELETED: &str = "SELECT min(hour) FROM deleted_metrics";

impl Changes {
    /// Returns the counts of an hour's deleted emails.
    pub(super) fn deleted(&self, hour: Hour) -> Result<Option<Rollup>, Error> {
        let Some(row) = self.context.sql.row(DELETED, [hour.number().into()])? else { return Ok(None) };
        let groups = [row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?];
        let rollup = Rollup::from_texts(&row.text(0)?, groups.each_ref().map(String::as_str));
        rollup.map(Some).ok_or_else(unreadable)
    }

    /// Adds emails to the counts of deleted emails. Call it in the transaction that deletes them.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn add_deleted(&self, emails: &[(EmailId, CountedEmail)]) -> Result<(), Error> {
        let mut rollups = BTreeMap::<Hour, Rollup>::new();
        for (id, email) in emails {
            rollups.entry(Hour::of_email(*id)).or_default().add(email);
        }
        for (hour, mut rollup) in rollups {
            // It may have been counted already.
            self.hours.borrow_mut().discard(hour);
            if let Some(deleted) = self.deleted(hour)? {
                rollup.merge(&deleted);
            }
            let (totals, [domains, templates, regions, tags]) = rollup.into_texts();
            let values = [
                hour.number().into(),
                totals.into(),
                domains.into(),
                templates.into(),
                regions.into(),
                tags.into(),
            ];
            self.context.sql.run(STORE_DELETED, values)?;
        }
        Ok(())
    }
}

impl Metrics {
    /// Deletes counts that are older than [`METRICS_RETENTION`].
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_expired(&self, now: OffsetDateTime) -> Result<(), Error> {
        let before = Hour::of(now - METRICS_RETENTION).number();
        self.context.sql.run(DELETE, [before.into()])?;
        self.context.sql.run(DELETE_DELETED, [before.into()]).map(drop)
    }

    /// Returns when the oldest counts expire.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_expiry(&self) -> Result<Option<OffsetDateTime>, Error> {
        let oldest = |statement| -> Result<Option<i32>, Error> {
            self.context.sql.row(statement, [])?.map_or(Ok(None), |row| row.optional_integer(0))
        };
        let oldest = [oldest(OLDEST)?, oldest(OLDEST_DELETED)?].into_iter().flatten().min();
        Ok(oldest.map(|hour| Hour::from_number(hour).next().start() + METRICS_RETENTION))
    }
}
