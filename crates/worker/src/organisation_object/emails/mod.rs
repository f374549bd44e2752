//! The table of emails: queue, log and what is shown, one row per email.
//!
//! | file | contents |
//! |---|---|
//! | `schema` | the tables, and the states of an email |
//! | `outgoing` | emails that have not finished: insert, attempt, result |
//! | `queue` | the order of queued emails, due times |
//! | `view` | what is shown of emails |
//! | `search` | pages of emails, with filters |
//! | `blocks` | summaries of blocks of emails, which searches use |
//! | `events` | SES's events |
//! | `chunks` | messages with files |
//! | `counted` | emails as they are counted for metrics |
//! | `retention` | deletion of expired emails |

mod blocks;
mod chunks;
mod counted;
mod events;
mod outgoing;
mod queue;
mod retention;
mod schema;
mod search;
mod view;

use std::{cell::Cell, rc::Rc};

use domain::EmailId;
use wasm_bindgen::JsValue;

use self::blocks::BlockState;
pub(crate) use self::{
    chunks::Chunks,
    events::EventResult,
    outgoing::{NewEmail, Outgoing, Start},
    queue::{Depth, Due, Queued, SINGLE},
    schema::SCHEMA,
};
use super::{context::Context, metrics::Changes, sql::blob};
use crate::http::Error;

/// The emails of the organisation.
pub(crate) struct Emails {
    context: Rc<Context>,
    /// Every statement that changes what is counted of an email notes that here first.
    changes: Rc<Changes>,
    /// At least the number of scheduled emails, if it is known.
    scheduled: Cell<Option<u64>>,
    blocks: BlockState,
}

impl Emails {
    pub(crate) fn new(context: Rc<Context>, changes: Rc<Changes>) -> Self {
        Self { context, changes, scheduled: Cell::new(None), blocks: BlockState::default() }
    }
}

/// Returns an id as it is stored.
fn key(id: EmailId) -> JsValue {
    blob(&id.to_bytes())
}

/// An id above every other, as it is stored.
fn highest() -> JsValue {
    blob(&[0xff; 16])
}

/// An id below every other, as it is stored.
fn lowest() -> JsValue {
    blob(&[])
}

/// Returns a stored id.
fn read_id(bytes: [u8; 16]) -> Result<EmailId, Error> {
    EmailId::from_bytes(bytes).ok_or_else(|| unreadable("id"))
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of an email"))
}
