//! `/v1/sending`, `/v1/reputation` and `/v1/metrics`.

use api_contract::{MetricsQuery, Reputation};

use super::{HandlerResult, RequestContext};
use crate::{clock, http::ApiResponse};

/// Returns the queue and the send rate of each region.
pub(super) async fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.delivery.sending_status().await?)
}

/// Returns the bounce and complaint rates of each region.
pub(super) fn reputation(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &Reputation::new(context.object.reputation.get(clock::now())?))
}

/// Returns emails by hour or day.
pub(super) async fn metrics(context: &RequestContext<'_>) -> HandlerResult {
    let query = MetricsQuery::parse(context.query, clock::now())?;
    ApiResponse::json(200, &context.object.metrics.get(&query).await?)
}
