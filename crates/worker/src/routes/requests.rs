//! `/v1/requests`.

use api_contract::RequestQuery;

use super::{HandlerResult, RequestContext};
use crate::http::ApiResponse;

pub(super) fn list(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.requests.page(&RequestQuery::parse(context.query)?)?)
}
