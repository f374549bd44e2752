//! The table `role_claims`: which organisation a role belongs to.

use aws_sans_io::RoleArn;
use domain::{OrganisationId, onboarding::ExternalId};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::D1Database;

use super::{run, statement};
use crate::http::Error;

const CLAIM: &str =
    "INSERT INTO role_claims (role_arn, organisation_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
const OTHER_HOLDER: &str = "SELECT o.id, o.external_id FROM role_claims c JOIN organisations o ON o.id = c.organisation_id \
    WHERE c.role_arn = ? AND c.organisation_id IS NOT ?";
const TAKE_OVER: &str =
    "UPDATE role_claims SET organisation_id = ? WHERE role_arn = ? AND organisation_id = ?";
const RELEASE: &str = "DELETE FROM role_claims WHERE organisation_id = ? AND role_arn IS NOT ?";

/// The organisation that holds a role.
#[derive(Deserialize)]
pub(crate) struct Holder {
    pub(crate) id: OrganisationId,
    pub(crate) external_id: ExternalId,
}

/// Claims the role for the organisation, unless it is another's. Returns the other organisation then.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn claim(
    database: &D1Database,
    role: &RoleArn,
    organisation: OrganisationId,
) -> Result<Option<Holder>, Error> {
    let values: [JsValue; 2] = [role.as_str().into(), organisation.to_string().into()];
    run(database, CLAIM, &values).await?;
    Ok(statement(database, OTHER_HOLDER, &values)?.first(None).await?)
}

/// Passes the claim on the role from `holder` to the organisation. Returns whether the organisation has it now.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn take_over(
    database: &D1Database,
    role: &RoleArn,
    holder: OrganisationId,
    organisation: OrganisationId,
) -> Result<bool, Error> {
    let values = [organisation.to_string().into(), role.as_str().into(), holder.to_string().into()];
    run(database, TAKE_OVER, &values).await?;
    // The holder may have released the role meanwhile.
    Ok(claim(database, role, organisation).await?.is_none())
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
    run(database, RELEASE, &[organisation.to_string().into(), retained]).await.map(drop)
}
