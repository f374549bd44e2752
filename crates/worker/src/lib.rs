//! The Cloudflare Worker. The Worker itself checks a request's token and passes the request on to the organisation's Durable Object, which
//! owns the organisation's data and handles the request; the `domain` crate makes the decisions.
//!
//! | module | contents |
//! |---|---|
//! | `http` | reading requests, tokens, responses, errors |
//! | `routes` | request handlers, one file per resource |
//! | `organisation_object` | the Durable Object of one organisation, which owns its data |
//! | `sender_object` | the Durable Objects that send what an organisation has queued |
//! | `rate_limiter_object` | the Durable Object of one AWS account and region: send rate and daily quota |
//! | `totals_object` | the Durable Objects that add up operators' metrics |
//! | `directory` | D1: which organisations exist, and which roles they have claimed |
//! | `aws` | signed AWS requests and SNS certificates |
//! | `dns` | DNS over HTTPS |
//! | `durable_object` | calls to Durable Objects |
//! | `fetch`, `stream` | outgoing requests; streams of bytes |
//! | `cron` | the cron job, which finishes interrupted deletions |

mod aws;
mod clock;
mod cron;
mod directory;
mod dns;
mod durable_object;
mod fetch;
mod http;
mod log;
mod organisation_object;
#[cfg(test)]
mod query_plans;
mod random;
mod rate_limiter_object;
mod routes;
mod sender_object;
mod settings;
mod stream;
mod totals_object;

use api_contract::{BodyOwner, IdempotencyKey, LimitedBy, Matched, RateClass, RouteId, Router};
use domain::RequestId;
use serde_json::json;
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

use crate::{
    http::{
        ApiResponse, Error, RequestCredentials,
        request::{Target, discard_body, receive_body},
        request_limits,
    },
    log::RequestLog,
    organisation_object::{Action, CallHead, OrganisationClient, RequestHead},
    routes::EdgeContext,
};

/// Handles every request. All errors become responses: a panic would abort the isolate's other requests, too.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let started_at = clock::now();
    let id = RequestId::new(started_at, random::u128()).to_string();
    let mut request_log = RequestLog::new(&id, &request.inner().method());
    let response = match handle(&request, &env, &context, &id, &mut request_log).await {
        // The object has logged the request, and set all headers.
        Ok(Handled::ByObject(response)) => return Ok(response),
        Ok(Handled::Here(response)) => response,
        Err(error) => {
            request_log.set_error(&error);
            discard_body(&request);
            error.to_response(&id)
        }
    };
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
    if let Err(error) = cron::run(&env, now).await {
        log::error("cron_failed", json!({ "error": format!("{error:?}") }));
    }
}

/// A response, and who made it.
enum Handled {
    Here(ApiResponse),
    ByObject(Response),
}

async fn handle(
    request: &Request,
    env: &Env,
    runtime: &Context,
    id: &str,
    request_log: &mut RequestLog,
) -> Result<Handled, Error> {
    thread_local! {
        static ROUTER: Router = Router::default();
    }
    let settings = settings::load(env)?;
    aws::own_account::require(&settings, runtime)?;
    let Target { method, path, query } = Target::parse(request)?;
    let Matched { route, parameter } = ROUTER.with(|router| router.find(&method, &path))?;
    request_log.set_route(route.path);
    let credentials = RequestCredentials::from_headers(request.headers())?;
    let caller = match route.id {
        RouteId::Organisation(_) => credentials.identify(&settings, &method, clock::now()).map(Some),
        RouteId::Administrator(_) => credentials.require_admin(&settings).map(|()| None),
        RouteId::Monitoring(_) => credentials.require_monitoring(&settings).map(|()| None),
        RouteId::Open(_) => Ok(None),
    };
    let caller = match caller {
        Ok(caller) => caller,
        Err(error) => return Err(request_limits::count_refusal(env, request.headers(), error).await),
    };
    let key = if route.is_idempotent { read_key(request)? } else { None };
    if let Some((organisation, credential)) = caller {
        request_log.set_organisation(&organisation.to_string());
        let (body, _permit) =
            receive_body(request, route.body, BodyOwner::Organisation(organisation)).await?;
        let key = key.map(|key| key.digest());
        let call = RequestHead { method: method.as_str().to_owned(), path, query, credential, key };
        let head = CallHead {
            request_id: id.to_owned(),
            seed: random::seed()?,
            action: Action::Request(call),
            body_length: body.length(),
        };
        let client = OrganisationClient::new(env, organisation)?;
        let response = client.forward(&head, &body).await?;
        if response.status_code() == 401 {
            // Of a revoked key. The object has logged it.
            request_limits::count_client(env, RateClass::Refusals, request.headers()).await?;
        }
        return Ok(Handled::ByObject(response));
    }
    if route.rate_class.limit().is_some_and(|limit| limit.by == LimitedBy::Address) {
        request_limits::count_client(env, route.rate_class, request.headers()).await?;
    }
    let accepts_html = request.headers().get("accept")?.is_some_and(|types| types.contains("text/html"));
    let context = EdgeContext {
        env,
        settings: &settings,
        request_id: id,
        parameter,
        query: &query,
        request,
        body: route.body,
        credentials: &credentials,
        key: key.as_ref(),
        accepts_html,
    };
    let response = match route.id {
        RouteId::Open(route) => match routes::dispatch_open(route, context, request_log).await {
            Ok(response) => response,
            Err(error) => return Err(request_limits::count_refusal(env, request.headers(), error).await),
        },
        RouteId::Administrator(route) => routes::dispatch_administrator(route, context).await?,
        RouteId::Monitoring(route) => routes::dispatch_monitoring(route, &context).await?,
        RouteId::Organisation(_) => {
            return Err(Error::internal("an organisation's request was not passed on"));
        }
    };
    Ok(Handled::Here(response))
}

fn read_key(request: &Request) -> Result<Option<IdempotencyKey>, Error> {
    let header = request.headers().get(api_contract::IDEMPOTENCY_KEY)?;
    Ok(header.as_deref().map(IdempotencyKey::parse).transpose()?)
}
