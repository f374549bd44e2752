//! The request log: one row per request that failed, or that changed something other than an email.
//!
//! A row is written when the request ends, without an alarm of its own. The number of rows is limited, in a minute and in all.
//!
//! | file | contents |
//! |---|---|
//! | `list` | pages |
//! | `retention` | deletion of old rows |

mod list;
mod retention;

use std::{cell::Cell, rc::Rc};

use api_contract::{LoggedKey, OrganisationRoute};
use domain::{
    RequestId,
    request_log::{LogLimit, LoggedKind, TRIMMED_REQUESTS},
};
use serde_json::json;
use time::Duration;

use super::{
    OrganisationObject, RequestHead,
    access::Credential,
    context::Context,
    sql::{blob, optional},
};
use crate::{clock, http::Error, log};

pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE requests (kind INTEGER NOT NULL, id BLOB NOT NULL, method TEXT NOT NULL, route TEXT NOT NULL, status INTEGER NOT NULL, \
     code TEXT, key_id BLOB, key_name TEXT, session INTEGER NOT NULL, milliseconds INTEGER NOT NULL, left_out INTEGER NOT NULL, \
     PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID",
];

const INSERT: &str = "INSERT INTO requests (kind, id, method, route, status, code, key_id, key_name, session, milliseconds, left_out) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const COUNT: &str = "SELECT count(*) FROM requests WHERE kind = ?";
const TRIM: &str = "DELETE FROM requests WHERE kind = ?1 AND id IN (SELECT id FROM requests WHERE kind = ?1 ORDER BY id LIMIT ?2)";

/// A request while it is being handled.
pub(super) struct RequestEntry {
    method: String,
    credential: Credential,
    /// The route's pattern, if the route is known.
    pub(super) route: Option<(&'static str, OrganisationRoute)>,
    /// The API key, if it is known.
    pub(super) key: Option<LoggedKey>,
    /// The code of the problem document.
    code: Option<String>,
}

impl RequestEntry {
    pub(super) fn new(call: &RequestHead) -> Self {
        Self { method: call.method.clone(), credential: call.credential, route: None, key: None, code: None }
    }

    /// Sets the error that the request failed with.
    pub(super) fn set_error(&mut self, error: &Error) {
        self.code = Some(error.problem("").code);
    }
}

impl OrganisationObject {
    /// Logs a request that has ended, if it is one to log.
    pub(super) fn log_request(&self, id: &str, mut entry: RequestEntry, status: u16, duration: Duration) {
        let Some((_, route)) = entry.route else { return };
        let Some(kind) = LoggedKind::of(status, route.is_management()) else { return };
        // An organisation that was deleted has no log.
        if self.context.organisation().is_err() {
            return;
        }
        let Some((left_out, rows)) = self.requests.admit(kind) else { return };
        let mut write = || {
            if entry.key.is_none() {
                entry.key = self.access.logged_key(&entry.credential, clock::now())?;
            }
            self.requests.insert(rows, id, &entry, status, duration, left_out)
        };
        // The request has ended, whatever becomes of its row.
        if let Err(error) = write() {
            log::error("request_not_logged", json!({ "error": format!("{error:?}") }));
        }
    }
}

/// What is known of the rows of one kind.
struct Rows {
    kind: LoggedKind,
    limit: Cell<LogLimit>,
    /// The number of rows, if it is known.
    stored: Cell<Option<u32>>,
}

/// The log.
pub(crate) struct Requests {
    context: Rc<Context>,
    rows: [Rows; 2],
}

impl Requests {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        let rows = |kind| Rows { kind, limit: Cell::new(LogLimit::NEW), stored: Cell::default() };
        Self { context, rows: LoggedKind::ALL.map(rows) }
    }

    /// Returns the number of requests that were left out before this one and where its kind is counted, or `None` if it is left out.
    fn admit(&self, kind: LoggedKind) -> Option<(u32, &Rows)> {
        let rows = &self.rows[usize::from(kind.number())];
        let mut limit = rows.limit.get();
        let admitted = limit.admit(kind, clock::now());
        rows.limit.set(limit);
        admitted.map(|left_out| (left_out, rows))
    }

    fn insert(
        &self,
        rows: &Rows,
        id: &str,
        entry: &RequestEntry,
        status: u16,
        duration: Duration,
        left_out: u32,
    ) -> Result<(), Error> {
        let (sql, kind) = (&self.context.sql, rows.kind);
        let id: RequestId = id.parse().map_err(|_| Error::internal("a request has no id"))?;
        let mut stored = match rows.stored.get() {
            Some(stored) => stored,
            None => sql.count(COUNT, [kind.number().into()])?,
        };
        if stored >= kind.max_stored() {
            stored = stored.saturating_sub(sql.run(TRIM, [kind.number().into(), TRIMMED_REQUESTS.into()])?);
        }
        let milliseconds = u32::try_from(duration.whole_milliseconds()).unwrap_or(u32::MAX);
        let values = [
            kind.number().into(),
            blob(&id.to_bytes()),
            entry.method.as_str().into(),
            entry.route.map(|(pattern, _)| pattern).unwrap_or_default().into(),
            status.into(),
            optional(entry.code.as_deref()),
            optional(entry.key.as_ref().map(|key| blob(&key.id.to_bytes()))),
            optional(entry.key.as_ref().map(|key| key.name.as_str())),
            u8::from(matches!(entry.credential, Credential::Session(_))).into(),
            milliseconds.into(),
            left_out.into(),
        ];
        sql.run(INSERT, values)?;
        rows.stored.set(Some(stored + 1));
        Ok(())
    }
}
