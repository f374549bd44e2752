//! The Durable Objects that add up operators' metrics: a fixed number, over which organisations are spread by their ids.
//!
//! | file | contents |
//! |---|---|
//! | `client` | calls to the objects |
//! | `storage` | the tables: one row per organisation, and the sums |

mod client;
mod storage;

use aws_sans_io::json;
use domain::{
    OrganisationId,
    totals::{Regions, Report, Sums, UsagePeaks},
};
use serde::{Deserialize, Serialize};
use worker::{DurableObject, Env, Request, Response, State, durable_object};

pub(crate) use self::client::{read, remove, report};
use self::storage::Storage;
use crate::http::Error;

/// A request to a `Totals` object.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TotalsRequest {
    /// Merges a report. Returns nothing.
    Report { organisation: OrganisationId, report: Report },
    /// Removes a deleted organisation's series. Its later reports have no effect. Returns nothing.
    Remove { organisation: OrganisationId },
    /// Returns a [`Reading`]. `most_series` limits the list of organisations, which is only made if it isn't `None`.
    Read { most_series: Option<u32> },
}

/// The totals of one object, or of several that were added.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) sums: Sums,
    pub(crate) peaks: UsagePeaks,
    /// Sorted by id. Empty if it wasn't requested, or if there are more series than requested.
    pub(crate) organisations: Vec<(OrganisationId, Regions)>,
}

/// Adds up the reports of some of the organisations.
#[durable_object]
pub struct Totals {
    storage: Storage,
}

impl DurableObject for Totals {
    fn new(state: State, _env: Env) -> Self {
        Self { storage: Storage::new(&state) }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let text = request.text().await?;
        let response = self.handle(&text).map_err(|error| worker::Error::from(format!("{error:?}")))?;
        Response::ok(response)
    }
}

impl Totals {
    fn handle(&self, request: &str) -> Result<String, Error> {
        let response = match json::parse(request.as_bytes())? {
            TotalsRequest::Report { organisation, report } => {
                serde_json::to_string(&self.storage.receive(organisation, &report)?)
            }
            TotalsRequest::Remove { organisation } => {
                serde_json::to_string(&self.storage.remove(organisation)?)
            }
            TotalsRequest::Read { most_series } => serde_json::to_string(&self.storage.read(most_series)?),
        };
        Ok(response?)
    }
}
