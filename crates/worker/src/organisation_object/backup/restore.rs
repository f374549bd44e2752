//! Restoring a page. What exists stays as it is, so a page can be restored twice.

use api_contract::{ApiError, Backup, BackupValue, FieldError, RestoreResult, invalid_row};
use domain::{OrganisationId, delivery::UncertainEmailPolicy};
use time::OffsetDateTime;

use super::{
    emails::{ChunkRow, EmailRow},
    tables::{
        CONNECTION, COUNTED, EMAIL_CHUNKS, EMAILS, HAS_KEY, KEYS, TABLES, Table, is_suppressed_by_hand,
    },
    to_js,
};
use crate::{
    clock,
    http::Error,
    organisation_object::{Organisation, OrganisationObject, delivery::Step},
};

/// What SQLite's error says if a row breaks a rule of its table.
const CONSTRAINT: &str = "SQLITE_CONSTRAINT";

/// What restoring a page needs to know.
pub(super) struct Restoring {
    pub(super) policy: UncertainEmailPolicy,
    pub(super) now: OffsetDateTime,
    pub(super) result: RestoreResult,
    /// For logs and metrics, once the rows are stored.
    pub(super) steps: Vec<Step<'static>>,
}

impl OrganisationObject {
    /// Restores a page of a backup of `organisation`. If its data was lost, it is created again.
    ///
    /// # Errors
    /// [`ApiError::Field`] if the page isn't valid, or if the message of an email is incomplete. Then no row of the page is restored.
    pub(in crate::organisation_object) async fn restore(
        &self,
        body: &[u8],
        organisation: OrganisationId,
        suspended_at: Option<OffsetDateTime>,
        policy: UncertainEmailPolicy,
    ) -> Result<RestoreResult, Error> {
        let page = Backup::parse(body, organisation)?;
        let details = page.organisation.clone();
        let created = self.context.create(&Organisation {
            id: organisation,
            name: details.name,
            external_id: details.external_id,
            created_at: details.created_at,
            suspended_at,
        })?;
        if !created {
            // It was deleted.
            return Err(ApiError::NotFound { what: "organisation" }.into());
        }
        let now = clock::now();
        let result = RestoreResult { taken_at: Some(page.taken_at), ..RestoreResult::default() };
        let mut restoring = Restoring { policy, now, result, steps: Vec::new() };
        self.context.sql.transaction(|| self.restore_tables(&page, &mut restoring))?;
        self.emails.recount_scheduled();
        for step in &restoring.steps {
            self.delivery.record_step(step)?;
        }
        let finish = async {
            // Last: the connection may send at once.
            if let Some(connection) = page.connection {
                restoring.result.connection = self.connection.restore(connection).await?;
            }
            self.context.alarm.ring_by(now).await?;
            Ok(restoring.result)
        };
        self.context.while_organisation_exists(finish).await
    }

    fn restore_tables(&self, page: &Backup, restoring: &mut Restoring) -> Result<(), Error> {
        let has_key = self.context.sql.row(HAS_KEY, [])?.is_some();
        let has_connection = self.connection.back_up()?.is_some();
        if let Some(settings) = page.settings {
            self.connection.restore_settings(settings)?;
        }
        let mut suppressed_by_hand = 0;
        for (index, rows) in page.tables.iter().enumerate() {
            match rows.name.as_str() {
                KEYS if has_key => {}
                CONNECTION if has_connection => {}
                EMAIL_CHUNKS => {
                    for (number, row) in rows.rows.iter().enumerate() {
                        let chunk = ChunkRow::parse(row).ok_or_else(|| wrong_columns(index, number))?;
                        self.restore_chunk(&chunk)?;
                    }
                }
                name if name == EMAILS.name => {
                    for (number, row) in rows.rows.iter().enumerate() {
                        let email = EmailRow::parse(row).ok_or_else(|| wrong_columns(index, number))?;
                        self.restore_email(&email, [index, number], restoring)?;
                    }
                }
                name => {
                    let table = TABLES.into_iter().find(|table| table.name == name).ok_or_else(|| {
                        FieldError::new(
                            format!("tables[{index}].name"),
                            "invalid_backup",
                            "there is no such table",
                        )
                    })?;
                    for (number, row) in rows.rows.iter().enumerate() {
                        let inserted = self.restore_row(table, row, [index, number])?;
                        restoring.result.keys += u32::from(inserted && name == COUNTED);
                        suppressed_by_hand += u64::from(inserted && is_suppressed_by_hand(name, row));
                    }
                }
            }
        }
        self.suppression.count_restored(suppressed_by_hand)
    }

    /// Inserts a row unless it exists. Returns whether it was inserted. `place` is that in the page.
    pub(super) fn restore_row(
        &self,
        table: &Table,
        row: &[BackupValue],
        place: [usize; 2],
    ) -> Result<bool, Error> {
        let [index, number] = place;
        if row.len() != table.columns.len() {
            return Err(wrong_columns(index, number).into());
        }
        match self.context.sql.run_list(table.insert, row.iter().map(to_js)) {
            Ok(written) => Ok(written > 0),
            Err(Error::Internal(text)) if text.contains(CONSTRAINT) => {
                Err(invalid_row(index, number, "a value has the wrong type").into())
            }
            Err(error) => Err(error),
        }
    }
}

fn wrong_columns(table: usize, row: usize) -> FieldError {
    invalid_row(table, row, "the row does not have the columns of its table")
}
