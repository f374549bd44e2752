//! Calls to the `Totals` objects.

use domain::{
    OrganisationId,
    totals::{Report, TOTALS_OBJECTS, totals_object},
};
use futures_util::future::try_join_all;
use worker::{Env, Stub};

use super::{Reading, TotalsRequest};
use crate::{durable_object, http::Error};

/// The name of the Durable Object binding.
const BINDING: &str = "TOTALS";

/// Sends an organisation's report. Repeating it is safe.
///
/// # Errors
/// Fails if the object can't be reached.
pub(crate) async fn report(env: &Env, organisation: OrganisationId, report: Report) -> Result<(), Error> {
    let stub = stub(env, totals_object(organisation))?;
    durable_object::call(&stub, "/", &TotalsRequest::Report { organisation, report }).await
}

/// Removes the series of an organisation that was deleted. Call it after the organisation's object was erased. Repeating it is safe.
///
/// # Errors
/// Fails if the object can't be reached.
pub(crate) async fn remove(env: &Env, organisation: OrganisationId) -> Result<(), Error> {
    let stub = stub(env, totals_object(organisation))?;
    durable_object::call(&stub, "/", &TotalsRequest::Remove { organisation }).await
}

/// Reads all objects concurrently. Returns the regions of each organisation if `most_series` is set and no object has more series.
///
/// # Errors
/// Fails if an object can't be reached: totals without its organisations would look like a decrease.
pub(crate) async fn read(env: &Env, most_series: Option<u32>) -> Result<Reading, Error> {
    let request = TotalsRequest::Read { most_series };
    let calls = (0..TOTALS_OBJECTS).map(async |number| {
        let reading: Reading = durable_object::call(&stub(env, number)?, "/", &request).await?;
        Ok::<_, Error>(reading)
    });
    let mut all = Reading::default();
    for reading in try_join_all(calls).await? {
        all.sums.add(&reading.sums);
        all.peaks.add(&reading.peaks);
        all.organisations.extend(reading.organisations);
    }
    all.organisations.sort_unstable_by_key(|(organisation, _)| *organisation);
    Ok(all)
}

fn stub(env: &Env, number: u8) -> Result<Stub, Error> {
    Ok(env.durable_object(BINDING)?.get_by_name(&number.to_string())?)
}
