//! A lane: sends what an organisation has queued in a region, or its webhooks, with connections of its own. It stores nothing but what it
//! works for.
//!
//! <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>

mod webhooks;

use std::{cell::Cell, future::Future, pin::Pin};

use aws_sans_io::{Region, json};
use domain::OrganisationId;
use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::{Deserialize, Serialize};
use time::Duration;
use worker::{DurableObject, Env, Request, Response, ScheduledTime, State, durable_object};

use crate::{
    aws, clock, durable_object, fetch,
    http::{Error, request::OutgoingBody},
    log,
    organisation_object::{
        Command, LaneEmail, LaneReport, LaneResult, LaneWork, OrganisationClient, WebhookRequest,
    },
};

pub(crate) use webhooks::{deliver, start_webhooks};

/// The name of the Durable Object binding.
const BINDING: &str = "SENDER";

/// The calls in progress. The sixth connection is for exchanges.
const CALLS: usize = 5;

/// How long one alarm sends.
const RUN: Duration = Duration::seconds(60);

/// The key of the assignment in storage.
const ASSIGNMENT: &str = "assignment";

/// What a lane works for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Assignment {
    /// Emails of a region.
    Emails { organisation: OrganisationId, region: Region },
    /// Webhooks.
    Webhooks(OrganisationId),
}

/// A call of an organisation's object.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LaneCall<R> {
    /// Start, unless the lane is running.
    Start(Assignment),
    /// Make one request and return its result.
    Deliver(R),
}

/// Sends an organisation's queued emails, or its webhooks.
#[durable_object]
pub struct SenderObject {
    state: State,
    env: Env,
    is_running: Cell<bool>,
    /// Whether the lane was called while it was running.
    is_wanted: Cell<bool>,
}

impl DurableObject for SenderObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, is_running: Cell::default(), is_wanted: Cell::default() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let call: LaneCall<WebhookRequest> = json::parse(request.text().await?.as_bytes())
            .map_err(|error| worker::Error::from(error.to_string()))?;
        match call {
            LaneCall::Deliver(request) => {
                let result = self.deliver_one(request).await;
                return Response::from_json(
                    &result.map_err(|error| worker::Error::from(format!("{error:?}")))?,
                );
            }
            // A lane for emails waits for more before it ends; one for webhooks asks once more.
            LaneCall::Start(assignment) if self.is_running.get() => {
                self.is_wanted.set(matches!(assignment, Assignment::Webhooks(_)));
            }
            LaneCall::Start(assignment) => {
                self.state.storage().put(ASSIGNMENT, assignment).await?;
                self.set_alarm(Duration::ZERO).await?;
            }
        }
        Response::ok("null")
    }

    async fn alarm(&self) -> worker::Result<Response> {
        if let Some(assignment) = self.state.storage().get::<Assignment>(ASSIGNMENT).await? {
            // If the instance ends, the next alarm continues.
            self.set_alarm(RUN).await?;
            self.is_running.set(true);
            self.is_wanted.set(false);
            let result = match assignment {
                Assignment::Emails { organisation, region } => self.send(organisation, region).await,
                Assignment::Webhooks(organisation) => self.deliver_webhooks(organisation).await,
            };
            let ended = match result {
                Ok(()) => self.state.storage().delete_alarm().await,
                Err(error) => {
                    log::error("lane_failed", serde_json::json!({ "error": format!("{error:?}") }));
                    Ok(())
                }
            };
            self.is_running.set(false);
            ended?;
            // It was called after it had asked for the last time.
            if self.is_wanted.get() {
                self.set_alarm(Duration::ZERO).await?;
            }
        }
        Response::empty()
    }
}

/// What happens in a lane.
enum Event {
    Called(LaneResult),
    Exchanged(Result<LaneWork, Error>),
    Paused,
}

type Work<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = Event> + 'a>>>;

impl SenderObject {
    /// Sends until nothing is left, or for [`RUN`].
    async fn send(&self, organisation: OrganisationId, region: Region) -> Result<(), Error> {
        let client = OrganisationClient::new(&self.env, organisation)?;
        let began_at = clock::now();
        let mut work: Work<'_> = FuturesUnordered::new();
        let (mut calls, mut results) = (0, Vec::new());
        let mut may_ask = true;
        work.push(Box::pin(exchange(&client, region, Vec::new(), CALLS)));
        let mut exchanging = true;
        while let Some(event) = work.next().await {
            match event {
                Event::Called(result) => {
                    calls -= 1;
                    results.push(result);
                }
                Event::Paused => may_ask = true,
                Event::Exchanged(exchanged) => {
                    exchanging = false;
                    let LaneWork { emails, ask_after } = exchanged?;
                    calls += emails.len();
                    for email in emails {
                        work.push(Box::pin(call(email)));
                    }
                    may_ask = ask_after == Some(0);
                    if let Some(pause) = ask_after.filter(|pause| *pause > 0) {
                        work.push(Box::pin(async move {
                            clock::sleep(Duration::milliseconds(pause.into())).await;
                            Event::Paused
                        }));
                    }
                }
            }
            let is_over = clock::now() - began_at >= RUN;
            let room = if may_ask && !is_over { CALLS - calls } else { 0 };
            if !exchanging && (room > 0 || !results.is_empty()) {
                exchanging = true;
                work.push(Box::pin(exchange(&client, region, std::mem::take(&mut results), room)));
            }
        }
        Ok(())
    }

    async fn set_alarm(&self, after: Duration) -> worker::Result<()> {
        let at = clock::to_milliseconds(clock::now() + after);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits")]
        let date = js_sys::Date::new(&(at as f64).into());
        self.state.storage().set_alarm(ScheduledTime::new(date)).await
    }
}

async fn call(email: LaneEmail) -> Event {
    let LaneEmail { id, attempt, at, request } = email;
    clock::sleep(at - clock::now()).await;
    let began_at = clock::now();
    let response = fetch::fetch_wire(request, aws::TIMEOUT_MS).await;
    let duration = u32::try_from((clock::now() - began_at).whole_milliseconds()).unwrap_or(u32::MAX);
    Event::Called(LaneResult { id, attempt, response, duration })
}

async fn exchange(
    client: &OrganisationClient,
    region: Region,
    results: Vec<LaneResult>,
    room: usize,
) -> Event {
    let exchanged = async {
        let report = LaneReport { region, results, room: u32::try_from(room).unwrap_or_default() };
        let body = OutgoingBody::bytes(&serde_json::to_vec(&report)?);
        client.command("lane", Command::Exchange, &body).await
    };
    Event::Exchanged(exchanged.await)
}

/// Starts the lane with this number, unless it is running.
///
/// # Errors
/// Fails if the lane can't be reached.
pub(crate) async fn start(
    env: &Env,
    organisation: OrganisationId,
    region: Region,
    number: u32,
) -> Result<(), Error> {
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("{organisation}/{region}/{number}"))?;
    let start = LaneCall::<()>::Start(Assignment::Emails { organisation, region });
    durable_object::call(&stub, "/", &start).await
}
