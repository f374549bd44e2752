//! The table `role_claims`: which role was proven to be whose.

use aws_sans_io::RoleArn;
use serde::Deserialize;
use worker::D1Database;

use super::{maybe, run, statement};
use crate::http::Error;

/// Whether another organisation has the role.
pub(crate) async fn is_anothers(
    database: &D1Database,
    role: &RoleArn,
    organisation_id: &str,
) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Row {
        organisation_id: String,
    }
    let sql = "SELECT organisation_id FROM role_claims WHERE role_arn = ?";
    let row: Option<Row> = statement(database, sql, &[role.as_str().into()])?.first(None).await?;
    Ok(row.is_some_and(|row| row.organisation_id != organisation_id))
}

/// Takes the role for an organisation; answers whether it is its now.
pub(crate) async fn claim(
    database: &D1Database,
    role: &RoleArn,
    organisation_id: &str,
) -> Result<bool, Error> {
    let sql = "INSERT INTO role_claims (role_arn, organisation_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
    run(database, sql, &[role.as_str().into(), organisation_id.into()]).await?;
    Ok(!is_anothers(database, role, organisation_id).await?)
}

/// Gives back every role that the organisation has, but for the one it keeps.
pub(crate) async fn release_but(
    database: &D1Database,
    kept: Option<&RoleArn>,
    organisation_id: &str,
) -> Result<(), Error> {
    let sql = "DELETE FROM role_claims WHERE organisation_id = ? AND role_arn IS NOT ?";
    run(database, sql, &[organisation_id.into(), maybe(kept.map(RoleArn::as_str))]).await.map(drop)
}
