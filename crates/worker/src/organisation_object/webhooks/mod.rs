//! Webhooks: which events go to which endpoint, and what became of them. A lane makes the requests.
//!
//! Every endpoint has a position in the feed. Events up to there have been dealt with: not wanted, or recorded in `webhook_deliveries`. So an
//! event costs one row per endpoint, when its delivery has succeeded, failed or is to be retried, and a crash only repeats deliveries.
//! What may begin now is `domain::webhooks`' decision.
//!
//! | file | contents |
//! |---|---|
//! | `endpoints` | creating, changing and deleting endpoints |
//! | `take` | the deliveries that begin now |
//! | `record` | what became of a delivery |
//! | `log` | pages of the delivery log |
//! | `replay` | delivering events again; test events |
//! | `wake` | when the lane is started |

mod endpoints;
mod log;
mod record;
mod replay;
mod take;
mod wake;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    rc::{Rc, Weak},
};

use domain::{EmailId, WebhookId, webhooks::WebhookEndpoint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use wasm_bindgen::JsValue;

use super::{context::Context, feed::Feed, sql::blob, stored::Stored};
use crate::http::Error;

/// `email` is empty if the event is about the connection. A row with state 0 is retried at `due_at`; without one it waits for an earlier event
/// of the same email.
pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE webhook_deliveries (endpoint BLOB NOT NULL, number INTEGER NOT NULL, email BLOB NOT NULL, state INTEGER NOT NULL, \
     attempts INTEGER NOT NULL, first_at INTEGER, last_at INTEGER, due_at INTEGER, status INTEGER, error TEXT, duration INTEGER, \
     PRIMARY KEY (endpoint, number)) STRICT, WITHOUT ROWID",
    "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint, email, number) WHERE state = 0",
];

/// The deliveries that are in progress at a time: the lane's connections, without the one for exchanges.
pub(crate) const CALLS: usize = 5;

/// A request to make.
#[derive(Serialize, Deserialize)]
pub(crate) struct WebhookRequest {
    pub(crate) endpoint: WebhookId,
    pub(crate) number: u64,
    pub(crate) attempt: u32,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What became of a request.
#[derive(Serialize, Deserialize)]
pub(crate) struct WebhookResult {
    pub(crate) endpoint: WebhookId,
    pub(crate) number: u64,
    pub(crate) attempt: u32,
    /// The status of the response and its `Retry-After` header, or why there is none.
    pub(crate) response: Result<(u16, Option<String>), String>,
    /// In milliseconds.
    pub(crate) duration: u32,
}

/// What the lane brings.
#[derive(Serialize, Deserialize)]
pub(crate) struct WebhookReport {
    pub(crate) results: Vec<WebhookResult>,
    /// The requests that the lane can make now.
    pub(crate) room: usize,
}

/// What the lane gets.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct WebhookWork {
    pub(crate) requests: Vec<WebhookRequest>,
    /// Milliseconds after which to ask again if nothing is in progress; `None` to end.
    pub(crate) ask_after: Option<u32>,
}

/// A delivery in progress.
#[derive(Clone, Copy)]
struct InFlight {
    attempt: u32,
    email: Option<EmailId>,
    began_at: OffsetDateTime,
}

/// The organisation's webhooks.
pub(crate) struct Webhooks {
    this: Weak<Self>,
    context: Rc<Context>,
    feed: Rc<Feed>,
    endpoints: Stored<Vec<WebhookEndpoint>>,
    /// The number of the last event that each endpoint has dealt with.
    positions: Stored<BTreeMap<WebhookId, u64>>,
    in_flight: RefCell<HashMap<(WebhookId, u64), InFlight>>,
    /// The endpoint that is looked at first, so that each has its turn.
    turn: Cell<usize>,
    /// Until when the lane counts as running.
    lane_until: Cell<Option<OffsetDateTime>>,
    is_waking: Cell<bool>,
}

impl Webhooks {
    pub(crate) fn new(context: Rc<Context>, feed: &Rc<Feed>) -> Rc<Self> {
        let webhooks = Rc::new_cyclic(|this: &Weak<Self>| Self {
            this: this.clone(),
            context,
            feed: Rc::clone(feed),
            endpoints: Stored::new("webhook_endpoints"),
            positions: Stored::new("webhook_positions"),
            in_flight: RefCell::default(),
            turn: Cell::default(),
            lane_until: Cell::default(),
            is_waking: Cell::default(),
        });
        let this = Rc::downgrade(&webhooks);
        feed.on_append(move || {
            if let Some(webhooks) = this.upgrade() {
                webhooks.wake();
            }
        });
        webhooks
    }

    fn all(&self) -> Result<Rc<Vec<WebhookEndpoint>>, Error> {
        Ok(self.endpoints.get(&self.context.sql)?.unwrap_or_default())
    }

    fn find(&self, id: WebhookId) -> Result<Option<WebhookEndpoint>, Error> {
        Ok(self.all()?.iter().find(|endpoint| endpoint.id == id).cloned())
    }

    fn position(&self, id: WebhookId) -> Result<u64, Error> {
        let positions = self.positions.get(&self.context.sql)?;
        Ok(positions.and_then(|positions| positions.get(&id).copied()).unwrap_or_default())
    }

    fn set_position(&self, id: WebhookId, position: Option<u64>) -> Result<(), Error> {
        let mut positions =
            self.positions.get(&self.context.sql)?.map(|positions| (*positions).clone()).unwrap_or_default();
        match position {
            Some(position) => positions.insert(id, position),
            None => positions.remove(&id),
        };
        self.positions.set(&self.context.sql, Some(positions))
    }
}

fn key(id: WebhookId) -> JsValue {
    blob(&id.to_bytes())
}

/// Returns what an event is about as it is stored.
fn email_key(email: Option<EmailId>) -> JsValue {
    email.map_or_else(|| blob(&[]), |id| blob(&id.to_bytes()))
}
