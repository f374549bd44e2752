//! The tables of a `Totals` object: one row per organisation, and one with the sums.

use aws_sans_io::json;
use std::cell::RefCell;

use domain::{
    OrganisationId,
    totals::{BUSY_REQUESTS_PER_SECOND, LARGE_DATABASE_MIB, Peak, Regions, Report, Sums, Usage, UsagePeaks},
};
use worker::State;

use super::Reading;
use crate::{
    http::Error,
    organisation_object::sql::{Row, Sql, blob},
};

/// The tables and indexes. Usage is in columns of its own, so that the largest values are found by an index; idle organisations aren't in
/// the one of request rates.
const SCHEMA: &[&str] = &[
    "CREATE TABLE reports (organisation BLOB PRIMARY KEY, report TEXT NOT NULL, database_mib INTEGER NOT NULL, \
     requests_per_second INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX reports_by_database ON reports (database_mib)",
    "CREATE INDEX reports_by_requests ON reports (requests_per_second) WHERE requests_per_second > 0",
    // Remembered, because a report may arrive late.
    "CREATE TABLE deleted_organisations (organisation BLOB PRIMARY KEY) STRICT, WITHOUT ROWID",
    "CREATE TABLE sums (id INTEGER PRIMARY KEY CHECK (id = 1), sums TEXT NOT NULL) STRICT",
];

const HAS_TABLES: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sums'";

const SELECT_SUMS: &str = "SELECT sums FROM sums WHERE id = 1";

const WRITE_SUMS: &str =
    "INSERT INTO sums (id, sums) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET sums = excluded.sums";

const SELECT_REPORT: &str = "SELECT report FROM reports WHERE organisation = ?";

const SELECT_DELETED: &str = "SELECT 1 FROM deleted_organisations WHERE organisation = ?";

const WRITE_REPORT: &str = "INSERT INTO reports (organisation, report, database_mib, requests_per_second) \
     VALUES (?, ?, ?, ?) ON CONFLICT (organisation) DO UPDATE SET report = excluded.report, \
     database_mib = excluded.database_mib, requests_per_second = excluded.requests_per_second";

/// Writes one row: it leaves the indexes alone.
const UPDATE_REPORT: &str = "UPDATE reports SET report = ?2 WHERE organisation = ?1";

const DELETE_REPORT: &str = "DELETE FROM reports WHERE organisation = ?";

const INSERT_DELETED: &str =
    "INSERT INTO deleted_organisations (organisation) VALUES (?) ON CONFLICT DO NOTHING";

const SELECT_LARGEST_DATABASE: &str = "SELECT organisation, database_mib FROM reports WHERE database_mib >= 0 \
     ORDER BY database_mib DESC LIMIT 1";

const COUNT_LARGE_DATABASES: &str = "SELECT count(*) FROM reports WHERE database_mib >= ?";

const SELECT_HIGHEST_RATE: &str = "SELECT organisation, requests_per_second FROM reports \
     WHERE requests_per_second > 0 ORDER BY requests_per_second DESC LIMIT 1";

const COUNT_BUSY: &str = "SELECT count(*) FROM reports \
     WHERE requests_per_second >= ? AND requests_per_second > 0";

const LIST: &str =
    "SELECT organisation, report FROM reports WHERE organisation > x'' ORDER BY organisation LIMIT ?";

/// The storage of a `Totals` object.
pub(super) struct Storage {
    sql: Sql,
    /// The sums, once they are read. They are as in the table.
    sums: RefCell<Option<Sums>>,
}

impl Storage {
    pub(super) fn new(state: &State) -> Self {
        Self { sql: Sql::new(state), sums: RefCell::default() }
    }

    /// Merges a report. A deleted organisation's has no effect.
    pub(super) fn receive(&self, organisation: OrganisationId, received: &Report) -> Result<(), Error> {
        let mut sums = self.sums()?;
        let stored = self.find(organisation)?;
        let id = || blob(&organisation.to_bytes());
        if stored.is_none() && self.sql.row(SELECT_DELETED, [id()])?.is_some() {
            return Ok(());
        }
        let Some(merged) = sums.receive(stored.as_ref(), received) else { return Ok(()) };
        let text = serde_json::to_string(&merged)?;
        self.write(sums, || {
            if stored.is_some_and(|stored| stored.usage == merged.usage) {
                self.sql.run(UPDATE_REPORT, [id(), text.into()])
            } else {
                let Usage { database_mib, requests_per_second } = merged.usage;
                self.sql
                    .run(WRITE_REPORT, [id(), text.into(), database_mib.into(), requests_per_second.into()])
            }
        })
    }

    /// Removes an organisation.
    pub(super) fn remove(&self, organisation: OrganisationId) -> Result<(), Error> {
        let mut sums = self.sums()?;
        if let Some(stored) = self.find(organisation)? {
            sums.remove(&stored);
        }
        let id = || blob(&organisation.to_bytes());
        self.write(sums, || {
            self.sql.run(DELETE_REPORT, [id()])?;
            self.sql.run(INSERT_DELETED, [id()])
        })
    }

    /// Returns the totals.
    pub(super) fn read(&self, most_series: Option<u32>) -> Result<Reading, Error> {
        let sums = self.sums()?;
        let most_series = most_series.filter(|most| sums.series() <= u64::from(*most));
        let organisations = most_series.map_or_else(|| Ok(Vec::new()), |most| self.list(most))?;
        let peaks = UsagePeaks {
            largest_database: self.peak(SELECT_LARGEST_DATABASE)?,
            large_databases: self.number(COUNT_LARGE_DATABASES, LARGE_DATABASE_MIB)?,
            highest_request_rate: self.peak(SELECT_HIGHEST_RATE)?,
            busy_organisations: self.number(COUNT_BUSY, BUSY_REQUESTS_PER_SECOND)?,
        };
        Ok(Reading { sums, peaks, organisations })
    }

    /// Returns the sums, and creates the tables if there are none yet.
    fn sums(&self) -> Result<Sums, Error> {
        if let Some(sums) = self.sums.borrow().as_ref() {
            return Ok(sums.clone());
        }
        if self.sql.row(HAS_TABLES, [])?.is_none() {
            self.sql.transaction(|| SCHEMA.iter().try_for_each(|sql| self.sql.run(sql, []).map(drop)))?;
        }
        let row = self.sql.row(SELECT_SUMS, [])?;
        let sums: Sums = row
            .map(|row| Ok::<_, Error>(json::parse(row.text(0)?.as_bytes())?))
            .transpose()?
            .unwrap_or_default();
        *self.sums.borrow_mut() = Some(sums.clone());
        Ok(sums)
    }

    /// Writes the sums together with what has changed them.
    fn write(&self, sums: Sums, change: impl FnOnce() -> Result<u32, Error>) -> Result<(), Error> {
        let text = serde_json::to_string(&sums)?;
        self.sql.transaction(|| {
            change()?;
            self.sql.run(WRITE_SUMS, [text.into()])
        })?;
        *self.sums.borrow_mut() = Some(sums);
        Ok(())
    }

    fn find(&self, organisation: OrganisationId) -> Result<Option<Report>, Error> {
        let row = self.sql.row(SELECT_REPORT, [blob(&organisation.to_bytes())])?;
        row.map(|row| Ok(json::parse(row.text(0)?.as_bytes())?)).transpose()
    }

    fn list(&self, most: u32) -> Result<Vec<(OrganisationId, Regions)>, Error> {
        let rows = self.sql.rows(LIST, [most.into()])?;
        rows.iter()
            .map(|row| Ok((organisation(row)?, json::parse::<Report>(row.text(1)?.as_bytes())?.regions)))
            .collect()
    }

    fn peak(&self, sql: &str) -> Result<Option<Peak>, Error> {
        let row = self.sql.row(sql, [])?;
        row.map(|row| Ok(Peak { organisation: organisation(&row)?, value: row.integer(1)? })).transpose()
    }

    fn number(&self, sql: &str, threshold: u32) -> Result<u64, Error> {
        self.sql.count(sql, [threshold.into()])
    }
}

fn organisation(row: &Row) -> Result<OrganisationId, Error> {
    OrganisationId::from_bytes(row.array(0)?)
        .ok_or_else(|| Error::internal("the storage holds an unreadable organisation"))
}
