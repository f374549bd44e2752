//! The table `identities`: the senders that an organisation has asked for, or that were seen in its account. What SES says of them
//! is asked of SES.

use api_contract::{ByodkimKey, KnownIdentity};
use aws_sans_io::{
    Region,
    dkim::{PublicKey, Selector},
};
use domain::IdentityId;
use email_message::SenderIdentity;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use worker::D1Database;

use super::{maybe, read_time, run, statement, unreadable, written};
use crate::http::Error;

const COLUMNS: &str = "id, name, region, created_at, records_since, dkim_selector, dkim_public_key";

#[derive(Deserialize)]
struct Row {
    id: IdentityId,
    name: SenderIdentity,
    region: Region,
    created_at: String,
    records_since: Option<String>,
    dkim_selector: Option<Selector>,
    dkim_public_key: Option<PublicKey>,
}

impl TryFrom<Row> for KnownIdentity {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let key = row.dkim_selector.zip(row.dkim_public_key);
        Ok(Self {
            id: row.id,
            name: row.name,
            region: row.region,
            created_at: read_time(&row.created_at)?,
            records_since: row.records_since.as_deref().map(read_time).transpose()?,
            byodkim_key: key.map(|(selector, public_key)| ByodkimKey { selector, public_key }),
        })
    }
}

/// The columns of a key that the customer brought.
fn key_columns(key: Option<&ByodkimKey>) -> [JsValue; 2] {
    [maybe(key.map(|key| key.selector.as_str())), maybe(key.map(|key| key.public_key.as_str()))]
}

/// Stores an identity, or finds the one that is there already; answers it, and whether it is new. One that was made just now at SES
/// takes over what is known of the one that is there.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    identity: &KnownIdentity,
) -> Result<(KnownIdentity, bool), Error> {
    let sql = format!(
        "INSERT INTO identities ({COLUMNS}, organisation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (organisation_id, name, region) DO UPDATE SET \
         records_since = coalesce(excluded.records_since, records_since), \
         dkim_selector = iif(excluded.records_since IS NULL, dkim_selector, excluded.dkim_selector), \
         dkim_public_key = iif(excluded.records_since IS NULL, dkim_public_key, excluded.dkim_public_key) \
         RETURNING {COLUMNS}"
    );
    let since = identity.records_since.map(written).transpose()?;
    let [selector, public_key] = key_columns(identity.byodkim_key.as_ref());
    let values = [
        (&identity.id.to_string()).into(),
        identity.name.as_str().into(),
        identity.region.name().into(),
        (&written(identity.created_at)?).into(),
        maybe(since.as_deref()),
        selector,
        public_key,
        organisation_id.into(),
    ];
    let row: Option<Row> = statement(database, &sql, &values)?.first(None).await?;
    let known = KnownIdentity::try_from(row.ok_or_else(|| unreadable("identity"))?)?;
    let is_new = known.id == identity.id;
    Ok((known, is_new))
}

/// Stores identities that were seen for the first time; those that are there already stay as they are.
pub(crate) async fn insert_seen(
    database: &D1Database,
    organisation_id: &str,
    seen: &[KnownIdentity],
) -> Result<(), Error> {
    let rows = seen.iter().map(|identity| {
        Ok(json!([identity.id, identity.name, identity.region, written(identity.created_at)?]))
    });
    let rows: Vec<_> = rows.collect::<Result<_, Error>>()?;
    // One text for all: the number of values that a statement takes is bounded.
    let sql = "INSERT INTO identities (id, name, region, created_at, organisation_id) \
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, ? FROM json_each(?) WHERE true \
               ON CONFLICT DO NOTHING";
    let values = [organisation_id.into(), (&serde_json::to_string(&rows)?).into()];
    run(database, sql, &values).await.map(drop)
}

/// Notes that a domain's mail is signed by another key from `now` on.
pub(crate) async fn set_key(
    database: &D1Database,
    organisation_id: &str,
    id: IdentityId,
    key: Option<&ByodkimKey>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE identities SET records_since = ?, dkim_selector = ?, dkim_public_key = ? \
               WHERE id = ? AND organisation_id = ?";
    let [selector, public_key] = key_columns(key);
    let values =
        [(&written(now)?).into(), selector, public_key, (&id.to_string()).into(), organisation_id.into()];
    run(database, sql, &values).await.map(drop)
}

/// Forgets an identity.
pub(crate) async fn delete(
    database: &D1Database,
    organisation_id: &str,
    id: IdentityId,
) -> Result<(), Error> {
    let sql = "DELETE FROM identities WHERE id = ? AND organisation_id = ?";
    run(database, sql, &[(&id.to_string()).into(), organisation_id.into()]).await.map(drop)
}

/// The identity of an organisation that has this id.
pub(crate) async fn find(
    database: &D1Database,
    organisation_id: &str,
    id: IdentityId,
) -> Result<Option<KnownIdentity>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM identities WHERE id = ? AND organisation_id = ?");
    let values = [(&id.to_string()).into(), organisation_id.into()];
    let row: Option<Row> = statement(database, &sql, &values)?.first(None).await?;
    row.map(KnownIdentity::try_from).transpose()
}

/// All identities that an organisation has had.
pub(crate) async fn all(database: &D1Database, organisation_id: &str) -> Result<Vec<KnownIdentity>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM identities WHERE organisation_id = ?");
    let result = statement(database, &sql, &[organisation_id.into()])?.all().await?;
    result.results::<Row>()?.into_iter().map(KnownIdentity::try_from).collect()
}

/// The regions in which an organisation has identities.
pub(crate) async fn regions(database: &D1Database, organisation_id: &str) -> Result<Vec<Region>, Error> {
    #[derive(Deserialize)]
    struct Row {
        region: Region,
    }
    let sql = "SELECT DISTINCT region FROM identities WHERE organisation_id = ?";
    let rows: Vec<Row> = statement(database, sql, &[organisation_id.into()])?.all().await?.results()?;
    Ok(rows.into_iter().map(|row| row.region).collect())
}

/// Forgets all identities of an organisation: they are those of an AWS account that it isn't connected to any more.
pub(crate) async fn delete_all(database: &D1Database, organisation_id: &str) -> Result<(), Error> {
    run(database, "DELETE FROM identities WHERE organisation_id = ?", &[organisation_id.into()])
        .await
        .map(drop)
}
