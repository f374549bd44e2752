//! The table `email_events`: what SES published about emails.

use api_contract::EmailEvent;
use aws_sans_io::{Region, ses::event::Event};
use domain::{EmailId, delivery::EmailStatus};
use serde::Deserialize;
use sns_verify::MessageId;
use time::{Duration, OffsetDateTime};
use worker::{D1Database, D1PreparedStatement, D1Result};

use super::{milliseconds, read_time, sending_days, statement, suppressions, unreadable, written};
use crate::http::Error;

/// Stores an event once, however often SNS posts it, and lets the email's status and what is known of its recipients follow: in one transaction, so that neither is
/// there without the other. An event about an email that isn't the organisation's changes nothing.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    sns_message_id: &MessageId,
    email_id: EmailId,
    event: &Event,
    now: OffsetDateTime,
) -> Result<StoredEvent, Error> {
    let (id, kind) = (email_id.to_string(), event.event_type.name());
    let stored = statement(
        database,
        "INSERT INTO email_events (sns_message_id, email_id, type, at, recipients, detail, received_at) \
         SELECT ?, id, ?, ?, ?, ?, ? FROM emails WHERE id = ? AND organisation_id = ? ON CONFLICT DO NOTHING",
        &[
            sns_message_id.as_str().into(),
            (*kind).into(),
            (&written(event.at)?).into(),
            (&serde_json::to_string(&event.recipients)?).into(),
            (&serde_json::to_string(&event.detail)?).into(),
            (&written(now)?).into(),
            (&id).into(),
            organisation_id.into(),
        ],
    )?;
    let before = statement(
        database,
        "SELECT status FROM emails WHERE id = ? AND organisation_id = ?",
        &[(&id).into(), organisation_id.into()],
    )?;
    let mut statements = vec![before, stored];
    statements.extend(sending_days::count(database, organisation_id, email_id, event)?);
    if let Some(status) = EmailStatus::from_event(&event.event_type, event.is_transient_bounce()) {
        statements.push(statement(
            database,
            "UPDATE emails SET status = max(status, ?), ses_message_id = coalesce(ses_message_id, ?) \
             WHERE id = ? AND organisation_id = ?",
            &[status.rank().into(), (&event.ses_message_id).into(), (&id).into(), organisation_id.into()],
        )?);
    }
    statements.extend(suppressions::told(database, organisation_id, sns_message_id, email_id, event)?);
    let results = database.batch(statements).await?;
    let before = results.first().map(D1Result::results::<Before>).transpose()?;
    let was_unconfirmed = before
        .is_some_and(|rows| rows.first().is_some_and(|row| row.status == EmailStatus::Unconfirmed.rank()));
    Ok(StoredEvent { was_unconfirmed })
}

#[derive(Deserialize)]
struct Before {
    status: i32,
}

/// What an event has told.
pub(crate) struct StoredEvent {
    /// Whether SES's answer to the email was lost.
    pub(crate) was_unconfirmed: bool,
}

/// Whether events of any email of a region have come since.
pub(crate) async fn any_since(
    database: &D1Database,
    organisation_id: &str,
    region: Region,
    since: OffsetDateTime,
) -> Result<bool, Error> {
    // Emails of the hour before, accepted or for then: those are the ones that events come of. Each half has an index of its own.
    let from = since - Duration::HOUR;
    let half = |which: &str| {
        format!(
            "SELECT 1 AS one FROM emails JOIN email_events ON email_events.email_id = emails.id \
             WHERE emails.organisation_id = ?1 AND {which} AND emails.region = ?4 AND email_events.received_at > ?5"
        )
    };
    let sql = format!("{} UNION ALL {} LIMIT 1", half("emails.id > ?2"), half("emails.scheduled_at > ?3"));
    let values = [
        organisation_id.into(),
        EmailId::new(from, 0).to_string().into(),
        milliseconds(from),
        region.name().into(),
        written(since)?.into(),
    ];
    Ok(statement(database, &sql, &values)?.first::<serde_json::Value>(None).await?.is_some())
}

/// The statement that finds the events of an email.
pub(super) fn of_email(database: &D1Database, id: EmailId) -> Result<D1PreparedStatement, Error> {
    let sql = "SELECT type, at, recipients, detail FROM email_events WHERE email_id = ? ORDER BY received_at, sns_message_id";
    statement(database, sql, &[id.to_string().into()])
}

/// What [`of_email`] has found, by SES's time.
pub(super) fn read(found: &D1Result) -> Result<Vec<EmailEvent>, Error> {
    #[derive(Deserialize)]
    struct Row {
        r#type: String,
        at: String,
        recipients: String,
        detail: String,
    }
    let events = found.results::<Row>()?.into_iter().map(|row| {
        Ok(EmailEvent {
            kind: row.r#type.parse().map_err(|_| unreadable("event"))?,
            at: read_time(&row.at)?,
            recipients: serde_json::from_str(&row.recipients).map_err(|_| unreadable("event"))?,
            detail: serde_json::from_str(&row.detail).map_err(|_| unreadable("event"))?,
        })
    });
    let mut events: Vec<EmailEvent> = events.collect::<Result<_, Error>>()?;
    // Texts of times with and without fractions of a second don't sort as the times do.
    events.sort_by_key(|event| event.at);
    Ok(events)
}
