//! `GET /v1/organisations/{id}/backup` and `POST /v1/organisations/{id}/restore`: what a Durable Object holds, page by page.
//!
//! A page is given back as it came; its form is Kraiter's own. It holds no credentials, but the content of mail that waits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ApiError, Base64, FieldError, Fingerprint, Seed, page, parse_json};
#[cfg(feature = "openapi")]
use crate::openapi::Timestamp;
use aws_sans_io::{Region, RoleArn};
use domain::{
    EmailId, OrganisationId,
    connection::{ConnectionState, RegionFacts},
    delivery::{DeliveryResult, History, Phase, UncertainEmailPolicy},
    email::Email,
};

/// The form that is written, and the only one that is read.
const VERSION: u32 = 1;

/// The largest page that is read: what [`BackupCursor`] bounds, and the longest mail beside it.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// A page of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Backup {
    /// Its form.
    pub version: u32,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// When it was taken.
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    /// The connection; on the first page, where there is one.
    pub connection: Option<KeptConnection>,
    /// Idempotency keys.
    pub keys: Vec<KeptKey>,
    /// Pieces of messages; they come before their mail.
    pub pieces: Vec<KeptPiece>,
    /// Mails on their way.
    pub mails: Vec<KeptMail>,
    /// Where the next page begins; none on the last one.
    pub next_cursor: Option<BackupCursor>,
}

/// A connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeptConnection {
    /// Its state.
    pub state: ConnectionState,
    /// The role that was proven.
    pub claim: Option<RoleArn>,
    /// What was found out of the regions beside the stack's.
    pub regions: Vec<RegionFacts>,
}

/// What is kept under an idempotency key. Its answer is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeptKey {
    /// The key's digest.
    pub digest: String,
    /// What was asked for.
    pub fingerprint: Fingerprint,
    /// What everything was made of.
    pub seed: Seed,
    /// The answer's status.
    pub status: Option<u16>,
    /// The answer's body.
    pub body: Option<String>,
    /// Until when it is known, in milliseconds since 1970, as all times of rows.
    pub expires_at: i64,
    /// The mails that were accepted under it.
    pub mails: Vec<EmailId>,
}

/// A piece of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeptPiece {
    /// Whose.
    pub mail: EmailId,
    /// Its number, from 0.
    pub number: i32,
    /// It.
    pub bytes: Base64,
}

/// A mail on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeptMail {
    /// Its id.
    pub id: EmailId,
    /// What is sent; none of what has come to its end.
    pub email: Option<Email>,
    /// Where it is sent from.
    pub region: Region,
    /// When it was accepted.
    pub since: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// How often SES was asked.
    pub calls: u32,
    /// When it was tried first.
    pub tried_at: Option<i64>,
    /// When SES was asked last.
    pub asked_at: Option<i64>,
    /// How far it had come.
    pub phase: Phase,
    /// Its end.
    pub settlement: Option<DeliveryResult>,
    /// When it is looked at again.
    pub due_at: i64,
    /// The batch that it was accepted in.
    pub batch: Option<String>,
    /// Its place there.
    pub turn: i64,
    /// What was done with it.
    pub history: History,
    /// How many pieces its message has.
    pub pieces: i32,
}

impl Backup {
    /// An empty page.
    #[must_use]
    pub const fn new(organisation_id: OrganisationId, taken_at: OffsetDateTime) -> Self {
        Self {
            version: VERSION,
            organisation_id,
            taken_at,
            connection: None,
            keys: Vec::new(),
            pieces: Vec::new(),
            mails: Vec::new(),
            next_cursor: None,
        }
    }

    /// Reads a page that is to be restored into `organisation`.
    ///
    /// # Errors
    /// [`ApiError::Field`] with what is wrong, or [`ApiError::MalformedJson`].
    pub fn parse(body: &[u8], organisation: OrganisationId) -> Result<Self, ApiError> {
        let page: Self = parse_json(body)?;
        if page.version != VERSION {
            let message = format!("this Worker reads backups of version {VERSION}");
            return Err(FieldError::new("version", "invalid_backup", message).into());
        }
        if page.organisation_id != organisation {
            let message = "it is a backup of another organisation";
            return Err(FieldError::new("organisationId", "invalid_backup", message).into());
        }
        let wrong = |list: &str, index: usize, message: &str| {
            ApiError::from(FieldError::new(format!("{list}[{index}]"), "invalid_backup", message))
        };
        if let Some(index) = page.pieces.iter().position(|piece| piece.bytes.0.is_none()) {
            return Err(wrong("pieces", index, "its bytes aren't base64"));
        }
        let is_wrong = |mail: &KeptMail| match mail.phase {
            Phase::Finished => mail.settlement.is_none(),
            _ => mail.email.is_none(),
        };
        match page.mails.iter().position(is_wrong) {
            Some(index) => Err(wrong("mails", index, "it has neither a message nor an end")),
            None => Ok(page),
        }
    }
}

/// Where a page of a backup begins: first come the connection and the keys, then the mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BackupCursor {
    /// Behind the key of this digest; an empty one stands before all.
    Keys(String),
    /// Behind this mail; none stands before all.
    Mails(Option<EmailId>),
    /// At this piece of this mail.
    Piece(EmailId, i32),
}

impl fmt::Display for BackupCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(digest) => write!(f, "keys.{digest}"),
            Self::Mails(None) => f.write_str("mails"),
            Self::Mails(Some(id)) => write!(f, "mails.{id}"),
            Self::Piece(id, number) => write!(f, "piece.{id}.{number}"),
        }
    }
}

impl FromStr for BackupCursor {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let wrong = page::invalid_cursor;
        let mut parts = text.split('.');
        let read = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("keys"), Some(digest), None, None) => Self::Keys(digest.to_owned()),
            (Some("mails"), None, None, None) => Self::Mails(None),
            (Some("mails"), Some(id), None, None) => Self::Mails(Some(id.parse().map_err(|_| wrong())?)),
            (Some("piece"), Some(id), Some(number), None) => {
                Self::Piece(id.parse().map_err(|_| wrong())?, number.parse().map_err(|_| wrong())?)
            }
            _ => return Err(wrong()),
        };
        Ok(read)
    }
}

impl TryFrom<String> for BackupCursor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|error: FieldError| error.message)
    }
}

impl From<BackupCursor> for String {
    fn from(cursor: BackupCursor) -> Self {
        cursor.to_string()
    }
}

impl BackupCursor {
    /// Reads the query of a backup: `?cursor=…`.
    ///
    /// # Errors
    /// [`FieldError`] with the parameter that is wrong.
    pub fn parse_query(query: &str) -> Result<Option<Self>, FieldError> {
        let mut cursor = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "cursor" => cursor = Some(value.parse()?),
                other => return Err(unknown(other)),
            }
        }
        Ok(cursor)
    }
}

/// Reads the query of a restoration: `?policy=give_up` or `?policy=retry`.
///
/// # Errors
/// [`FieldError`] with the parameter that is wrong.
pub fn restore_query(query: &str) -> Result<UncertainEmailPolicy, FieldError> {
    let mut policy = UncertainEmailPolicy::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "policy" => {
                policy = UncertainEmailPolicy::from_name(&value).ok_or_else(|| {
                    let [one, other] = UncertainEmailPolicy::NAMES;
                    FieldError::new(
                        "policy",
                        "invalid_policy",
                        format!("`policy` is one of {one} and {other}"),
                    )
                })?;
            }
            other => return Err(unknown(other)),
        }
    }
    Ok(policy)
}

fn unknown(name: &str) -> FieldError {
    FieldError::new(name, "unknown_field", format!("`{name}` isn't a parameter of this route"))
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

    fn refused(change: impl FnOnce(&mut Value)) -> (&'static str, Option<String>) {
        let mut page = serde_json::to_value(Backup::new(id(), AT)).unwrap();
        change(&mut page);
        let error = Backup::parse(page.to_string().as_bytes(), id()).unwrap_err();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn a_page_is_read_as_it_was_written() {
        let page = Backup { next_cursor: Some(BackupCursor::Mails(None)), ..Backup::new(id(), AT) };
        let text = serde_json::to_string(&page).unwrap();
        let again = Backup::parse(text.as_bytes(), id()).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }

    #[test]
    fn what_is_no_page_of_this_organisation_is_refused_by_name() {
        let field = |name: &str| Some(name.to_owned());
        assert_eq!(refused(|page| page["version"] = json!(2)), ("invalid_backup", field("version")));
        let other = OrganisationId::new(AT, 2).to_string();
        assert_eq!(
            refused(|page| page["organisationId"] = json!(other)),
            ("invalid_backup", field("organisationId"))
        );
        assert_eq!(refused(|page| page["more"] = json!(1)), ("unknown_field", field("more")));
        let piece = json!({ "mail": EmailId::new(AT, 1), "number": 0, "bytes": "?" });
        assert_eq!(refused(|page| page["pieces"] = json!([piece])), ("invalid_backup", field("pieces[0]")));
        let mail = json!({
            "id": EmailId::new(AT, 1), "email": null, "region": "eu-west-1", "since": 0, "attempts": 0, "calls": 0, "triedAt": null,
            "askedAt": null, "phase": "queued", "settlement": null, "dueAt": 0, "batch": null, "turn": 0, "history": [], "pieces": 0,
        });
        assert_eq!(refused(|page| page["mails"] = json!([mail])), ("invalid_backup", field("mails[0]")));
    }

    #[test]
    fn queries_are_read() {
        assert_eq!(restore_query(""), Ok(UncertainEmailPolicy::GiveUp));
        assert_eq!(restore_query("policy=retry"), Ok(UncertainEmailPolicy::Retry));
        assert_eq!(restore_query("policy=send").unwrap_err().code, "invalid_policy");
        assert_eq!(restore_query("x=1").unwrap_err().code, "unknown_field");
        assert_eq!(BackupCursor::parse_query(""), Ok(None));
        assert_eq!(BackupCursor::parse_query("cursor=mails"), Ok(Some(BackupCursor::Mails(None))));
        assert_eq!(BackupCursor::parse_query("cursor=mails.x").unwrap_err().code, "invalid_cursor");
        assert_eq!(BackupCursor::parse_query("limit=3").unwrap_err().code, "unknown_field");
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(random in any::<u128>(), number in 0..100, digest in "[0-9a-f]{0,64}") {
            let id = EmailId::new(AT, random);
            for cursor in [
                BackupCursor::Keys(digest),
                BackupCursor::Mails(None),
                BackupCursor::Mails(Some(id)),
                BackupCursor::Piece(id, number),
            ] {
                prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
            }
        }

        #[test]
        fn no_text_panics(text in "[a-z.0-9_]{0,40}") {
            let _ = text.parse::<BackupCursor>();
        }
    }
}
