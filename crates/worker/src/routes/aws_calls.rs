//! `/v1/aws-calls`.

use std::rc::Rc;

use api_contract::AwsCallQuery;

use super::{HandlerResult, RequestContext};
use crate::http::ApiResponse;

pub(super) fn list(context: &RequestContext<'_>) -> HandlerResult {
    let query = AwsCallQuery::parse(context.query)?;
    ApiResponse::json(200, &context.object.aws_calls.page(&query, &context.object.connection)?)
}

pub(super) fn export(context: &RequestContext<'_>) -> HandlerResult {
    let query = AwsCallQuery::parse_filter(context.query)?;
    let file = Rc::clone(&context.object.aws_calls).export(query);
    Ok(ApiResponse::csv(file).with_header("content-disposition", "attachment; filename=\"aws-calls.csv\""))
}
