//! `/v1/sending` and `/v1/reputation`.

use api_contract::Reputation;

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
