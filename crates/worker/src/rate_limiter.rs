//! The rate limiter of one AWS account in one region: a Durable Object that every organisation using the account shares.

use std::cell::RefCell;

use aws_sans_io::{AccountId, Region};
use domain::rate_limit::{self, Grant, RateRequest};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::{clock, durable_object, http::Error};

/// The name of the Durable Object binding.
const BINDING: &str = "RATE_LIMITER";

/// Grants send slots for one AWS account in one region.
#[durable_object]
pub struct RateLimiter {
    state: State,
    /// The limiter's counters, loaded from storage on first use.
    limiter: RefCell<Option<rate_limit::RateLimiter>>,
}

impl DurableObject for RateLimiter {
    fn new(state: State, _env: Env) -> Self {
        Self { state, limiter: RefCell::default() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let text = request.text().await?;
        // `Request::json` would parse every number as a float, and timestamps are integers.
        let grant = serde_json::from_str(&text).map_err(Error::from).and_then(|request| self.grant(&request));
        let grant = grant.map_err(|error| worker::Error::from(format!("{error:?}")))?;
        Response::ok(serde_json::to_string(&grant)?)
    }
}

impl RateLimiter {
    fn grant(&self, request: &RateRequest) -> Result<Grant, Error> {
        let mut loaded = self.limiter.borrow_mut();
        let limiter = match loaded.as_mut() {
            Some(limiter) => limiter,
            None => loaded.insert(self.load()?),
        };
        let grant = limiter.grant(request, clock::now());
        let sql = "INSERT INTO rate_limiter (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state";
        self.state.storage().sql().exec(sql, vec![serde_json::to_string(limiter)?.into()])?;
        Ok(grant)
    }

    fn load(&self) -> Result<rate_limit::RateLimiter, Error> {
        #[derive(Deserialize)]
        struct Row {
            state: String,
        }
        let sql = self.state.storage().sql();
        sql.exec(
            "CREATE TABLE IF NOT EXISTS rate_limiter (id INTEGER PRIMARY KEY, state TEXT NOT NULL) STRICT",
            None,
        )?;
        let rows: Vec<Row> = sql.exec("SELECT state FROM rate_limiter", None)?.to_array()?;
        Ok(rows.first().map(|row| serde_json::from_str(&row.state)).transpose()?.unwrap_or_default())
    }
}

/// Requests send slots from the rate limiter of `account` in `region`.
///
/// # Errors
/// Fails if the object can't be reached.
pub(crate) async fn request_grant(
    env: &Env,
    account: &AccountId,
    region: Region,
    request: &RateRequest,
) -> Result<Grant, Error> {
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("{account}/{region}"))?;
    durable_object::call(&stub, "/", request).await
}
