//! The Cloudflare Worker: it carries requests, rows and AWS's answers; `kraiter-core` decides.
//!
//! | module | subject |
//! |---|---|
//! | `exchange` | a request's bytes in, an answer's bytes out |
//! | `routes` | one file a resource: what each route reads, asks and answers |
//! | `authentication` | whose key or session a request shows |
//! | `idempotency` | a request under an idempotency key |
//! | `database` | D1, one file a table |
//! | `aws` | signed requests out, answers in; SNS's certificates |
//! | `stub` | questions to Durable Objects |
//! | `dns` | questions by DNS over HTTPS |
//! | `retention` | what is kept no longer goes |
//! | `aws_connection` | the Durable Object of one organisation: connection, borrowed credentials, outbox |

mod authentication;
mod aws;
mod aws_connection;
mod clock;
mod database;
mod dns;
mod exchange;
mod failure;
mod fetch;
mod idempotency;
mod log;
mod memory;
mod random;
mod retention;
mod routes;
mod sending_pace;
mod settings;
mod stub;

use std::cell::Cell;

use kraiter_core::api::{Access, BodyKind, Fingerprint, Matched, RequestId, Routes};
use serde_json::json;
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

use crate::{
    authentication::Shown, aws_connection::KeyClient, exchange::Reply, failure::Failure, idempotency::Making,
    log::Entry,
};

/// What every request is answered by, whatever happens: a panic would lose the requests beside it.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let began = clock::now();
    let id = RequestId::new(began, random::u128()).to_string();
    let mut entry = Entry::new(&id, &request);
    let reply = answer(request, &env, &id, &mut entry).await.unwrap_or_else(|failure| {
        entry.failure(&failure);
        failure.reply(&id)
    });
    entry.ended(reply.status, clock::now() - began);
    reply.into_response(&id)
}

/// What is done at set times (`triggers.crons` in wrangler.toml), by the time that was set.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds since 1970 have 13 digits, a float keeps 15"
    )]
    let now = clock::from_milliseconds(event.schedule() as i64);
    let done = async { retention::run(&env, &*settings::of(&env)?, now).await };
    if let Err(failure) = done.await {
        log::fault("retention_fault", json!({ "fault": format!("{failure:?}") }));
    }
}

async fn answer(request: Request, env: &Env, id: &str, entry: &mut Entry) -> Result<Reply, Failure> {
    thread_local! {
        static ROUTES: Routes = Routes::default();
    }
    let settings = settings::of(env)?;
    let (method, path, query) = exchange::target(&request)?;
    let Matched { action, pattern, parameter } = ROUTES.with(|routes| routes.find(&method, &path))?;
    entry.route(pattern);
    let shown = Shown::read(request.headers())?;
    let organisation = match action.access() {
        Access::Open => None,
        Access::Administrator => {
            shown.administrator(&settings)?;
            None
        }
        Access::Organisation => {
            let organisation = shown.organisation(env, &settings, &method).await?;
            entry.organisation(&organisation.id);
            Some(organisation)
        }
    };
    let key = if action.takes_idempotency_key() { idempotency::key(request.headers())? } else { None };
    let kind = action.body();
    let mut body = exchange::body(request, kind).await?;
    let keyed = key.map(|key| (key, Fingerprint::of(method.as_str(), &path, &query, &body.bytes)));
    let large = matches!(kind, BodyKind::Large(_)).then(|| std::mem::take(&mut body)).unwrap_or_default();
    let asking = organisation.clone();
    let run = async |making: Making| {
        let call = routes::Call {
            env,
            settings: &settings,
            request_id: id,
            parameter,
            query: &query,
            body: &body.bytes,
            large: Cell::new(large),
            making: &making,
            shown: &shown,
        };
        let answer = routes::dispatch(action, &call, asking, entry).await;
        if matches!(kind, BodyKind::Large(_)) {
            entry.memory();
        }
        answer
    };
    match keyed {
        None => run(Making::anew()?).await,
        Some((key, fingerprint)) => {
            let keys = KeyClient::new(env, organisation.as_ref(), id)?;
            idempotency::once(&keys, &key, fingerprint, &settings, id, run).await
        }
    }
}
