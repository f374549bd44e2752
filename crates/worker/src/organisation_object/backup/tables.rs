//! The tables in a backup, in the order in which they are restored.

use api_contract::BackupValue;

/// A table in a backup.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    /// The types of the columns of the key, which are the first columns.
    key: &'static [Type],
    /// Returns rows after a key.
    pub(super) select: &'static str,
    /// Inserts a row, unless it exists.
    pub(super) insert: &'static str,
    /// The number of rows that are read at once. One if a row may be large.
    pub(super) rows_per_read: u32,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Bytes,
    Integer,
}

impl Table {
    /// Returns the number of columns of the key.
    pub(super) const fn key_length(&self) -> usize {
        self.key.len()
    }

    /// Returns a key that is before every row.
    pub(super) fn start(&self) -> Vec<BackupValue> {
        let lowest = |key: &Type| match key {
            Type::Text => BackupValue::Text(String::new()),
            Type::Bytes => BackupValue::bytes(Vec::new()),
            Type::Integer => BackupValue::Integer(-1),
        };
        self.key.iter().map(lowest).collect()
    }
}

/// Declares a table with its key, its other columns and a condition under which a row is restored.
macro_rules! table {
    (
        $name:literal, key: [$type:ident $first:literal $(, $types:ident $rest:literal)*], columns: [$($column:literal),*],
        $(if: $condition:literal,)? rows_per_read: $rows:literal
    ) => {
        Table {
            name: $name,
            columns: &[$first $(, $rest)* $(, $column)*],
            key: &[Type::$type $(, Type::$types)*],
            select: concat!(
                "SELECT ", $first $(, ", ", $rest)* $(, ", ", $column)*, " FROM ", $name, " WHERE (", $first $(, ", ", $rest)*,
                ") > (?" $(, table!(@value $rest))*, ") ORDER BY ", $first $(, ", ", $rest)*, " LIMIT ?"
            ),
            insert: concat!(
                "INSERT INTO ", $name, " (", $first $(, ", ", $rest)* $(, ", ", $column)*, ") SELECT ?"
                $(, table!(@value $rest))* $(, table!(@value $column))*, " WHERE true" $(, " AND ", $condition)?,
                " ON CONFLICT DO NOTHING"
            ),
            rows_per_read: $rows,
        }
    };
    (@value $column:literal) => { ", ?" };
}

const API_KEYS: Table = table!(
    "api_keys", key: [Bytes "digest"], columns: ["id", "name", "hint", "created_at", "last_used_at", "scope", "expires_at", "restrictions", "is_test"],
    rows_per_read: 100
);
const WEBHOOKS: Table = table!("webhooks", key: [Bytes "digest"], columns: ["topic_arn", "is_proven", "created_at"], rows_per_read: 100);
const IDENTITIES: Table = table!(
    "identities", key: [Integer "region", Text "name"],
    columns: ["id", "created_at", "records_since", "dkim_selector", "dkim_public_key", "unverified_since", "read_at"], rows_per_read: 100
);
const TEMPLATES: Table = table!("templates", key: [Bytes "id"], columns: ["name", "version", "bytes", "created_at"], rows_per_read: 100);
// The name of the template may belong to another one now.
const TEMPLATE_VERSIONS: Table = table!(
    "template_versions", key: [Bytes "template_id", Integer "version"],
    columns: ["bytes", "subject", "html", "text", "variables", "created_at"],
    if: "EXISTS (SELECT 1 FROM templates WHERE id = ?1)", rows_per_read: 1
);
const RECIPIENTS: Table =
    table!("recipients", key: [Text "address"], columns: ["delivered_at", "removed_at"], rows_per_read: 100);
// The address may have been removed from the list since.
const SUPPRESSION_FACTS: Table = table!(
    "suppression_facts", key: [Text "address", Integer "kind", Bytes "source"], columns: ["email_id", "since", "observed_at"],
    if: "?6 > coalesce((SELECT removed_at FROM recipients WHERE address = ?1), -1)", rows_per_read: 100
);
const DAILY_STATS: Table = table!(
    "daily_stats", key: [Integer "day", Integer "region"], columns: ["sent", "bounced", "complained"], rows_per_read: 100
);
const DELETED_METRICS: Table = table!(
    "deleted_metrics", key: [Integer "hour"], columns: ["totals", "domains", "templates", "regions", "tags"], rows_per_read: 100
);
const IDEMPOTENCY_KEYS: Table = table!(
    "idempotency_keys", key: [Integer "day", Bytes "digest"],
    columns: ["fingerprint", "seed", "status", "body", "expires_at"], rows_per_read: 1
);
const AWS_CALLS: Table = table!(
    "aws_calls", key: [Bytes "id"], columns: ["action", "region", "result", "code", "request_id"], rows_per_read: 100
);
/// In a backup, a row of this table ends with the number of chunks of the email's message, and follows the chunks.
pub(super) const EMAILS: Table = table!(
    "emails", key: [Bytes "id"],
    columns: [
        "phase", "status", "region", "recipients", "place", "queue", "due_at", "scheduled_at", "attempts", "head", "content", "history",
        "ses_message_id", "error", "response", "events"
    ],
    rows_per_read: 1
);
const EMAIL_EVENTS: Table =
    table!("email_events", key: [Bytes "email", Text "message"], columns: ["event"], rows_per_read: 1);

/// The tables, without the chunks of messages.
pub(super) const TABLES: [&Table; 13] = [
    &API_KEYS,
    &WEBHOOKS,
    &IDENTITIES,
    &TEMPLATES,
    &TEMPLATE_VERSIONS,
    &RECIPIENTS,
    &SUPPRESSION_FACTS,
    &DAILY_STATS,
    &DELETED_METRICS,
    &IDEMPOTENCY_KEYS,
    &AWS_CALLS,
    &EMAILS,
    &EMAIL_EVENTS,
];

/// The name of the table with the chunks of messages.
pub(super) const EMAIL_CHUNKS: &str = "email_chunks";

/// Restored only if the organisation has no API key: keys that were deleted since the backup must stay deleted.
pub(super) const KEYS: &str = API_KEYS.name;

/// Restored only if the organisation has no connection.
pub(super) const CONNECTION: &str = WEBHOOKS.name;

/// Restored rows of this table are counted.
pub(super) const COUNTED: &str = IDEMPOTENCY_KEYS.name;

/// Returns whether a row of a table is an address that was suppressed by hand or by an import: its fact has no source.
pub(super) fn is_suppressed_by_hand(table: &str, row: &[BackupValue]) -> bool {
    let source = row.get(2).and_then(BackupValue::as_bytes);
    table == SUPPRESSION_FACTS.name && source.is_some_and(<[u8]>::is_empty)
}

pub(super) const HAS_KEY: &str = "SELECT 1 FROM api_keys LIMIT 1";

/// The statements, for the test of their query plans.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &{
    let mut statements = [HAS_KEY; 1 + 2 * TABLES.len()];
    let mut index = 0;
    while index < TABLES.len() {
        statements[1 + 2 * index] = TABLES[index].select;
        statements[2 + 2 * index] = TABLES[index].insert;
        index += 1;
    }
    statements
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation_object::schema;

    /// Tables that are not in a backup as they are. The feed's numbers would be given again to other events after a restore. Metrics are
    /// counted again, and summaries of emails made again.
    const OTHERS: [&str; 9] = [
        "organisation",
        "state",
        "sessions",
        "feed",
        "webhook_deliveries",
        "hourly_metrics",
        "requests",
        "email_blocks",
        EMAIL_CHUNKS,
    ];

    /// Returns the names of a table and its columns from the statement that creates it.
    fn table_and_columns(statement: &str) -> Option<(&str, Vec<&str>)> {
        let (name, columns) = statement.strip_prefix("CREATE TABLE ")?.split_once(" (")?;
        let (columns, _) = columns.rsplit_once(") STRICT")?;
        let columns = columns.split(", PRIMARY KEY (").next()?;
        Some((name, columns.split(", ").filter_map(|column| column.split(' ').next()).collect()))
    }

    #[test]
    fn every_table_is_in_a_backup_with_all_its_columns() {
        for (name, mut expected) in schema::statements().filter_map(table_and_columns) {
            let table = TABLES.into_iter().find(|table| table.name == name);
            let Some(table) = table else {
                assert!(OTHERS.contains(&name), "{name}");
                continue;
            };
            let mut columns = table.columns.to_vec();
            columns.sort_unstable();
            expected.sort_unstable();
            assert_eq!(columns, expected, "{name}");
        }
    }
}
