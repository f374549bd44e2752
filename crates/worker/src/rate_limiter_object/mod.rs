//! The rate limiter of one AWS account in one region: a Durable Object that every organisation using the account shares.

pub(crate) mod location;

use std::cell::RefCell;

use aws_sans_io::{AccountId, Region, json};
use domain::rate_limit::{self, LeaseGrant, LeaseRequest};
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::{clock, durable_object, http::Error, log, organisation_object::sql::Sql};

/// The name of the Durable Object binding.
const BINDING: &str = "RATE_LIMITER";

/// Leases the send rate of one AWS account in one region.
#[durable_object]
pub struct RateLimiter {
    sql: Sql,
    /// Loaded from storage by the first request.
    limiter: RefCell<Option<rate_limit::RateLimiter>>,
}

impl DurableObject for RateLimiter {
    fn new(state: State, _env: Env) -> Self {
        Self { sql: Sql::new(&state), limiter: RefCell::default() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let text = request.text().await?;
        // `Request::json` would parse every number as a float, and timestamps are integers.
        let grant = json::parse(text.as_bytes()).map_err(Error::from).and_then(|request| self.ask(&request));
        let grant = grant.map_err(|error| worker::Error::from(format!("{error:?}")))?;
        Response::ok(serde_json::to_string(&grant)?)
    }
}

impl RateLimiter {
    fn ask(&self, request: &LeaseRequest) -> Result<LeaseGrant, Error> {
        let now = clock::now();
        let mut loaded = self.limiter.borrow_mut();
        let limiter = match loaded.as_mut() {
            Some(limiter) => limiter,
            None => loaded.insert(self.load()?),
        };
        let grant = limiter.ask(request, now);
        if limiter.should_store(now) {
            let sql = "INSERT INTO rate_limiter (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state";
            self.sql.run(sql, [serde_json::to_string(limiter)?.into()])?;
            limiter.mark_stored(now);
        }
        Ok(grant)
    }

    /// Reads the state, and creates its table in a new object.
    fn load(&self) -> Result<rate_limit::RateLimiter, Error> {
        self.sql.run(
            "CREATE TABLE IF NOT EXISTS rate_limiter (id INTEGER PRIMARY KEY, state TEXT NOT NULL) STRICT",
            [],
        )?;
        let Some(row) = self.sql.row("SELECT state FROM rate_limiter", [])? else {
            return Ok(rate_limit::RateLimiter::default());
        };
        let mut limiter: rate_limit::RateLimiter =
            json::parse(row.text(0)?.as_bytes()).unwrap_or_else(|error| {
                // SES's own counts replace the state.
                log::error("rate_limiter_unreadable", json!({ "error": error.to_string() }));
                rate_limit::RateLimiter::default()
            });
        limiter.resume(clock::now());
        Ok(limiter)
    }
}

/// Asks the rate limiter of `account` in `region` for a lease. A new limiter is created near the region.
///
/// # Errors
/// Fails if the object can't be reached.
pub(crate) async fn ask(
    env: &Env,
    account: &AccountId,
    region: Region,
    request: &LeaseRequest,
) -> Result<LeaseGrant, Error> {
    let name = format!("{account}/{region}");
    let stub = env.durable_object(BINDING)?.get_by_name_with_location_hint(&name, location::hint(region))?;
    durable_object::call(&stub, "/", request).await
}
