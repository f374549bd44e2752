//! `GET /metrics`.

use api_contract::{ApiError, MAX_SERIES, MetricsBy};
use domain::delivery::{PROMETHEUS_CONTENT_TYPE, prometheus_text};

use super::{HandlerResult, RequestContext};
use crate::{database, http::ApiResponse};

/// Returns delivery metrics in Prometheus's text format.
pub(super) async fn get(context: &RequestContext<'_>) -> HandlerResult {
    let by_organisation = MetricsBy::parse(context.query)? == MetricsBy::Organisation;
    let database = database::open(context.env)?;
    // One more than the limit, to detect that there are too many.
    let series = database::counters::list(&database, by_organisation, MAX_SERIES + 1).await?;
    let depths = database::depths::list(&database, by_organisation, MAX_SERIES / 2).await?;
    if series.len() + depths.len() > MAX_SERIES as usize {
        return Err(ApiError::TooManySeries.into());
    }
    Ok(ApiResponse::metrics(PROMETHEUS_CONTENT_TYPE, prometheus_text(&series, &depths)))
}
