//! The table `identities`: the identities that the organisation created, or that were seen in its account. Their state is read from SES.

use api_contract::{ByodkimKey, KnownIdentity};
use aws_sans_io::Region;
use domain::IdentityId;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;

use crate::{
    http::Error,
    organisation_object::sql::{Row, Sql, blob, optional, time},
};

/// The table. A region's identities are neighbours, because they are listed together.
pub(crate) const SCHEMA: &[&str] =
    &["CREATE TABLE identities (region INTEGER NOT NULL, name TEXT NOT NULL, \
    id BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL, records_since INTEGER, dkim_selector TEXT, \
    dkim_public_key TEXT, PRIMARY KEY (region, name)) STRICT, WITHOUT ROWID"];

/// An identity that was just created in SES replaces what is known of an earlier one with the same name.
const INSERT: &str = "INSERT INTO identities (region, name, id, created_at, records_since, dkim_selector, dkim_public_key) \
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (region, name) DO UPDATE SET \
     records_since = coalesce(excluded.records_since, records_since), \
     dkim_selector = iif(excluded.records_since IS NULL, dkim_selector, excluded.dkim_selector), \
     dkim_public_key = iif(excluded.records_since IS NULL, dkim_public_key, excluded.dkim_public_key) \
     RETURNING region, name, id, created_at, records_since, dkim_selector, dkim_public_key";
const FIND: &str = "SELECT region, name, id, created_at, records_since, dkim_selector, dkim_public_key \
     FROM identities WHERE id = ?";
const COUNT_IN_REGION: &str = "SELECT count(*) FROM identities WHERE region = ?";
const IN_REGION: &str = "SELECT region, name, id, created_at, records_since, dkim_selector, dkim_public_key \
     FROM identities WHERE region = ?";
const SET_KEY: &str =
    "UPDATE identities SET records_since = ?, dkim_selector = ?, dkim_public_key = ? WHERE id = ?";
const DELETE: &str = "DELETE FROM identities WHERE id = ?";
const DELETE_ALL: &str = "DELETE FROM identities";

/// Stores an identity, or finds the existing one with its name and region. Returns what is known of it.
pub(super) fn insert(sql: &Sql, identity: &KnownIdentity) -> Result<KnownIdentity, Error> {
    let [selector, public_key] = key_columns(identity.byodkim_key.as_ref());
    let values = [
        identity.region.number().into(),
        identity.name.as_str().into(),
        blob(&identity.id.to_bytes()),
        time(identity.created_at),
        optional(identity.records_since.map(time)),
        selector,
        public_key,
    ];
    read(&sql.row(INSERT, values)?.ok_or_else(unreadable)?)
}

/// Returns the identity with this id.
pub(super) fn find(sql: &Sql, id: IdentityId) -> Result<Option<KnownIdentity>, Error> {
    sql.row(FIND, [blob(&id.to_bytes())])?.as_ref().map(read).transpose()
}

/// Returns the number of identities of a region.
pub(super) fn count_in_region(sql: &Sql, region: Region) -> Result<u64, Error> {
    sql.count(COUNT_IN_REGION, [region.number().into()])
}

/// Returns all identities of a region.
pub(super) fn in_region(sql: &Sql, region: Region) -> Result<Vec<KnownIdentity>, Error> {
    sql.rows(IN_REGION, [region.number().into()])?.iter().map(read).collect()
}

/// Stores the key that signs a domain's email from `now` on. `None` is a key that SES generates.
pub(super) fn set_key(
    sql: &Sql,
    id: IdentityId,
    key: Option<&ByodkimKey>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let [selector, public_key] = key_columns(key);
    sql.run(SET_KEY, [time(now), selector, public_key, blob(&id.to_bytes())]).map(drop)
}

/// Deletes an identity.
pub(super) fn delete(sql: &Sql, id: IdentityId) -> Result<(), Error> {
    sql.run(DELETE, [blob(&id.to_bytes())]).map(drop)
}

/// Deletes all identities.
pub(super) fn delete_all(sql: &Sql) -> Result<(), Error> {
    sql.run(DELETE_ALL, []).map(drop)
}

fn key_columns(key: Option<&ByodkimKey>) -> [JsValue; 2] {
    [optional(key.map(|key| key.selector.as_str())), optional(key.map(|key| key.public_key.as_str()))]
}

fn read(row: &Row) -> Result<KnownIdentity, Error> {
    let byodkim_key = match row.optional_text(5).zip(row.optional_text(6)) {
        Some((selector, public_key)) => Some(ByodkimKey {
            selector: selector.parse().map_err(|_| unreadable())?,
            public_key: public_key.parse().map_err(|_| unreadable())?,
        }),
        None => None,
    };
    Ok(KnownIdentity {
        region: Region::from_number(row.integer(0)?).ok_or_else(unreadable)?,
        name: row.text(1)?.parse().map_err(|_| unreadable())?,
        id: IdentityId::from_bytes(row.array(2)?).ok_or_else(unreadable)?,
        created_at: row.time(3)?,
        records_since: row.optional_time(4)?,
        byodkim_key,
    })
}

fn unreadable() -> Error {
    Error::internal("the storage holds an unreadable identity")
}
