//! The tables of an organisation's object, created once, with the organisation. Ids and digests are binary, times are milliseconds since
//! 1970, and regions, phases, statuses and reasons are numbers.

use super::{
    access, aws_calls, emails, feed, idempotency, identities, metrics, reputation, request_log, stored,
    suppression, templates, webhooks,
};

/// One row.
pub(crate) const ORGANISATION: &str = "CREATE TABLE organisation (id BLOB PRIMARY KEY, name TEXT NOT NULL, external_id TEXT NOT NULL, \
    created_at INTEGER NOT NULL, suspended_at INTEGER, erased_at INTEGER) STRICT, WITHOUT ROWID";

const TABLES: [&[&str]; 13] = [
    &[ORGANISATION, stored::SCHEMA],
    access::SCHEMA,
    emails::SCHEMA,
    metrics::SCHEMA,
    aws_calls::SCHEMA,
    request_log::SCHEMA,
    feed::SCHEMA,
    idempotency::SCHEMA,
    suppression::SCHEMA,
    reputation::SCHEMA,
    templates::SCHEMA,
    identities::SCHEMA,
    webhooks::SCHEMA,
];

/// The statements that create all tables and indexes.
pub(crate) fn statements() -> impl Iterator<Item = &'static str> {
    TABLES.into_iter().flatten().copied()
}
