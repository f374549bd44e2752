//! The suppression list: addresses that no email is sent to.
//!
//! Facts about an address are stored once and never changed; which addresses are suppressed is computed from them (`domain::suppression`).
//! Facts from before an address was removed from the list are never stored: `recipients.removed_at` only grows.
//!
//! Soft bounces count only if no email was delivered since. A delivery is already stored with its email, so it costs no row here unless the
//! address has soft bounces. The first soft bounce of an address looks for earlier deliveries in the newest emails. So the order in which
//! events arrive doesn't matter, as long as a delivery is among the newest [`SEARCHED_EMAILS`](deliveries) when a soft bounce from before
//! it arrives.
//!
//! | file | contents |
//! |---|---|
//! | `facts` | reading facts, and the suppressed recipients of emails |
//! | `entries` | entries made by hand, imports, unsubscribes and removals |
//! | `events` | what SES's events say about addresses |
//! | `deliveries` | earlier deliveries to an address |
//! | `list` | pages of the list, and the export |
//! | `retention` | deletion of soft bounces that no longer matter |

mod deliveries;
mod entries;
mod events;
mod facts;
mod list;
mod retention;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{context::Context, feed::Feed, stored::Stored};
use crate::http::Error;

pub(crate) const SCHEMA: &[&str] = &[
    // `kind` is the number of a `FactKind`. `source` makes a repeated event the same fact: what identifies the event, the email's id for an
    // unsubscribe, or nothing for an entry made by hand.
    "CREATE TABLE suppression_facts (address TEXT NOT NULL, kind INTEGER NOT NULL, source BLOB NOT NULL, email_id BLOB, \
     since INTEGER NOT NULL, observed_at INTEGER NOT NULL, PRIMARY KEY (address, kind, source)) STRICT, WITHOUT ROWID",
    // 6 is the number of a soft bounce.
    "CREATE INDEX suppression_soft_bounces ON suppression_facts (address) WHERE kind = 6",
    // Only addresses that were removed from the list, or that have soft bounces and a delivery.
    "CREATE TABLE recipients (address TEXT PRIMARY KEY, delivered_at INTEGER, removed_at INTEGER) STRICT, WITHOUT ROWID",
];

/// Every statement, for the test of their query plans.
#[allow(dead_code, reason = "read by the test of query plans")]
/// The organisation's suppression list.
pub(crate) struct SuppressionList {
    context: Rc<Context>,
    feed: Rc<Feed>,
    /// The number of facts entered by hand or by imports, which is limited. Counting them would read them all.
    by_hand: Stored<u64>,
    /// How far the deletion of expired facts has come. A new instance begins again.
    retention: RefCell<retention::Pass>,
    /// Whether something that expires was left by the last pass. Unknown after a restart.
    can_expire: Cell<bool>,
}

impl SuppressionList {
    pub(crate) fn new(context: Rc<Context>, feed: Rc<Feed>) -> Self {
        Self {
            context,
            feed,
            by_hand: Stored::new("suppressed_by_hand"),
            retention: RefCell::default(),
            can_expire: Cell::new(true),
        }
    }
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of a suppressed address"))
}
