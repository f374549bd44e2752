//! The table `role_claims`: which organisation a role belongs to.

use aws_sans_io::RoleArn;
use domain::OrganisationId;
use wasm_bindgen::JsValue;
use worker::D1Database;

use crate::http::Error;

const CLAIMED_BY_ANOTHER: &str =
    "SELECT 1 AS found FROM role_claims WHERE role_arn = ? AND organisation_id IS NOT ?";
const CLAIM: &str =
    "INSERT INTO role_claims (role_arn, organisation_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
const RELEASE: &str = "DELETE FROM role_claims WHERE organisation_id = ? AND role_arn IS NOT ?";

/// Returns whether another organisation has claimed the role.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn is_claimed_by_another(
    database: &D1Database,
    role: &RoleArn,
    organisation: OrganisationId,
) -> Result<bool, Error> {
    let values = [role.as_str().into(), organisation.to_string().into()];
    let found: Option<u32> = database.prepare(CLAIMED_BY_ANOTHER).bind(&values)?.first(Some("found")).await?;
    Ok(found.is_some())
}

/// Claims the role for the organisation, unless it is another's. Returns whether the organisation holds it now.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn claim(
    database: &D1Database,
    role: &RoleArn,
    organisation: OrganisationId,
) -> Result<bool, Error> {
    let values = [role.as_str().into(), organisation.to_string().into()];
    database.prepare(CLAIM).bind(&values)?.run().await?;
    Ok(!is_claimed_by_another(database, role, organisation).await?)
}

/// Releases every role of the organisation except `retained`.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn release_all_but(
    database: &D1Database,
    retained: Option<&RoleArn>,
    organisation: OrganisationId,
) -> Result<(), Error> {
    let retained = retained.map_or(JsValue::NULL, |role| role.as_str().into());
    database.prepare(RELEASE).bind(&[organisation.to_string().into(), retained])?.run().await?;
    Ok(())
}
