//! The table `walks`: where a walk through a table goes on that is done in pieces.

use worker::{D1Database, D1PreparedStatement};

use super::statement;
use crate::http::Error;

/// Where the walk of this name goes on; an empty text is the beginning.
pub(super) async fn position(database: &D1Database, name: &str) -> Result<String, Error> {
    let sql = "SELECT position FROM walks WHERE name = ?";
    let position = statement(database, sql, &[name.into()])?.first::<String>(Some("position")).await?;
    Ok(position.unwrap_or_default())
}

/// The statement that notes where it goes on.
pub(super) fn go_on_at(
    database: &D1Database,
    name: &str,
    position: &str,
) -> Result<D1PreparedStatement, Error> {
    let sql = "INSERT INTO walks (name, position) VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position";
    statement(database, sql, &[name.into(), position.into()])
}
