//! Backups of an organisation's Durable Object: `GET /v1/organisations/{id}/backup` and `POST /v1/organisations/{id}/restore`.
//!
//! A page is restored exactly as it was returned; its format is internal. It contains no credentials, but the content of queued emails.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use time::OffsetDateTime;

use super::{ApiError, Base64, FieldError, Fingerprint, RequestSeed, page, parse_json};
#[cfg(feature = "openapi")]
use crate::schema::Timestamp;
use aws_sans_io::{Region, RoleArn};
use domain::{
    EmailId, OrganisationId,
    connection::{ConnectionState, RegionFacts},
    delivery::{DeliveryResult, History, Phase, UncertainEmailPolicy},
    email::Email,
};

/// Format version. Others can't be restored.
const VERSION: u32 = 1;

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
    /// The connection to AWS. Only on the first page.
    pub connection: Option<BackupConnection>,
    /// Idempotency records.
    pub keys: Vec<BackupKey>,
    /// Chunks of messages. They come before their email.
    pub chunks: Vec<BackupChunk>,
    /// Emails that have not finished, or whose result is not written yet.
    pub emails: Vec<BackupEmail>,
    /// The start of the next page; `None` on the last page.
    pub next_cursor: Option<BackupCursor>,
}

/// A connection to AWS.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupConnection {
    /// The state of the connection.
    pub state: ConnectionState,
    /// The role that the organisation has proven to control.
    pub claim: Option<RoleArn>,
    /// Facts about the regions other than the default region.
    pub regions: Vec<RegionFacts>,
}

/// An idempotency record. The secret of its response is redacted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupKey {
    /// The digest of the key.
    pub digest: String,
    /// The fingerprint of the request.
    pub fingerprint: Fingerprint,
    /// The seed of the ids that the request creates.
    pub seed: RequestSeed,
    /// The status of the response, if there is one.
    pub status: Option<u16>,
    /// The body of the response, if there is one.
    pub body: Option<String>,
    /// When the record expires, in milliseconds since 1970, as every time in a row.
    pub expires_at: i64,
    /// The emails that the request created.
    pub emails: Vec<EmailId>,
}

/// A chunk of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupChunk {
    /// The email.
    pub email: EmailId,
    /// The index of the chunk, from 0.
    pub number: i32,
    /// The content.
    pub bytes: Base64,
}

/// An email that has not finished, or whose result is not written yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BackupEmail {
    /// The email's id.
    pub id: EmailId,
    /// The email; `None` if it has finished.
    pub email: Option<Email>,
    /// The region that the email is sent from.
    pub region: Region,
    /// When the email was accepted.
    pub accepted_at: i64,
    /// The number of attempts to send it.
    pub attempts: u32,
    /// The number of calls to SES.
    pub ses_calls: u32,
    /// The time of the first attempt.
    pub first_attempt_at: Option<i64>,
    /// The time of the last call to SES.
    pub last_call_at: Option<i64>,
    /// The phase.
    pub phase: Phase,
    /// The result, if the email has finished.
    pub result: Option<DeliveryResult>,
    /// When the email is processed next.
    pub due_at: i64,
    /// The batch that the email was accepted in.
    pub batch: Option<String>,
    /// The position in the queue of batches.
    pub queue_position: i64,
    /// What Kraiter did with the email.
    pub history: History,
    /// The number of chunks of its message.
    pub chunks: i32,
}

impl Backup {
    /// Creates an empty page.
    #[must_use]
    pub const fn new(organisation_id: OrganisationId, taken_at: OffsetDateTime) -> Self {
        Self {
            version: VERSION,
            organisation_id,
            taken_at,
            connection: None,
            keys: Vec::new(),
            chunks: Vec::new(),
            emails: Vec::new(),
            next_cursor: None,
        }
    }

    /// Parses a page of a backup of `organisation`.
    ///
    /// # Errors
    /// Fails with [`ApiError::MalformedJson`], or with [`ApiError::Field`] if the page belongs to another organisation, has another format
    /// version or is inconsistent.
    pub fn parse(body: &[u8], organisation: OrganisationId) -> Result<Self, ApiError> {
        let page: Self = parse_json(body)?;
        if page.version != VERSION {
            let message = format!("this Worker can only restore backups of version {VERSION}");
            return Err(FieldError::new("version", "invalid_backup", message).into());
        }
        if page.organisation_id != organisation {
            let message = "this is a backup of another organisation";
            return Err(FieldError::new("organisationId", "invalid_backup", message).into());
        }
        let invalid = |list: &str, index: usize, message: &str| {
            ApiError::from(FieldError::new(format!("{list}[{index}]"), "invalid_backup", message))
        };
        if let Some(index) = page.chunks.iter().position(|chunk| chunk.bytes.0.is_none()) {
            return Err(invalid("chunks", index, "the bytes are not valid base64"));
        }
        let is_incomplete = |email: &BackupEmail| match email.phase {
            Phase::Finished => email.result.is_none(),
            _ => email.email.is_none(),
        };
        match page.emails.iter().position(is_incomplete) {
            Some(index) => Err(invalid("emails", index, "the email has neither content nor a result")),
            None => Ok(page),
        }
    }
}

/// The start of a page of a backup. The connection and the idempotency records come first, then the emails.
#[derive(Clone, Debug, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub enum BackupCursor {
    /// After the idempotency record with this digest, or at the first one if it is empty.
    Keys(String),
    /// After this email, or at the first one if it is `None`.
    Emails(Option<EmailId>),
    /// At this chunk of this email.
    Chunk(EmailId, i32),
}

impl fmt::Display for BackupCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(digest) => write!(f, "keys.{digest}"),
            Self::Emails(None) => f.write_str("emails"),
            Self::Emails(Some(id)) => write!(f, "emails.{id}"),
            Self::Chunk(id, number) => write!(f, "chunk.{id}.{number}"),
        }
    }
}

impl FromStr for BackupCursor {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let invalid = page::invalid_cursor;
        let mut parts = text.split('.');
        Ok(match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("keys"), Some(digest), None, None) => Self::Keys(digest.to_owned()),
            (Some("emails"), None, None, None) => Self::Emails(None),
            (Some("emails"), Some(id), None, None) => Self::Emails(Some(id.parse().map_err(|_| invalid())?)),
            (Some("chunk"), Some(id), Some(number), None) => {
                Self::Chunk(id.parse().map_err(|_| invalid())?, number.parse().map_err(|_| invalid())?)
            }
            _ => return Err(invalid()),
        })
    }
}

impl BackupCursor {
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

    fn rejected(change: impl FnOnce(&mut Value)) -> (&'static str, Option<String>) {
        let mut page = serde_json::to_value(Backup::new(id(), AT)).unwrap();
        change(&mut page);
        let error = Backup::parse(page.to_string().as_bytes(), id()).unwrap_err();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn a_page_has_the_same_json_after_parsing() {
        let page = Backup { next_cursor: Some(BackupCursor::Emails(None)), ..Backup::new(id(), AT) };
        let text = serde_json::to_string(&page).unwrap();
        let parsed = Backup::parse(text.as_bytes(), id()).unwrap();
        assert_eq!(serde_json::to_string(&parsed).unwrap(), text);
    }

    #[test]
    fn a_page_of_another_version_or_organisation_or_with_invalid_rows_is_rejected() {
        let field = |name: &str| Some(name.to_owned());
        assert_eq!(rejected(|page| page["version"] = json!(2)), ("invalid_backup", field("version")));
        let other = OrganisationId::new(AT, 2).to_string();
        assert_eq!(
            rejected(|page| page["organisationId"] = json!(other)),
            ("invalid_backup", field("organisationId"))
        );
        assert_eq!(rejected(|page| page["more"] = json!(1)), ("unknown_field", field("more")));
        let chunk = json!({ "email": EmailId::new(AT, 1), "number": 0, "bytes": "?" });
        assert_eq!(rejected(|page| page["chunks"] = json!([chunk])), ("invalid_backup", field("chunks[0]")));
        let email = json!({
            "id": EmailId::new(AT, 1), "email": null, "region": "eu-west-1", "acceptedAt": 0, "attempts": 0, "sesCalls": 0,
            "firstAttemptAt": null, "lastCallAt": null, "phase": "queued", "result": null, "dueAt": 0, "batch": null,
            "queuePosition": 0, "history": [], "chunks": 0,
        });
        assert_eq!(rejected(|page| page["emails"] = json!([email])), ("invalid_backup", field("emails[0]")));
    }

    #[test]
    fn query_parameters_are_parsed_and_unknown_ones_are_rejected() {
        assert_eq!(restore_query(""), Ok(UncertainEmailPolicy::GiveUp));
        assert_eq!(restore_query("policy=retry"), Ok(UncertainEmailPolicy::Retry));
        assert_eq!(restore_query("policy=send").unwrap_err().code, "invalid_policy");
        assert_eq!(restore_query("x=1").unwrap_err().code, "unknown_field");
        assert_eq!(BackupCursor::parse_query(""), Ok(None));
        assert_eq!(BackupCursor::parse_query("cursor=emails"), Ok(Some(BackupCursor::Emails(None))));
        assert_eq!(BackupCursor::parse_query("cursor=emails.x").unwrap_err().code, "invalid_cursor");
        assert_eq!(BackupCursor::parse_query("limit=3").unwrap_err().code, "unknown_field");
    }

    proptest! {
        #[test]
        fn a_cursor_is_parsed_from_its_own_text(random in any::<u128>(), number in 0..100, digest in "[0-9a-f]{0,64}") {
            let id = EmailId::new(AT, random);
            for cursor in [
                BackupCursor::Keys(digest),
                BackupCursor::Emails(None),
                BackupCursor::Emails(Some(id)),
                BackupCursor::Chunk(id, number),
            ] {
                prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
            }
        }

        #[test]
        fn parsing_a_cursor_never_panics(text in "[a-z.0-9_]{0,40}") {
            let _ = text.parse::<BackupCursor>();
        }
    }
}
