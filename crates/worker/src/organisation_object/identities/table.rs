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
pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE identities (region INTEGER NOT NULL, name TEXT NOT NULL, \
    id BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL, records_since INTEGER, dkim_selector TEXT, \
    dkim_public_key TEXT, unverified_since INTEGER, read_at INTEGER, PRIMARY KEY (region, name)) STRICT, WITHOUT ROWID",
    "CREATE INDEX identities_to_read ON identities (read_at) WHERE read_at IS NOT NULL",
];

/// An identity that was just created in SES replaces what is known of an earlier one with the same name.
const INSERT: &str = "INSERT INTO identities (region, name, id, created_at, records_since, dkim_selector, dkim_public_key) \
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (region, name) DO UPDATE SET \
     records_since = coalesce(excluded.records_since, records_since), \
     dkim_selector = iif(excluded.records_since IS NULL, dkim_selector, excluded.dkim_selector), \
     dkim_public_key = iif(excluded.records_since IS NULL, dkim_public_key, excluded.dkim_public_key) \
     RETURNING region, name, id, created_at, records_since, dkim_selector, dkim_public_key, unverified_since";
const FIND: &str = "SELECT region, name, id, created_at, records_since, dkim_selector, dkim_public_key, unverified_since \
     FROM identities WHERE id = ?";
const COUNT_IN_REGION: &str = "SELECT count(*) FROM identities WHERE region = ?";
const IN_REGION: &str = "SELECT region, name, id, created_at, records_since, dkim_selector, dkim_public_key, unverified_since \
     FROM identities WHERE region = ?";
const SET_KEY: &str =
    "UPDATE identities SET records_since = ?, dkim_selector = ?, dkim_public_key = ? WHERE id = ?";
const SET_UNVERIFIED: &str =
    "UPDATE identities SET unverified_since = ?, read_at = ? WHERE id = ? AND unverified_since IS NULL";
const SET_VERIFIED: &str = "UPDATE identities SET unverified_since = NULL, read_at = NULL WHERE id = ? AND unverified_since IS NOT NULL";
const TO_READ: &str = "SELECT region, name, id, created_at, records_since, dkim_selector, dkim_public_key, unverified_since \
     FROM identities WHERE read_at <= ? ORDER BY read_at LIMIT ?";
const NEXT_READ: &str = "SELECT read_at FROM identities WHERE read_at IS NOT NULL ORDER BY read_at LIMIT 1";
const SET_READ_AT: &str = "UPDATE identities SET read_at = ? WHERE id = ?";
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

/// Stores that SES reports an identity as unverified, and when to read it again. Nothing changes if that is known.
pub(super) fn set_unverified(
    sql: &Sql,
    id: IdentityId,
    now: OffsetDateTime,
    read_at: Option<OffsetDateTime>,
) -> Result<(), Error> {
    sql.run(SET_UNVERIFIED, [time(now), optional(read_at.map(time)), blob(&id.to_bytes())]).map(drop)
}

/// Stores that SES reports an identity as verified. Returns whether it was unverified until now.
pub(super) fn set_verified(sql: &Sql, id: IdentityId) -> Result<bool, Error> {
    Ok(sql.run(SET_VERIFIED, [blob(&id.to_bytes())])? > 0)
}

/// Returns up to `limit` identities that are to be read by `now`.
pub(super) fn to_read(sql: &Sql, now: OffsetDateTime, limit: u32) -> Result<Vec<KnownIdentity>, Error> {
    sql.rows(TO_READ, [time(now), limit.into()])?.iter().map(read).collect()
}

/// Returns when an identity is to be read next.
pub(super) fn next_read(sql: &Sql) -> Result<Option<OffsetDateTime>, Error> {
    sql.row(NEXT_READ, [])?.map(|row| row.time(0)).transpose()
}

/// Sets when to read an identity again. `None` is never.
pub(super) fn set_read_at(sql: &Sql, id: IdentityId, at: Option<OffsetDateTime>) -> Result<(), Error> {
    sql.run(SET_READ_AT, [optional(at.map(time)), blob(&id.to_bytes())]).map(drop)
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
        unverified_since: row.optional_time(7)?,
        byodkim_key,
    })
}

fn unreadable() -> Error {
    Error::internal("the storage holds an unreadable identity")
}
