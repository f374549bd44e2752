//! `/v1/suppressions` and below.

use std::collections::HashMap;

use kraiter_core::{
    api::{ApiError, CreateSuppressionRequest, SuppressionQuery, parse_json},
    mail::{
        Email,
        suppression::{AddressKey, ImportedRow, Suppression, read_csv, write_csv},
    },
};

use super::Call;
use crate::{
    clock,
    database::{self, organisations::Organisation, suppressions},
    exchange::Reply,
    failure::Failure,
};

const MISSING: ApiError = ApiError::NotFound { what: "suppressed address" };

/// Which recipients of these emails are suppressed.
pub(super) async fn among_recipients<'a>(
    call: &Call<'_>,
    organisation: &Organisation,
    emails: impl Iterator<Item = &'a Email>,
) -> Result<HashMap<AddressKey, Suppression>, Failure> {
    let addresses: Vec<_> = emails.flat_map(Email::recipients).map(AddressKey::from).collect();
    suppressions::among(&database::of(call.env)?, &organisation.id, &addresses).await
}

pub(super) async fn list(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let query = SuppressionQuery::parse(call.query)?;
    Reply::json(200, &suppressions::page(&database::of(call.env)?, &organisation.id, &query).await?)
}

pub(super) async fn create(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let (address, reason) = parse_json::<CreateSuppressionRequest>(call.body)?.parse()?;
    let (database, now) = (database::of(call.env)?, clock::now());
    let rows = [ImportedRow { address: address.clone(), reason, since: now }];
    let entered = suppressions::insert(&database, &organisation.id, &rows, now).await?;
    let shown = suppressions::by_address(&database, &organisation.id, &address).await?;
    // It may have been taken off the list in between.
    Reply::json(if entered.added > 0 { 201 } else { 200 }, &shown.ok_or(MISSING)?)
}

pub(super) async fn get(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let address = AddressKey::from_path(call.parameter).ok_or(MISSING)?;
    let found = suppressions::by_address(&database::of(call.env)?, &organisation.id, &address).await?;
    Reply::json(200, &found.ok_or(MISSING)?)
}

pub(super) async fn delete(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let address = AddressKey::from_path(call.parameter).ok_or(MISSING)?;
    let database = database::of(call.env)?;
    suppressions::by_address(&database, &organisation.id, &address).await?.ok_or(MISSING)?;
    suppressions::delete(&database, &organisation.id, &address, clock::now()).await?;
    Ok(Reply::empty(204))
}

/// Takes a file as a whole, or nothing of it.
pub(super) async fn import(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let now = clock::now();
    let rows = read_csv(call.body, now).map_err(|(rows, more)| ApiError::RowsRefused { rows, more })?;
    Reply::json(200, &suppressions::insert(&database::of(call.env)?, &organisation.id, &rows, now).await?)
}

pub(super) async fn export(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let all = suppressions::all(&database::of(call.env)?, &organisation.id).await?;
    let file = write_csv(&all).map_err(|error| Failure::internal(format!("CSV: {error}")))?;
    Ok(Reply::csv(file).with_header("content-disposition", "attachment; filename=\"suppressions.csv\""))
}
