//! Backups of an organisation's data: `GET /v1/organisations/{id}/backup` and `POST /v1/organisations/{id}/restore`.
//!
//! A page is restored exactly as it was returned; its format is internal. It contains no credentials, but addresses and the content of queued
//! emails.

use std::{fmt, str::FromStr};

use aws_sans_io::RoleArn;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    EmailId, OrganisationId,
    connection::{ConnectionState, RegionFacts},
    delivery::UncertainEmailPolicy,
    onboarding::ExternalId,
};
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use time::OffsetDateTime;

use super::{ApiError, Base64, FieldError, page, parse_json};
#[cfg(feature = "openapi")]
use crate::schema::Timestamp;

/// Format version. Others can't be restored.
const VERSION: u32 = 3;

/// Maximum size of a page: two chunks, and the longest email.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// A page of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Backup {
    /// The format version.
    pub version: u32,
    /// The organisation that was backed up.
    pub organisation_id: OrganisationId,
    /// When the page was backed up.
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    /// The organisation. If its data was lost, the first restored page creates it again.
    pub organisation: BackupOrganisation,
    /// The connection to AWS. Only on the first page.
    pub connection: Option<BackupConnection>,
    /// The settings. Only on the first page.
    pub settings: Option<BackupSettings>,
    /// Rows of tables, in the order in which they are restored.
    pub tables: Vec<BackupTable>,
    /// The start of the next page; `None` on the last page.
    pub next_cursor: Option<BackupCursor>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupOrganisation {
    /// The name.
    pub name: String,
    /// The external ID of its roles.
    pub external_id: ExternalId,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupTable {
    /// The name of the table.
    pub name: String,
    /// The values of each row, in the order of the table's columns in this format version.
    pub rows: Vec<Vec<BackupValue>>,
}

/// A value of a row. Bytes are a list with one base64 string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BackupValue {
    /// No value.
    Null(()),
    /// An integer.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes([Base64; 1]),
}

impl BackupValue {
    /// Returns bytes as a value.
    #[must_use]
    pub const fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes([Base64(Some(bytes))])
    }

    /// Returns the bytes, if these are bytes.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes([Base64(bytes)]) => bytes.as_deref(),
            _ => None,
        }
    }

    /// Returns the size of the value in storage, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Null(()) => 0,
            Self::Integer(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(_) => self.as_bytes().map_or(0, <[u8]>::len),
        }
    }
}

/// A connection to AWS.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupConnection {
    /// The state of the connection.
    pub state: ConnectionState,
    /// The roles that the organisation may hold.
    pub claims: Vec<RoleArn>,
    /// Facts about the regions other than the default region.
    pub regions: Vec<RegionFacts>,
}

/// The organisation's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupSettings {
    /// Whether emails may ask SES to track opens and clicks.
    pub tracking: bool,
}

impl Backup {
    /// Creates an empty page.
    #[must_use]
    pub const fn new(
        organisation_id: OrganisationId,
        organisation: BackupOrganisation,
        taken_at: OffsetDateTime,
    ) -> Self {
        Self {
            version: VERSION,
            organisation_id,
            taken_at,
            organisation,
            connection: None,
            settings: None,
            tables: Vec::new(),
            next_cursor: None,
        }
    }

    /// Parses a page of a backup of `organisation`.
    ///
    /// # Errors
    /// Fails with [`ApiError::MalformedJson`], or with [`ApiError::Field`] if the page belongs to another organisation or has another format
    /// version.
    pub fn parse(body: &[u8], organisation: OrganisationId) -> Result<Self, ApiError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        // A page of another version has other fields.
        if parse_json::<Version>(body)?.version != VERSION {
            let message = format!("this Worker can only restore backups of version {VERSION}");
            return Err(FieldError::new("version", "invalid_backup", message).into());
        }
        let page: Self = parse_json(body)?;
        if page.organisation_id != organisation {
            let message = "this is a backup of another organisation";
            return Err(FieldError::new("organisationId", "invalid_backup", message).into());
        }
        let is_invalid = |value: &BackupValue| matches!(value, BackupValue::Bytes([Base64(None)]));
        for (index, table) in page.tables.iter().enumerate() {
            if let Some(row) = table.rows.iter().position(|row| row.iter().any(is_invalid)) {
                return Err(invalid_row(index, row, "the bytes are not valid base64").into());
            }
        }
        Ok(page)
    }
}

/// Creates the error for a row that can't be restored.
#[must_use]
pub fn invalid_row(table: usize, row: usize, message: &str) -> FieldError {
    FieldError::new(format!("tables[{table}].rows[{row}]"), "invalid_backup", message)
}

/// The start of a page of a backup.
#[derive(Clone, Debug, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub enum BackupCursor {
    /// At the first row of a table after the one with this key. An empty key is before every row.
    Rows {
        /// The name of the table.
        table: String,
        /// The values of the row's key.
        after: Vec<BackupValue>,
    },
    /// At a chunk of an email's message. The email follows its chunks.
    Chunk(EmailId, u32),
}

impl fmt::Display for BackupCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { table, after } => {
                let after = serde_json::to_vec(after).map_err(|_| fmt::Error)?;
                write!(f, "rows.{table}.{}", URL_SAFE_NO_PAD.encode(&after))
            }
            Self::Chunk(id, number) => write!(f, "chunk.{id}.{number}"),
        }
    }
}

impl FromStr for BackupCursor {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let parse = || {
            let mut parts = text.splitn(3, '.');
            Some(match (parts.next()?, parts.next()?, parts.next()?) {
                ("rows", table, after) => {
                    let after = URL_SAFE_NO_PAD.decode(after).ok()?;
                    let after = serde_json::from_slice(&after).ok()?;
                    Self::Rows { table: table.to_owned(), after }
                }
                ("chunk", id, number) => Self::Chunk(id.parse().ok()?, number.parse().ok()?),
                _ => return None,
            })
        };
        parse().ok_or_else(Self::invalid)
    }
}

impl BackupCursor {
    /// Creates the error for a cursor that doesn't belong to the organisation's tables.
    #[must_use]
    pub fn invalid() -> FieldError {
        page::invalid_cursor()
    }

    /// Parses the query string of a backup: `?cursor=…`.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse_query(query: &str) -> Result<Option<Self>, FieldError> {
        let mut cursor = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "cursor" => cursor = Some(value.parse()?),
                other => return Err(FieldError::unknown_parameter(other)),
            }
        }
        Ok(cursor)
    }
}

/// Parses the query string of a restore: `?policy=give_up` or `?policy=retry`.
///
/// # Errors
/// Fails with the parameter that is invalid or unknown.
pub fn restore_query(query: &str) -> Result<UncertainEmailPolicy, FieldError> {
    let mut policy = UncertainEmailPolicy::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "policy" => {
                policy = UncertainEmailPolicy::from_name(&value).ok_or_else(|| {
                    FieldError::not_one_of("policy", "invalid_policy", &UncertainEmailPolicy::NAMES)
                })?;
            }
            other => return Err(FieldError::unknown_parameter(other)),
        }
    }
    Ok(policy)
}

/// The result of restoring one page of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RestoreResult {
    /// True if the connection was restored. It isn't if the organisation already has one.
    pub connection: bool,
    /// Number of restored idempotency records.
    pub keys: u32,
    /// Number of emails that are scheduled again.
    pub scheduled: u32,
    /// Number of emails that are being reconciled: those that an event confirms are marked as sent, the others are sent.
    pub retried: u32,
    /// Number of emails that may have been sent; their status is `unconfirmed`.
    pub gave_up: u32,
    /// Number of emails that have finished since the backup, or already exist.
    pub already_finished: u32,
    /// Time of the backup.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub taken_at: Option<OffsetDateTime>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    const AT: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    fn id() -> OrganisationId {
        OrganisationId::new(AT, 1)
    }

    fn page() -> Backup {
        let external_id = ExternalId::from_random(&[7; 20]);
        Backup::new(id(), BackupOrganisation { name: "Example".into(), external_id, created_at: AT }, AT)
    }

    fn row() -> Vec<BackupValue> {
        let text = BackupValue::Text("ada@example.com".into());
        vec![BackupValue::bytes(vec![0, 255]), BackupValue::Integer(-1), text, BackupValue::Null(())]
    }

    fn rejected(change: impl FnOnce(&mut Value)) -> (&'static str, Option<String>) {
        let mut page = serde_json::to_value(page()).unwrap();
        change(&mut page);
        let error = Backup::parse(page.to_string().as_bytes(), id()).unwrap_err();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn a_page_has_the_same_json_after_parsing() {
        let tables = vec![BackupTable { name: "emails".into(), rows: vec![row()] }];
        let next_cursor = Some(BackupCursor::Chunk(EmailId::new(AT, 1), 2));
        let text = serde_json::to_string(&Backup { tables, next_cursor, ..page() }).unwrap();
        assert!(text.contains(r#""rows":[[["AP8="],-1,"ada@example.com",null]]"#), "{text}");
        let parsed = Backup::parse(text.as_bytes(), id()).unwrap();
        assert_eq!(parsed.tables[0].rows[0], row());
        assert_eq!(serde_json::to_string(&parsed).unwrap(), text);
    }

    #[test]
    fn a_page_of_another_version_or_organisation_or_with_invalid_rows_is_rejected() {
        let field = |name: &str| Some(name.to_owned());
        assert_eq!(
            rejected(|page| *page = json!({ "version": 1, "keys": [] })),
            ("invalid_backup", field("version"))
        );
        let other = OrganisationId::new(AT, 2).to_string();
        assert_eq!(
            rejected(|page| page["organisationId"] = json!(other)),
            ("invalid_backup", field("organisationId"))
        );
        assert_eq!(rejected(|page| page["more"] = json!(1)), ("unknown_field", field("more")));
        let table = json!({ "name": "emails", "rows": [[1], [["?"]]] });
        assert_eq!(
            rejected(|page| page["tables"] = json!([table])),
            ("invalid_backup", field("tables[0].rows[1]"))
        );
    }

    #[test]
    fn a_value_has_the_size_of_its_content() {
        assert_eq!(row().iter().map(BackupValue::size).collect::<Vec<_>>(), [2, 8, 15, 0]);
        assert_eq!(row()[0].as_bytes(), Some(&[0, 255][..]));
        assert_eq!(row()[1].as_bytes(), None);
    }

    #[test]
    fn query_parameters_are_parsed_and_unknown_ones_are_rejected() {
        assert_eq!(restore_query(""), Ok(UncertainEmailPolicy::GiveUp));
        assert_eq!(restore_query("policy=retry"), Ok(UncertainEmailPolicy::Retry));
        assert_eq!(restore_query("policy=send").unwrap_err().code, "invalid_policy");
        assert_eq!(restore_query("x=1").unwrap_err().code, "unknown_field");
        assert_eq!(BackupCursor::parse_query(""), Ok(None));
        let start = BackupCursor::Rows { table: "emails".into(), after: Vec::new() };
        assert_eq!(BackupCursor::parse_query("cursor=rows.emails.W10"), Ok(Some(start)));
        for invalid in ["emails", "rows.emails", "rows.emails.x", "rows.emails.e30", "chunk.x.1", "chunk"] {
            let error = BackupCursor::parse_query(&format!("cursor={invalid}")).unwrap_err();
            assert_eq!(error.code, "invalid_cursor", "{invalid}");
        }
        assert_eq!(BackupCursor::parse_query("limit=3").unwrap_err().code, "unknown_field");
    }

    proptest! {
        #[test]
        fn a_cursor_is_parsed_from_its_own_text(random in any::<u128>(), number in 0_u32..100, text in ".{0,40}") {
            let key = vec![BackupValue::Text(text), BackupValue::Integer(7), BackupValue::bytes(vec![1, 2])];
            for cursor in [
                BackupCursor::Rows { table: "suppression_facts".into(), after: key },
                BackupCursor::Rows { table: "emails".into(), after: Vec::new() },
                BackupCursor::Chunk(EmailId::new(AT, random), number),
            ] {
                prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
            }
        }

        #[test]
        fn parsing_a_cursor_never_panics(text in "[a-zA-Z.0-9_]{0,40}") {
            let _ = text.parse::<BackupCursor>();
        }
    }
}
