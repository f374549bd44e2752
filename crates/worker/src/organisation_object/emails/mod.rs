//! The table of emails: queue, log and what is shown, one row per email.
//!
//! | file | contents |
//! |---|---|
//! | `schema` | the tables, and the states of an email |
//! | `outgoing` | emails that have not finished: insert, attempt, result |
//! | `queue` | the order of queued emails, due times |
//! | `view` | what is shown of emails |
//! | `events` | SES's events |
//! | `chunks` | messages with files |
//! | `counted` | emails as they are counted for metrics |
//! | `retention` | deletion of expired emails |

mod chunks;
mod counted;
mod events;
mod outgoing;
mod queue;
mod retention;
mod schema;
mod view;

use std::{cell::Cell, rc::Rc};

use domain::EmailId;
use wasm_bindgen::JsValue;

pub(crate) use self::{
    chunks::Chunks,
    events::EventResult,
    outgoing::{NewEmail, Outgoing, Start},
    queue::{Depth, Due, Queued, SINGLE},
    schema::SCHEMA,
};
use super::{context::Context, metrics::Changes, sql::blob};
use crate::http::Error;

/// Every statement, for the test of their query plans.
#[allow(dead_code, reason = "read by the test of query plans")]
/// The emails of the organisation.
pub(crate) struct Emails {
    context: Rc<Context>,
    /// Every statement that changes what is counted of an email notes that here first.
    changes: Rc<Changes>,
    /// At least the number of scheduled emails, if it is known.
    scheduled: Cell<Option<u64>>,
}

impl Emails {
    pub(crate) const fn new(context: Rc<Context>, changes: Rc<Changes>) -> Self {
        Self { context, changes, scheduled: Cell::new(None) }
    }
}

/// Returns an id as it is stored.
fn key(id: EmailId) -> JsValue {
    blob(&id.to_bytes())
}

/// Returns a stored id.
fn read_id(bytes: [u8; 16]) -> Result<EmailId, Error> {
    EmailId::from_bytes(bytes).ok_or_else(|| unreadable("id"))
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of an email"))
}
