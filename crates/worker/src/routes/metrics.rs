//! `GET /metrics`.

use kraiter_core::{
    api::{ApiError, MAX_SERIES, MetricsBy},
    mail::{EXPOSITION_TYPE, exposition},
};

use super::Call;
use crate::{database, exchange::Reply, failure::Failure};

/// What happened to emails on their way, in Prometheus's text format.
pub(super) async fn get(call: &Call<'_>) -> Result<Reply, Failure> {
    let by_organisation = MetricsBy::parse(call.query)? == MetricsBy::Organisation;
    let database = database::of(call.env)?;
    // One more tells that there are too many.
    let series = database::counters::all(&database, by_organisation, MAX_SERIES + 1).await?;
    let depths = database::depths::all(&database, by_organisation, MAX_SERIES / 2).await?;
    if series.len() + depths.len() > MAX_SERIES as usize {
        return Err(ApiError::TooManySeries.into());
    }
    Ok(Reply::counts(EXPOSITION_TYPE, exposition(&series, &depths)))
}
