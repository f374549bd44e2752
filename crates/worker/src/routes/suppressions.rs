//! `/v1/suppressions`.

use std::rc::Rc;

use api_contract::{ApiError, CreateSuppression, SuppressionQuery, parse_json};
use domain::suppression::{AddressKey, ImportedRow, Suppression, parse_csv};

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    http::{ApiResponse, Error},
};

const NOT_FOUND: ApiError = ApiError::NotFound { what: "suppressed address" };

pub(super) async fn list(context: &RequestContext<'_>) -> HandlerResult {
    let query = SuppressionQuery::parse(context.query)?;
    ApiResponse::json(200, &context.object.suppression.list(&query).await?)
}

pub(super) fn create(context: &RequestContext<'_>) -> HandlerResult {
    let (address, reason) = parse_json::<CreateSuppression>(context.body)?.parse()?;
    let now = clock::now();
    let rows = [ImportedRow { address: address.clone(), reason, since: now }];
    let result = context.object.suppression.insert(&rows, now)?;
    ApiResponse::json(if result.added > 0 { 201 } else { 200 }, &find(context, &address)?)
}

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &find(context, &parse_address(context)?)?)
}

pub(super) fn delete(context: &RequestContext<'_>) -> HandlerResult {
    let address = parse_address(context)?;
    find(context, &address)?;
    context.object.suppression.delete(&address, clock::now())?;
    Ok(ApiResponse::empty(204))
}

/// Imports a CSV file. If any row is invalid, nothing is imported.
pub(super) fn import(context: &RequestContext<'_>) -> HandlerResult {
    let now = clock::now();
    let rows = parse_csv(context.body, now).map_err(|(rows, more)| ApiError::InvalidRows { rows, more })?;
    ApiResponse::json(200, &context.object.suppression.insert(&rows, now)?)
}

pub(super) fn export(context: &RequestContext<'_>) -> ApiResponse {
    let file = Rc::clone(&context.object.suppression).export();
    ApiResponse::csv(file).with_header("content-disposition", "attachment; filename=\"suppressions.csv\"")
}

fn parse_address(context: &RequestContext<'_>) -> Result<AddressKey, ApiError> {
    AddressKey::from_path(context.parameter).ok_or(NOT_FOUND)
}

fn find(context: &RequestContext<'_>, address: &AddressKey) -> Result<Suppression, Error> {
    Ok(context.object.suppression.find(address)?.ok_or(NOT_FOUND)?)
}
