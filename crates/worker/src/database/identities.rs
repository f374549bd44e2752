//! The table `identities`: the senders that an organisation has asked for. What SES says of them is asked of SES.

use kraiter_core::{api::IdentityId, aws::Region, mail::SenderIdentity};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use worker::D1Database;

use super::{read_time, run, statement, unreadable, written};
use crate::failure::Failure;

/// The most identities that a list shows.
const MOST: i32 = 100;

/// An identity.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    /// Its id.
    pub(crate) id: IdentityId,
    /// The domain or address.
    pub(crate) name: String,
    /// Where it lives.
    pub(crate) region: Region,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}

impl Identity {
    /// The domain or address as what it is.
    pub(crate) fn sender(&self) -> Result<SenderIdentity, Failure> {
        self.name.parse().map_err(|_| unreadable("identity"))
    }
}

#[derive(Deserialize)]
struct Row {
    id: IdentityId,
    name: String,
    region: Region,
    created_at: String,
}

impl TryFrom<Row> for Identity {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self, Failure> {
        let created_at = read_time(&row.created_at)?;
        Ok(Self { id: row.id, name: row.name, region: row.region, created_at })
    }
}

/// Stores a new identity, or finds the one that is there already; answers it, and whether it is new.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    identity: &Identity,
) -> Result<(Identity, bool), Failure> {
    let sql = "INSERT INTO identities (id, organisation_id, name, region, created_at) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT DO NOTHING";
    let id = identity.id.to_string();
    let values = [
        (&id).into(),
        organisation_id.into(),
        (&identity.name).into(),
        identity.region.name().into(),
        (&written(identity.created_at)?).into(),
    ];
    run(database, sql, &values).await?;
    let sql = "SELECT id, name, region, created_at FROM identities \
               WHERE organisation_id = ? AND name = ? AND region = ?";
    let values = [organisation_id.into(), (&identity.name).into(), identity.region.name().into()];
    let row: Option<Row> = statement(database, sql, &values)?.first(None).await?;
    let known = Identity::try_from(row.ok_or_else(|| unreadable("identity"))?)?;
    let is_new = known.id == identity.id;
    Ok((known, is_new))
}

/// The identity of an organisation that has this id.
pub(crate) async fn by_id(
    database: &D1Database,
    organisation_id: &str,
    id: IdentityId,
) -> Result<Option<Identity>, Failure> {
    let sql = "SELECT id, name, region, created_at FROM identities WHERE id = ? AND organisation_id = ?";
    let values = [(&id.to_string()).into(), organisation_id.into()];
    let row: Option<Row> = statement(database, sql, &values)?.first(None).await?;
    row.map(Identity::try_from).transpose()
}

/// An organisation's identities, newest first.
pub(crate) async fn list(database: &D1Database, organisation_id: &str) -> Result<Vec<Identity>, Failure> {
    let sql = "SELECT id, name, region, created_at FROM identities WHERE organisation_id = ? ORDER BY id DESC LIMIT ?";
    let result = statement(database, sql, &[organisation_id.into(), MOST.into()])?.all().await?;
    result.results::<Row>()?.into_iter().map(Identity::try_from).collect()
}

/// The regions in which an organisation has identities.
pub(crate) async fn regions(database: &D1Database, organisation_id: &str) -> Result<Vec<Region>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        region: Region,
    }
    let sql = "SELECT DISTINCT region FROM identities WHERE organisation_id = ?";
    let rows: Vec<Row> = statement(database, sql, &[organisation_id.into()])?.all().await?.results()?;
    Ok(rows.into_iter().map(|row| row.region).collect())
}
