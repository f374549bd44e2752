//! The ledger of calls to AWS: one row per call, except for calls that send an email: these are in the email's row.
//!
//! A row is written when a call ends, without an alarm of its own.
//!
//! | file | contents |
//! |---|---|
//! | `list` | pages and export |
//! | `retention` | deletion of old rows |

mod list;
mod retention;

use std::{cell::Cell, rc::Rc};

use aws_sans_io::{Error as AwsError, Region};
use bytes::Bytes;
use domain::{
    AwsCallId,
    aws_calls::{AwsCallRecord, MAX_CALLS, TRIMMED_CALLS},
};
use http::Response;
use serde_json::json;

use super::{
    context::Context,
    sql::{blob, optional},
    stored::Stored,
};
use crate::{clock, http::Error, log, random};

pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE aws_calls (id BLOB PRIMARY KEY, action TEXT NOT NULL, region INTEGER NOT NULL, result INTEGER NOT NULL, code TEXT, \
     request_id TEXT) STRICT, WITHOUT ROWID",
];

const INSERT: &str =
    "INSERT INTO aws_calls (id, action, region, result, code, request_id) VALUES (?, ?, ?, ?, ?, ?)";
const COUNT: &str = "SELECT count(*) FROM aws_calls WHERE id > x''";
const TRIM_UNTIL: &str = "SELECT id FROM aws_calls WHERE id > x'' ORDER BY id LIMIT 1 OFFSET ?";
const TRIM: &str = "DELETE FROM aws_calls WHERE id <= ?";

/// The ledger.
pub(crate) struct AwsCalls {
    context: Rc<Context>,
    /// The number of rows, if it is known.
    rows: Cell<Option<u32>>,
    /// The time of the newest row that was deleted because there were too many, in milliseconds since 1970.
    trimmed_at: Stored<i64>,
}

/// A call in progress. If it is dropped without a response, for example because its request was cancelled, it is recorded as lost.
pub(crate) struct PendingCall<'a> {
    calls: &'a AwsCalls,
    record: Option<AwsCallRecord>,
}

impl PendingCall<'_> {
    /// Records the call with its response.
    pub(crate) fn end(mut self, response: &Result<Response<Bytes>, AwsError>) {
        self.record = self.record.take().map(|record| record.with_response(response));
    }
}

impl Drop for PendingCall<'_> {
    fn drop(&mut self) {
        if let Some(record) = self.record.take() {
            self.calls.record(record);
        }
    }
}

impl AwsCalls {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self { context, rows: Cell::default(), trimmed_at: Stored::new("aws_calls_trimmed_at") }
    }

    /// Begins a call that is sent now.
    pub(crate) fn begin(&self, action: &'static str, region: Region) -> PendingCall<'_> {
        PendingCall { calls: self, record: Some(AwsCallRecord::lost(clock::now(), action, region)) }
    }

    /// Records a call. AWS has been called, so a failure of the storage is only logged.
    pub(crate) fn record(&self, record: AwsCallRecord) {
        // The organisation may have been deleted during the call.
        if self.context.organisation().is_err() {
            return;
        }
        if let Err(error) = self.insert(record) {
            log::error("aws_call_not_recorded", json!({ "error": format!("{error:?}") }));
        }
    }

    fn insert(&self, record: AwsCallRecord) -> Result<(), Error> {
        let AwsCallRecord { at, action, region, result, code, aws_request_id } = record;
        let sql = &self.context.sql;
        let mut rows = match self.rows.get() {
            Some(rows) => rows,
            None => sql.count(COUNT, [])?,
        };
        if rows >= MAX_CALLS {
            rows = rows.saturating_sub(self.trim()?);
        }
        let values = [
            blob(&AwsCallId::new(at, random::u128()).to_bytes()),
            action.into(),
            region.number().into(),
            result.number().into(),
            optional(code),
            optional(aws_request_id),
        ];
        sql.run(INSERT, values)?;
        self.rows.set(Some(rows + 1));
        Ok(())
    }

    /// Deletes the oldest rows, because there are too many. Returns how many.
    fn trim(&self) -> Result<u32, Error> {
        let sql = &self.context.sql;
        let Some(row) = sql.row(TRIM_UNTIL, [(TRIMMED_CALLS - 1).into()])? else { return Ok(0) };
        let newest = list::read_id(&row)?;
        sql.transaction(|| {
            self.trimmed_at.set(sql, Some(clock::to_milliseconds(newest.created_at())))?;
            sql.run(TRIM, [blob(&newest.to_bytes())])
        })
    }
}
