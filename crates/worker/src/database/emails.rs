//! The table `emails`: what was sent and what has become of it. It holds no body.

use std::collections::{BTreeMap, HashMap};

use api_contract::{Email, EmailEvent, EmailPage, EmailQuery, EmailSummary};
use aws_sans_io::Region;
use domain::{
    EmailId,
    delivery::{DeliveryResult, EmailError, EmailStatus, History, RetentionRow},
    email,
};
use email_message::Mailbox;
use serde::{Deserialize, de::DeserializeOwned};
use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement};

use super::{events, maybe, milliseconds, read_time, statement, unreadable, walks, written};
use crate::{clock, http::Error};

const COLUMNS: &str = "id, status, sender, recipients, cc, bcc, reply_to, subject, tags, region, ses_message_id, error, created_at, scheduled_at, attachments, history, suppressed";

#[derive(Deserialize)]
struct Row {
    id: EmailId,
    status: i32,
    sender: String,
    recipients: String,
    cc: String,
    bcc: String,
    reply_to: String,
    subject: String,
    tags: String,
    region: Region,
    ses_message_id: Option<String>,
    error: Option<String>,
    created_at: String,
    scheduled_at: Option<i64>,
    attachments: String,
    history: String,
    suppressed: String,
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| unreadable("email"))
}

impl Row {
    fn summary(&self, now: OffsetDateTime) -> Result<EmailSummary, Error> {
        let status = EmailStatus::from_rank(self.status).ok_or_else(|| unreadable("status"))?;
        let scheduled_at = self.scheduled_at.map(clock::from_milliseconds);
        Ok(EmailSummary {
            id: self.id,
            status: status.at(scheduled_at, now),
            scheduled_at,
            from: self.sender.clone(),
            to: json(&self.recipients)?,
            subject: self.subject.clone(),
            region: self.region,
            created_at: read_time(&self.created_at)?,
        })
    }

    fn view(&self, events: Vec<EmailEvent>, now: OffsetDateTime) -> Result<Email, Error> {
        Ok(Email {
            summary: self.summary(now)?,
            cc: json(&self.cc)?,
            bcc: json(&self.bcc)?,
            reply_to: json(&self.reply_to)?,
            tags: json(&self.tags)?,
            attachments: json(&self.attachments)?,
            history: json(&self.history)?,
            suppressed: json(&self.suppressed)?,
            ses_message_id: self.ses_message_id.clone(),
            error: self.error.as_deref().map(json).transpose()?,
            events,
        })
    }
}

/// An email that was accepted.
pub(crate) struct Accepted<'a> {
    /// Its id.
    pub(crate) id: EmailId,
    /// It.
    pub(crate) email: &'a email::Email,
    /// Where it is sent from.
    pub(crate) region: Region,
    /// When it was accepted.
    pub(crate) created_at: OffsetDateTime,
}

/// An email's status; none where there is no such email.
pub(crate) async fn status(database: &D1Database, id: EmailId) -> Result<Option<EmailStatus>, Error> {
    #[derive(Deserialize)]
    struct Row {
        status: i32,
    }
    let sql = "SELECT status FROM emails WHERE id = ?";
    let row = statement(database, sql, &[id.to_string().into()])?.first::<Row>(None).await?;
    row.map(|row| EmailStatus::from_rank(row.status).ok_or_else(|| unreadable("status"))).transpose()
}

/// What is known of an organisation's emails among these: how far each has come, and what was done with it.
pub(crate) async fn known(
    database: &D1Database,
    organisation_id: &str,
    ids: &[EmailId],
) -> Result<HashMap<EmailId, (EmailStatus, History)>, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: EmailId,
        status: i32,
        history: String,
    }
    let sql = "SELECT id, status, history FROM emails WHERE organisation_id = ? AND id IN (SELECT value FROM json_each(?))";
    let values = [organisation_id.into(), serde_json::to_string(ids)?.into()];
    let rows: Vec<Row> = statement(database, sql, &values)?.all().await?.results()?;
    let read = |row: Row| {
        let status = EmailStatus::from_rank(row.status).ok_or_else(|| unreadable("status"))?;
        Ok((row.id, (status, json(&row.history)?)))
    };
    rows.into_iter().map(read).collect()
}

/// Stores an email that was accepted; one that is there already stays as it is.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    accepted: Accepted<'_>,
) -> Result<(), Error> {
    insertion(database, organisation_id, &accepted)?.run().await?;
    Ok(())
}

/// Stores several, all or none, and adds to the counts.
pub(crate) async fn insert_all(
    database: &D1Database,
    organisation_id: &str,
    accepted: impl Iterator<Item = Accepted<'_>>,
    counts: Option<D1PreparedStatement>,
) -> Result<(), Error> {
    let statements = accepted.map(|accepted| insertion(database, organisation_id, &accepted));
    let mut statements = statements.collect::<Result<Vec<_>, _>>()?;
    statements.extend(counts);
    if !statements.is_empty() {
        database.batch(statements).await?;
    }
    Ok(())
}

fn insertion(
    database: &D1Database,
    organisation_id: &str,
    accepted: &Accepted<'_>,
) -> Result<D1PreparedStatement, Error> {
    let Accepted { id, email, region, created_at } = accepted;
    let scheduled_at = email.scheduled_after(*created_at);
    let status = if scheduled_at.is_some() { EmailStatus::Scheduled } else { EmailStatus::Queued };
    let tags: BTreeMap<&str, &str> = email.tags().iter().map(|tag| (tag.name(), tag.value())).collect();
    let sql = "INSERT INTO emails (id, organisation_id, status, sender, recipients, cc, bcc, reply_to, subject, tags, \
               region, created_at, scheduled_at, attachments, suppressed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    let values = [
        (&id.to_string()).into(),
        organisation_id.into(),
        status.rank().into(),
        (&email.from().to_string()).into(),
        (&list(email.to())?).into(),
        (&list(email.cc())?).into(),
        (&list(email.bcc())?).into(),
        (&list(email.reply_to())?).into(),
        email.subject().into(),
        (&serde_json::to_string(&tags)?).into(),
        region.name().into(),
        (&written(*created_at)?).into(),
        scheduled_at.map_or(JsValue::NULL, milliseconds),
        (&serde_json::to_string(email.attachments())?).into(),
        (&serde_json::to_string(email.suppressed())?).into(),
    ];
    statement(database, sql, &values)
}

fn list(mailboxes: &[Mailbox]) -> Result<String, Error> {
    let addresses: Vec<String> = mailboxes.iter().map(Mailbox::to_string).collect();
    Ok(serde_json::to_string(&addresses)?)
}

/// Notes that an email goes to fewer than it was accepted for.
pub(crate) async fn leave_out(database: &D1Database, id: EmailId, fewer: &email::Email) -> Result<(), Error> {
    let sql = "UPDATE emails SET recipients = ?, cc = ?, bcc = ?, suppressed = ? WHERE id = ?";
    let values = [
        (&list(fewer.to())?).into(),
        (&list(fewer.cc())?).into(),
        (&list(fewer.bcc())?).into(),
        (&serde_json::to_string(fewer.suppressed())?).into(),
        (&id.to_string()).into(),
    ];
    statement(database, sql, &values)?.run().await?;
    Ok(())
}

/// Notes what came of handing emails to SES, of all or none, and what is told besides. What their events have told meanwhile stands.
pub(crate) async fn settle(
    database: &D1Database,
    settled: &[(EmailId, DeliveryResult)],
    besides: impl Iterator<Item = D1PreparedStatement>,
) -> Result<(), Error> {
    // An error is that of the last attempt; one that nobody has told anew stays.
    let sql = "UPDATE emails SET status = max(status, ?1), ses_message_id = coalesce(?2, ses_message_id), \
               error = iif(?1 = ?6, coalesce(?3, error), ?3), history = ?4 WHERE id = ?5";
    let statements = settled.iter().map(|(id, settled)| {
        let error: Option<String> = settled.error.as_ref().map(error_text).transpose()?;
        let values = [
            settled.status.rank().into(),
            maybe(settled.ses_message_id.as_deref()),
            maybe(error.as_deref()),
            (&serde_json::to_string(&settled.history)?).into(),
            (&id.to_string()).into(),
            EmailStatus::Unconfirmed.rank().into(),
        ];
        statement(database, sql, &values)
    });
    let mut statements = statements.collect::<Result<Vec<_>, Error>>()?;
    statements.extend(besides);
    if !statements.is_empty() {
        database.batch(statements).await?;
    }
    Ok(())
}

fn error_text(error: &EmailError) -> Result<String, Error> {
    Ok(serde_json::to_string(error)?)
}

/// An organisation's email with all its events.
pub(crate) async fn find(
    database: &D1Database,
    organisation_id: &str,
    id: EmailId,
) -> Result<Option<Email>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM emails WHERE id = ? AND organisation_id = ?");
    let email = statement(database, &sql, &[id.to_string().into(), organisation_id.into()])?;
    // In one transaction, so that the status is that of the events which are shown.
    let results = database.batch(vec![email, events::of_email(database, id)?]).await?;
    let [email, events] = &results[..] else { return Err(unreadable("answer")) };
    let Some(row) = email.results::<Row>()?.into_iter().next() else { return Ok(None) };
    row.view(events::read(events)?, clock::now()).map(Some)
}

/// A page of an organisation's emails, newest first.
pub(crate) async fn list_page(
    database: &D1Database,
    organisation_id: &str,
    query: &EmailQuery,
) -> Result<EmailPage, Error> {
    let now = clock::now();
    // The status as a number, since an index over the scheduled ones alone is used only so.
    let which = if query.scheduled {
        format!("status = {} AND scheduled_at > ?4", EmailStatus::Scheduled.rank())
    } else {
        "?4 IS NOT NULL".to_owned()
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM emails WHERE organisation_id = ?1 AND id < ?2 AND {which} ORDER BY id DESC LIMIT ?3"
    );
    // Every id begins with `eml_` and goes on with a digit or a letter.
    let before = query.after.map_or_else(|| "eml_~".to_owned(), |id| id.to_string());
    let limit = i32::try_from(query.limit).unwrap_or(i32::MAX - 1);
    // One row more than is shown tells whether there is another page.
    let values = [organisation_id.into(), (&before).into(), (limit + 1).into(), milliseconds(now)];
    let rows: Vec<Row> = statement(database, &sql, &values)?.all().await?.results()?;
    let shown = rows.len().min(query.limit as usize);
    let data = rows[..shown].iter().map(|row| row.summary(now)).collect::<Result<Vec<_>, _>>()?;
    let next_cursor = (rows.len() > shown).then(|| data.last().map(|last| last.id.to_string())).flatten();
    Ok(EmailPage { data, next_cursor })
}

/// The name of the walk over all emails.
const WALK: &str = "emails";

/// Lets go of those of the next emails that were over before this time, with their events. Answers how many went, and whether the walk has
/// come to the end, from where it begins anew.
///
/// An id begins with the time at which its email was accepted, so those that are too young aren't even looked at.
pub(crate) async fn delete_expired_batch(
    database: &D1Database,
    before: OffsetDateTime,
    most: usize,
) -> Result<(usize, bool), Error> {
    #[derive(Deserialize)]
    struct Row {
        id: EmailId,
        status: i32,
        created_at: String,
        scheduled_at: Option<i64>,
        history: String,
    }
    let after = walks::position(database, WALK).await?;
    let sql = "SELECT id, status, created_at, scheduled_at, history FROM emails WHERE id > ? AND id < ? ORDER BY id LIMIT ?";
    let until = EmailId::new(before, 0).to_string();
    let values = [after.into(), until.into(), u32::try_from(most).unwrap_or(u32::MAX).into()];
    let rows: Vec<Row> = statement(database, sql, &values)?.all().await?.results()?;
    let mut going = Vec::new();
    for row in &rows {
        let kept = RetentionRow {
            status: EmailStatus::from_rank(row.status).ok_or_else(|| unreadable("status"))?,
            created_at: read_time(&row.created_at)?,
            scheduled_at: row.scheduled_at.map(clock::from_milliseconds),
            history: json(&row.history)?,
        };
        if kept.is_expired(before) {
            going.push(row.id);
        }
    }
    let is_end = rows.len() < most;
    let last = rows.last().filter(|_| !is_end).map(|row| row.id.to_string()).unwrap_or_default();
    let mut statements = deletion(database, &going)?.to_vec();
    statements.push(walks::go_on_at(database, WALK, &last)?);
    database.batch(statements).await?;
    Ok((going.len(), is_end))
}

/// Deletes so many emails of an organisation, with their events; answers whether there were fewer.
pub(crate) async fn delete_batch(
    database: &D1Database,
    organisation_id: &str,
    most: usize,
) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: EmailId,
    }
    let sql = "SELECT id FROM emails WHERE organisation_id = ? LIMIT ?";
    let values = [organisation_id.into(), u32::try_from(most).unwrap_or(u32::MAX).into()];
    let rows: Vec<Row> = statement(database, sql, &values)?.all().await?.results()?;
    let ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
    database.batch(deletion(database, &ids)?.to_vec()).await?;
    Ok(ids.len() < most)
}

/// The statements that delete these emails with their events: both in one transaction, since an event may come in between.
fn deletion(database: &D1Database, ids: &[EmailId]) -> Result<[D1PreparedStatement; 2], Error> {
    let ids = serde_json::to_string(ids)?;
    let delete = |sql| statement(database, sql, &[(&ids).into()]);
    Ok([
        delete("DELETE FROM email_events WHERE email_id IN (SELECT value FROM json_each(?))")?,
        delete("DELETE FROM emails WHERE id IN (SELECT value FROM json_each(?))")?,
    ])
}
