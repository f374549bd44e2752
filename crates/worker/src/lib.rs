//! The Cloudflare Worker. It receives requests and calls D1, AWS and DNS; the `domain` crate makes the decisions.
//!
//! | module | contents |
//! |---|---|
//! | `http` | reading requests, authentication, responses, errors |
//! | `routes` | request handlers, one file per resource |
//! | `idempotency` | requests with an idempotency key |
//! | `database` | D1, one file per table |
//! | `aws` | signed AWS requests and SNS certificates |
//! | `dns` | DNS over HTTPS |
//! | `durable_object` | calls to Durable Objects |
//! | `aws_connection` | the Durable Object of one organisation: connection, credentials, outbox |
//! | `rate_limiter` | the Durable Object of one AWS account and region: send rate and daily quota |
//! | `retention` | the cron job that deletes expired data |

mod aws;
mod aws_connection;
mod clock;
mod database;
mod dns;
mod durable_object;
mod fetch;
mod http;
mod idempotency;
mod log;
mod random;
mod rate_limiter;
mod retention;
mod routes;
mod settings;

use std::cell::Cell;

use api_contract::{BodyKind, Fingerprint, Matched, Router};
use domain::RequestId;
use serde_json::json;
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

use crate::{
    aws_connection::IdempotencyClient,
    http::{
        ApiResponse, Error, RequestCredentials,
        request::{Body, Target, read_body},
    },
    idempotency::IdSource,
    log::RequestLog,
    routes::Call,
};

/// Handles every request. All errors become responses: a panic would abort the isolate's other requests, too.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let started_at = clock::now();
    let id = RequestId::new(started_at, random::u128()).to_string();
    let mut request_log = RequestLog::new(&id, &request);
    let response = handle(request, &env, &id, &mut request_log).await.unwrap_or_else(|error| {
        request_log.set_error(&error);
        error.to_response(&id)
    });
    request_log.finish(response.status, clock::now() - started_at);
    response.into_response(&id)
}

/// Runs the cron job (`triggers.crons` in `wrangler.toml`).
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds since the Unix epoch have 13 digits, a float keeps 15"
    )]
    let now = clock::from_milliseconds(event.schedule() as i64);
    let result = async { retention::run(&env, &*settings::load(&env)?, now).await };
    if let Err(error) = result.await {
        log::error("retention_failed", json!({ "error": format!("{error:?}") }));
    }
}

async fn handle(
    request: Request,
    env: &Env,
    id: &str,
    request_log: &mut RequestLog,
) -> Result<ApiResponse, Error> {
    thread_local! {
        static ROUTER: Router = Router::default();
    }
    let settings = settings::load(env)?;
    let Target { method, path, query } = Target::parse(&request)?;
    let Matched { route, parameter } = ROUTER.with(|router| router.find(&method, &path))?;
    request_log.set_route(route.path());
    let credentials = RequestCredentials::from_headers(request.headers())?;
    let call = Call::authorise(route.id, &credentials, env, &settings, &method).await?;
    if let Some(organisation) = call.organisation() {
        request_log.set_organisation(&organisation.id);
    }
    let key = if route.is_idempotent() { idempotency::parse_key(request.headers())? } else { None };
    let body_kind = route.body();
    let is_large = matches!(body_kind, BodyKind::Large(_));
    let mut body = read_body(request, body_kind).await?;
    let keyed = key.map(|key| (key, Fingerprint::of(method.as_str(), &path, &query, &body.bytes)));
    let large_body = if is_large { std::mem::take(&mut body) } else { Body::default() };
    let run = async |ids: IdSource| {
        let context = routes::RequestContext {
            env,
            settings: &settings,
            request_id: id,
            parameter,
            query: &query,
            body: &body.bytes,
            large_body: Cell::new(large_body),
            ids: &ids,
            credentials: &credentials,
        };
        let result = routes::dispatch(&call, &context, request_log).await;
        if is_large {
            request_log.set_memory();
        }
        result
    };
    match keyed {
        None => run(IdSource::random()?).await,
        Some((key, fingerprint)) => {
            let client = IdempotencyClient::new(env, call.organisation(), id)?;
            idempotency::run_once(&client, &key, fingerprint, &settings, id, run).await
        }
    }
}
