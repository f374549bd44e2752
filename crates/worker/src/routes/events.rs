//! `/v1/events`.

use api_contract::FeedQuery;

use super::{HandlerResult, RequestContext};
use crate::http::ApiResponse;

pub(super) fn list(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.feed.page(FeedQuery::parse(context.query)?)?)
}
