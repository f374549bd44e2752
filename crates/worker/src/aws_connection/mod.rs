//! The Durable Object of one organisation: its connection, the credentials borrowed from its role, its outbox.
//!
//! There is one instance for an organisation at a time, and it does one thing between two awaits. So a state is read, decided on
//! and written without anybody between; a renewal of credentials serves all who wait for it; and a mail that was accepted has one
//! owner until it is handed to SES. What must outlive the instance is in its SQLite storage, what must not (credentials) is in
//! its memory.
//!
//! | module | subject |
//! |---|---|
//! | `client`, `command` | how the Worker asks it |
//! | `storage` | the connection's state and what is due |
//! | `connection` | the state machine's events and effects |
//! | `check` | proving a role |
//! | `audit` | which permissions the role lacks |
//! | `sessions` | borrowed credentials, in memory |
//! | `incoming` | a message that is too large for a command |
//! | `outbox`, `sending`, `batch` | mails on their way to SES |
//! | `pace`, `drain` | as fast as the account may; what waits is sent by the alarm |
//! | `schedule`, `cancel` | mails that are for later, and those that are taken back |
//! | `left_out` | whom a mail leaves out that has waited |
//! | `steps` | what is logged and counted |
//! | `doubt` | mails whose answer was lost |
//! | `batch` | many mails accepted at once |
//! | `identities`, `identity_list` | sender identities at SES: one, and all of them |
//! | `events` | what brings events back where no stack does |
//! | `regions` | the account in the regions beside the stack's |
//! | `sandbox` | who may get mail while the account is in the sandbox |
//! | `keys`, `key_client` | idempotency keys: what is kept under each |
//! | `backup`, `restore` | what is kept, page by page, and bringing it back |
//! | `erase` | forgetting everything |
//! | `alarm` | what is due by time |

mod alarm;
mod audit;
mod backup;
mod batch;
mod cancel;
mod check;
mod client;
mod command;
mod connection;
mod doubt;
mod drain;
mod erase;
mod events;
mod identities;
mod identity_list;
mod incoming;
mod key_client;
mod keys;
mod left_out;
mod outbox;
mod pace;
mod regions;
mod restore;
mod sandbox;
mod schedule;
mod sending;
mod sessions;
mod steps;
mod storage;

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    rc::Rc,
};

use api_contract::ApiError;
use aws_sans_io::{Endpoint, Region};
use domain::{
    EmailId,
    rate_limit::{QuotaSnapshot, SendReport},
    settings::Settings,
};
use serde_json::json;
use worker::{D1Database, DurableObject, Env, Method, Request, Response, State, durable_object};

pub(crate) use self::{
    client::ConnectionClient,
    command::{Command, CreatedIdentity, IdentityDetails, SubscriptionDecision},
    key_client::IdempotencyClient,
    keys::{ClaimResult, IdempotencyToken},
};
use self::{
    command::RpcRequest,
    incoming::Incoming,
    key_client::{IDEMPOTENCY_PATH, IdempotencyRequest},
    keys::UnderWay,
    outbox::Outbox,
    sessions::Sessions,
    steps::{Counts, DepthTold},
    storage::Storage,
};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::{ApiResponse, Error},
    log, settings,
};

/// One organisation's connection to AWS.
#[durable_object]
pub struct AwsConnection {
    state: State,
    env: Env,
    sessions: Sessions,
    /// Mails that this instance is handing to SES just now.
    in_flight: RefCell<HashSet<EmailId>>,
    /// What SES has answered since the pace was last asked about, by region.
    reports: RefCell<HashMap<Region, SendReport>>,
    /// What was last seen of the account's limits, by region.
    seen: RefCell<HashMap<Region, QuotaSnapshot>>,
    /// Requests under an idempotency key that are under way just now.
    under_way: UnderWay,
    /// Whether this instance has seen to the keys' tables.
    keys_are_ready: Cell<bool>,
    /// Whether this instance has seen to the outbox's tables.
    outbox_is_ready: Cell<bool>,
    /// What was counted and isn't in D1 yet.
    counts: RefCell<Counts>,
    /// What D1 was last told of how many mails are on their way.
    depth_told: Cell<Option<DepthTold>>,
    /// Whether the organisation was deleted while this instance runs.
    is_erased: Cell<bool>,
}

impl DurableObject for AwsConnection {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            sessions: Sessions::default(),
            in_flight: RefCell::default(),
            reports: RefCell::default(),
            seen: RefCell::default(),
            under_way: UnderWay::default(),
            keys_are_ready: Cell::default(),
            outbox_is_ready: Cell::default(),
            counts: RefCell::default(),
            depth_told: Cell::default(),
            is_erased: Cell::default(),
        }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        if request.path() == IDEMPOTENCY_PATH {
            let IdempotencyRequest { request_id, command } = request.json().await?;
            let answer = self.do_with_keys(command).await;
            let answer = answer.and_then(|begun| ApiResponse::json(200, &begun));
            return Self::replied(&request_id, answer);
        }
        let (asked, incoming) = if request.method() == Method::Put {
            let opened = Incoming::open(request).await;
            let (asked, incoming) = opened.map_err(|failure| worker::Error::from(format!("{failure:?}")))?;
            (asked, Some(incoming))
        } else {
            (request.json::<RpcRequest>().await?, None)
        };
        let request_id = asked.request_id.clone();
        Self::replied(&request_id, self.answer(asked, incoming).await)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        self.ring().await;
        Response::empty()
    }
}

impl AwsConnection {
    fn replied(request_id: &str, answer: Result<ApiResponse, Error>) -> worker::Result<Response> {
        let reply = answer.unwrap_or_else(|failure| {
            if let Error::Internal(text) = &failure {
                log::error("command_failed", json!({ "requestId": request_id, "error": text }));
            }
            failure.to_response(request_id)
        });
        reply.into_response(request_id)
    }

    async fn answer(&self, asked: RpcRequest, incoming: Option<Incoming>) -> Result<ApiResponse, Error> {
        let organisation = asked.organisation;
        if !matches!(asked.command, Command::Erase) {
            self.storage()?.set_organisation(&organisation)?;
        }
        match asked.command {
            Command::GetBinding => ApiResponse::json(200, &self.view(&organisation)?),
            Command::Connect { region, token } => {
                ApiResponse::json(200, &self.give_link(&organisation, region, &token).await?)
            }
            Command::RegisterRole { role } => {
                ApiResponse::json(200, &self.register(&organisation, role).await?)
            }
            Command::Verify => ApiResponse::json(200, &self.verify(&organisation).await?),
            Command::Audit => ApiResponse::json(200, &self.audit(&organisation).await?),
            Command::Disconnect => ApiResponse::json(200, &self.disconnect(&organisation).await?),
            Command::StackCreated { binding } => {
                ApiResponse::json(200, &self.note_stack(&organisation, binding).await?)
            }
            Command::SetUpEvents { request, token } => {
                ApiResponse::json(200, &self.set_up_events(&organisation, &request, &token).await?)
            }
            Command::TopicSubscribed { topic } => {
                ApiResponse::json(200, &self.note_topic(&organisation, topic).await?)
            }
            Command::TopicUnsubscribed { topic } => {
                ApiResponse::json(200, &self.note_unsubscribed(&organisation, topic).await?)
            }
            Command::CreateIdentity { identity } => {
                ApiResponse::json(200, &self.create_identity(&organisation, identity).await?)
            }
            Command::ListIdentities { query } => {
                ApiResponse::json(200, &self.list_identities(&organisation, query).await?)
            }
            Command::GetIdentity { identity } => {
                ApiResponse::json(200, &self.see_identity(&organisation, &identity).await?)
            }
            Command::SetIdentityDkim { identity, signing } => {
                ApiResponse::json(200, &self.set_identity_dkim(&organisation, identity, signing).await?)
            }
            Command::DeleteIdentity { identity } => {
                ApiResponse::json(200, &self.delete_identity(&organisation, &identity).await?)
            }
            Command::BackUp { id, cursor } => ApiResponse::json(200, &self.back_up(id, cursor)?),
            Command::Restore { page, policy } => {
                ApiResponse::json(200, &self.restore(&organisation, *page, policy).await?)
            }
            Command::Erase => ApiResponse::json(200, &self.erase().await?),
            Command::GetSending => ApiResponse::json(200, &self.view_sending(&organisation).await?),
            Command::EventReceived { id } => ApiResponse::json(200, &self.note_heard(id).await?),
            Command::Cancel { id } => ApiResponse::json(200, &self.cancel(&organisation, id).await?),
            Command::GetAccepted { ids, key } => {
                ApiResponse::json(200, &self.all_accepted(&organisation, &ids, &key).await?)
            }
            Command::SendBatch { batch, emails, key } => {
                ApiResponse::json(200, &self.send_batch(&organisation, &batch, emails, key.as_ref()).await?)
            }
            Command::Send { id, email, key } => {
                ApiResponse::json(200, &self.send(&organisation, id, *email, incoming, key.as_ref()).await?)
            }
        }
    }

    fn storage(&self) -> Result<Storage, Error> {
        self.is_kept()?;
        Storage::open(self.state.storage().sql())
    }

    fn outbox(&self) -> Result<Outbox, Error> {
        self.is_kept()?;
        let outbox = Outbox::new(self.state.storage().sql());
        if !self.outbox_is_ready.replace(true) {
            outbox.prepare(clock::now())?;
        }
        Ok(outbox)
    }

    /// Whether anything is kept of the organisation: one that was deleted is let in nowhere.
    fn is_kept(&self) -> Result<(), Error> {
        if self.is_erased.get() { Err(ApiError::Unauthorized.into()) } else { Ok(()) }
    }

    fn database(&self) -> Result<D1Database, Error> {
        database::open(&self.env)
    }

    fn settings(&self) -> Result<Rc<Settings>, Error> {
        Ok(settings::load(&self.env)?)
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.settings()?.endpoint.clone())
    }

    /// The organisation that this instance is of; none before it was first asked.
    fn organisation(&self) -> Result<Option<Organisation>, Error> {
        self.storage()?.organisation()
    }
}
