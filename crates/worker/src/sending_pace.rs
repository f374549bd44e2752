//! The Durable Object of one AWS account in one region: how fast may be sent there, by all organisations together.

use std::cell::RefCell;

use kraiter_core::{
    aws::{AccountId, Region},
    pacing::{Ask, Granted, Pacer},
};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::{clock, failure::Failure, stub};

/// The binding of the Durable Objects.
const BINDING: &str = "SENDING_PACE";

/// The pace of one account in one region.
#[durable_object]
pub struct SendingPace {
    state: State,
    /// What is counted; read from storage once an instance.
    pacer: RefCell<Option<Pacer>>,
}

impl DurableObject for SendingPace {
    fn new(state: State, _env: Env) -> Self {
        Self { state, pacer: RefCell::default() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let asked = request.text().await?;
        // By serde_json: JavaScript's own numbers are all floating points, and a time is none.
        let granted = serde_json::from_str(&asked).map_err(Failure::from).and_then(|ask| self.answer(&ask));
        let granted = granted.map_err(|failure| worker::Error::from(format!("{failure:?}")))?;
        Response::ok(serde_json::to_string(&granted)?)
    }
}

impl SendingPace {
    fn answer(&self, ask: &Ask) -> Result<Granted, Failure> {
        let mut known = self.pacer.borrow_mut();
        let pacer = match known.as_mut() {
            Some(pacer) => pacer,
            None => known.insert(self.read()?),
        };
        let granted = pacer.ask(ask, clock::now());
        let sql = "INSERT INTO pace (id, pacer) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET pacer = excluded.pacer";
        self.state.storage().sql().exec(sql, vec![serde_json::to_string(pacer)?.into()])?;
        Ok(granted)
    }

    fn read(&self) -> Result<Pacer, Failure> {
        #[derive(Deserialize)]
        struct Row {
            pacer: String,
        }
        let sql = self.state.storage().sql();
        sql.exec(
            "CREATE TABLE IF NOT EXISTS pace (id INTEGER PRIMARY KEY, pacer TEXT NOT NULL) STRICT",
            None,
        )?;
        let rows: Vec<Row> = sql.exec("SELECT pacer FROM pace", None)?.to_array()?;
        Ok(rows.first().map(|row| serde_json::from_str(&row.pacer)).transpose()?.unwrap_or_default())
    }
}

/// Asks the pace of an account in a region.
///
/// # Errors
/// Where the object can't be reached.
pub(crate) async fn ask(
    env: &Env,
    account: &AccountId,
    region: Region,
    ask: &Ask,
) -> Result<Granted, Failure> {
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("{account}/{region}"))?;
    stub::ask(&stub, "/", ask).await
}
