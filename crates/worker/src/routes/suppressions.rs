//! `/v1/suppressions`.

use std::collections::HashMap;

use api_contract::{ApiError, CreateSuppression, SuppressionQuery, parse_json};
use domain::{
    email::Email,
    suppression::{AddressKey, ImportedRow, Suppression, parse_csv, write_csv},
};

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    database::{self, organisations::Organisation, suppressions},
    http::{ApiResponse, Error},
};

const NOT_FOUND: ApiError = ApiError::NotFound { what: "suppressed address" };

/// Returns the suppressed recipients of these emails.
pub(super) async fn find_suppressed<'a>(
    context: &RequestContext<'_>,
    organisation: &Organisation,
    emails: impl Iterator<Item = &'a Email>,
) -> Result<HashMap<AddressKey, Suppression>, Error> {
    let addresses: Vec<_> = emails.flat_map(Email::recipients).map(AddressKey::from).collect();
    suppressions::find_suppressed(&database::open(context.env)?, &organisation.id, &addresses).await
}

pub(super) async fn list(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let query = SuppressionQuery::parse(context.query)?;
    ApiResponse::json(
        200,
        &suppressions::list_page(&database::open(context.env)?, &organisation.id, &query).await?,
    )
}

pub(super) async fn create(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let (address, reason) = parse_json::<CreateSuppression>(context.body)?.parse()?;
    let (database, now) = (database::open(context.env)?, clock::now());
    let rows = [ImportedRow { address: address.clone(), reason, since: now }];
    let result = suppressions::insert(&database, &organisation.id, &rows, now).await?;
    let suppression = suppressions::find(&database, &organisation.id, &address).await?;
    // Another request may have removed the address in between.
    ApiResponse::json(if result.added > 0 { 201 } else { 200 }, &suppression.ok_or(NOT_FOUND)?)
}

pub(super) async fn get(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let address = AddressKey::from_path(context.parameter).ok_or(NOT_FOUND)?;
    let found = suppressions::find(&database::open(context.env)?, &organisation.id, &address).await?;
    ApiResponse::json(200, &found.ok_or(NOT_FOUND)?)
}

pub(super) async fn delete(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let address = AddressKey::from_path(context.parameter).ok_or(NOT_FOUND)?;
    let database = database::open(context.env)?;
    suppressions::find(&database, &organisation.id, &address).await?.ok_or(NOT_FOUND)?;
    suppressions::delete(&database, &organisation.id, &address, clock::now()).await?;
    Ok(ApiResponse::empty(204))
}

/// Imports a CSV file. If any row is invalid, nothing is imported.
pub(super) async fn import(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let now = clock::now();
    let rows = parse_csv(context.body, now).map_err(|(rows, more)| ApiError::InvalidRows { rows, more })?;
    ApiResponse::json(
        200,
        &suppressions::insert(&database::open(context.env)?, &organisation.id, &rows, now).await?,
    )
}

pub(super) async fn export(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let all = suppressions::list_all(&database::open(context.env)?, &organisation.id).await?;
    let file = write_csv(&all).map_err(|error| Error::internal(format!("CSV: {error}")))?;
    Ok(ApiResponse::csv(file).with_header("content-disposition", "attachment; filename=\"suppressions.csv\""))
}
