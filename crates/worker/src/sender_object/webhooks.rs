//! The lane for webhooks: makes the requests that an organisation's object hands out. Before each one it resolves the host's name and refuses
//! addresses that aren't public.
//!
//! The runtime resolves the name once more when it connects, and doesn't say to which address. A name whose answer changes in between is
//! not found out here; Cloudflare's network doesn't route to private addresses.

use std::{cell::RefCell, collections::HashMap, net::IpAddr, pin::Pin};

use domain::{
    OrganisationId,
    settings::Settings,
    webhooks::{WebhookUrl, check_addresses},
};
use email_dns::{Question, RecordType};
use futures_util::{StreamExt, stream::FuturesUnordered};
use time::{Duration, OffsetDateTime};
use worker::Env;

use super::{Assignment, BINDING, LaneCall, RUN, SenderObject};
use crate::{
    clock, dns, durable_object, fetch,
    http::{Error, request::OutgoingBody},
    organisation_object::{
        Command, OrganisationClient, WEBHOOK_CALLS, WebhookReport, WebhookRequest, WebhookResult, WebhookWork,
    },
    settings,
};

/// Time limit of a request, in milliseconds.
const TIMEOUT_MS: u32 = 10_000;

/// How long a name's addresses are remembered.
const RESOLVED_FOR: Duration = Duration::seconds(60);

/// Whether a name has only public addresses, and until when that is remembered.
type Resolved = RefCell<HashMap<String, (OffsetDateTime, Result<(), String>)>>;

/// What happens in the lane.
enum Event {
    Called(WebhookResult),
    Exchanged(Result<WebhookWork, Error>),
    Paused,
}

impl SenderObject {
    /// Delivers until nothing is left, or for [`RUN`].
    pub(super) async fn deliver_webhooks(&self, organisation: OrganisationId) -> Result<(), Error> {
        let client = OrganisationClient::new(&self.env, organisation)?;
        let settings = settings::load(&self.env)?;
        let (began_at, resolved) = (clock::now(), Resolved::default());
        let (settings, resolved) = (&*settings, &resolved);
        let mut work: FuturesUnordered<Pin<Box<dyn Future<Output = Event> + '_>>> = FuturesUnordered::new();
        let (mut calls, mut results) = (0_usize, Vec::new());
        let (mut exchanging, mut wants_to_ask) = (false, true);
        loop {
            let is_over = clock::now() - began_at >= RUN;
            // An event may have been appended after the last exchange.
            let is_wanted = self.is_wanted.replace(false);
            wants_to_ask |= is_wanted;
            if !exchanging && (!results.is_empty() || (wants_to_ask && !is_over)) {
                (exchanging, wants_to_ask) = (true, false);
                let room = if is_over { 0 } else { WEBHOOK_CALLS - calls };
                let report = WebhookReport { results: std::mem::take(&mut results), room };
                work.push(Box::pin(exchange(&client, report)));
            }
            let Some(event) = work.next().await else { return Ok(()) };
            match event {
                Event::Called(result) => {
                    calls -= 1;
                    results.push(result);
                }
                Event::Paused => wants_to_ask = true,
                Event::Exchanged(exchanged) => {
                    exchanging = false;
                    let WebhookWork { requests, ask_after } = exchanged?;
                    calls += requests.len();
                    for request in requests {
                        work.push(Box::pin(
                            async move { Event::Called(call(settings, resolved, request).await) },
                        ));
                    }
                    if let Some(pause) = ask_after.filter(|_| !is_over) {
                        work.push(Box::pin(async move {
                            clock::sleep(Duration::milliseconds(pause.into())).await;
                            Event::Paused
                        }));
                    }
                }
            }
        }
    }

    /// Makes one request, for which a person waits.
    pub(super) async fn deliver_one(&self, request: WebhookRequest) -> Result<WebhookResult, Error> {
        Ok(call(&*settings::load(&self.env)?, &Resolved::default(), request).await)
    }
}

async fn exchange(client: &OrganisationClient, report: WebhookReport) -> Event {
    let exchanged = async {
        let body = OutgoingBody::bytes(&serde_json::to_vec(&report)?);
        client.command("webhooks", Command::ExchangeWebhooks, &body).await
    };
    Event::Exchanged(exchanged.await)
}

async fn call(settings: &Settings, resolved: &Resolved, request: WebhookRequest) -> WebhookResult {
    let WebhookRequest { endpoint, number, attempt, url, headers, body } = request;
    let began_at = clock::now();
    let response = match check(settings, resolved, &url).await {
        Ok(()) => fetch::post_webhook(&url, &headers, &body, TIMEOUT_MS).await,
        Err(error) => Err(error),
    };
    let duration = u32::try_from((clock::now() - began_at).whole_milliseconds()).unwrap_or(u32::MAX);
    WebhookResult { endpoint, number, attempt, response, duration }
}

/// Checks the host again: the settings, or the name's addresses, may have changed since the endpoint was created.
async fn check(settings: &Settings, resolved: &Resolved, url: &str) -> Result<(), String> {
    let on_loopback = settings.endpoint.loopback_origin().is_some();
    let url = WebhookUrl::parse(url, on_loopback).map_err(|error| error.to_string())?;
    let Some(name) = url.name_to_resolve() else { return Ok(()) };
    let now = clock::now();
    let known =
        resolved.borrow().get(&name).filter(|(until, _)| *until > now).map(|(_, known)| known.clone());
    if let Some(known) = known {
        return known;
    }
    let checked = resolve(settings, &name).await;
    resolved.borrow_mut().insert(name, (now + RESOLVED_FOR, checked.clone()));
    checked
}

async fn resolve(settings: &Settings, name: &str) -> Result<(), String> {
    let questions = [RecordType::A, RecordType::Aaaa].map(|kind| Question::new(name, kind));
    let answers = dns::query_all(&settings.resolver, questions.into()).await;
    let addresses = answers.values().map(|answer| {
        let answer = answer.as_ref().ok()?;
        answer.values.iter().map(|text| text.parse().ok()).collect()
    });
    check_addresses(&addresses.collect::<Vec<Option<Vec<IpAddr>>>>()).map_err(|error| error.to_string())
}

/// Starts the lane for webhooks. One that is running asks for events once more.
///
/// # Errors
/// Fails if the lane can't be reached.
pub(crate) async fn start_webhooks(env: &Env, organisation: OrganisationId) -> Result<(), Error> {
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("{organisation}/webhooks"))?;
    durable_object::call(&stub, "/", &LaneCall::<()>::Start(Assignment::Webhooks(organisation))).await
}

/// Makes one request from a lane of its own, which no other delivery can occupy, and returns its result.
///
/// # Errors
/// Fails if the lane can't be reached.
pub(crate) async fn deliver(
    env: &Env,
    organisation: OrganisationId,
    request: &WebhookRequest,
) -> Result<WebhookResult, Error> {
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("{organisation}/webhook-tests"))?;
    durable_object::call(&stub, "/", &LaneCall::Deliver(request)).await
}
