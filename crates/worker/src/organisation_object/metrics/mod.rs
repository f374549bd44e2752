//! The organisation's emails by hour, for `GET /v1/metrics`.
//!
//! Nothing is counted when an email is sent or an event arrives. Somebody who asks for metrics has the hours counted that aren't stored, or
//! in which an email has changed since: some at once, the others in the background. So a change costs a row only if it is the first one
//! after its hour was counted, and who doesn't look pays nothing.
//!
//! The counts of an hour are those of its emails, plus those of its deleted emails. An email's counts are moved from the former to the
//! latter in the transaction that deletes it, so the sum stays as it is.
//!
//! | file | contents |
//! |---|---|
//! | `changes` | marking hours as outdated |
//! | `count` | counting hours |
//! | `read` | the response to a request |
//! | `retention` | counts of deleted emails, and deletion of old counts |

mod changes;
mod count;
mod read;
mod retention;

use std::{cell::Cell, rc::Rc};

pub(crate) use self::changes::Changes;
use super::{context::Context, emails::Emails};
use crate::http::Error;

/// `hour` is the number of hours since 1970. The numbers are in the form of `domain::metrics`.
pub(crate) const SCHEMA: &[&str] = &[
    // Of emails and deleted emails. Computed, so it can be deleted at any time.
    "CREATE TABLE hourly_metrics (hour INTEGER PRIMARY KEY, counted_at INTEGER NOT NULL, is_outdated INTEGER NOT NULL, totals TEXT NOT NULL, \
     domains TEXT NOT NULL, templates TEXT NOT NULL, regions TEXT NOT NULL, tags TEXT NOT NULL) STRICT",
    "CREATE TABLE deleted_metrics (hour INTEGER PRIMARY KEY, totals TEXT NOT NULL, domains TEXT NOT NULL, templates TEXT NOT NULL, \
     regions TEXT NOT NULL, tags TEXT NOT NULL) STRICT",
];

/// Counts the organisation's emails.
pub(crate) struct Metrics {
    context: Rc<Context>,
    emails: Rc<Emails>,
    changes: Rc<Changes>,
    /// Whether hours are being counted in the background.
    is_counting: Cell<bool>,
}

impl Metrics {
    pub(crate) fn new(context: Rc<Context>, emails: Rc<Emails>, changes: Rc<Changes>) -> Self {
        Self { context, emails, changes, is_counting: Cell::default() }
    }
}

fn unreadable() -> Error {
    Error::internal("the storage holds unreadable counts")
}
