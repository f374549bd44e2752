//! What is shown of emails.

use api_contract::{Email, EmailEvent, EmailPage, EmailQuery, EmailSummary, SentEmail};
use aws_sans_io::{Region, json};
use domain::{
    EmailId,
    delivery::{EmailHead, EmailStatus, EventLog, History, StoredEvent},
};
use time::OffsetDateTime;

use super::{Emails, key, read_id, unreadable};
use crate::{
    clock,
    http::Error,
    organisation_object::sql::{self, Row},
};

const FIND: &str = "SELECT id, status, region, scheduled_at, head, history, ses_message_id, error, events FROM emails WHERE id = ?";
const LIST: &str =
    "SELECT id, status, region, scheduled_at, head FROM emails WHERE id < ? ORDER BY id DESC LIMIT ?";
const LIST_SCHEDULED: &str = "SELECT id, status, region, scheduled_at, head FROM emails WHERE phase = 1 AND id < ? AND scheduled_at > ? ORDER BY id DESC LIMIT ?";
const STATUS: &str = "SELECT status FROM emails WHERE id = ?";

/// An id above every other.
const HIGHEST: [u8; 16] = [0xff; 16];

fn head(row: &Row) -> Result<EmailHead, Error> {
    Ok(json::parse(row.text(4)?.as_bytes())?)
}

fn summary(row: &Row, head: &EmailHead, now: OffsetDateTime) -> Result<EmailSummary, Error> {
    let id = read_id(row.array(0)?)?;
    let scheduled_at = row.optional_time(3)?;
    Ok(EmailSummary {
        id,
        status: status(row, 1)?.at(scheduled_at, now),
        scheduled_at,
        from: head.from.clone(),
        to: head.to.clone(),
        subject: head.subject.clone(),
        test: head.is_test,
        region: Region::from_number(row.integer(2)?).ok_or_else(|| unreadable("region"))?,
        created_at: id.created_at(),
    })
}

fn status(row: &Row, column: u32) -> Result<EmailStatus, Error> {
    EmailStatus::from_rank(row.integer(column)?).ok_or_else(|| unreadable("status"))
}

fn event(stored: &StoredEvent, recipients: &[String]) -> EmailEvent {
    EmailEvent {
        kind: stored.kind().clone(),
        at: stored.at(),
        recipients: stored.recipients(recipients),
        detail: stored.detail().clone(),
    }
}

impl Emails {
    /// Returns an email with its history and events.
    pub(crate) fn find(&self, id: EmailId) -> Result<Option<Email>, Error> {
        let Some(row) = self.context.sql.row(FIND, [key(id)])? else { return Ok(None) };
        let head = head(&row)?;
        let summary = summary(&row, &head, clock::now())?;
        let error = row.optional_text(7).map(|text| json::parse(text.as_bytes())).transpose()?;
        let log = EventLog::from_stored(row.optional_text(8).as_deref())?;
        let recipients = head.recipients();
        let mut events: Vec<_> = log.events().iter().map(|stored| event(stored, &recipients)).collect();
        events.extend(self.more_events(id)?.iter().map(|stored| event(stored, &recipients)));
        events.sort_by_key(|event| event.at);
        let EmailHead { cc, bcc, reply_to, tags, attachments, suppressed, tracking, .. } = head;
        Ok(Some(Email {
            summary,
            cc,
            bcc,
            reply_to,
            tags,
            attachments,
            suppressed,
            tracking,
            ses_message_id: row.optional_text(6),
            error,
            history: History::from_stored(row.optional_text(5).as_deref())?,
            events,
        }))
    }

    /// Returns a page of emails, newest first.
    pub(crate) fn list(&self, query: &EmailQuery) -> Result<EmailPage, Error> {
        let now = clock::now();
        let before = query.after.map_or_else(|| sql::blob(&HIGHEST), key);
        // One row more than is shown, to know whether there is another page.
        let limit = query.limit.saturating_add(1).into();
        let rows = if query.scheduled {
            self.context.sql.rows(LIST_SCHEDULED, [before, sql::time(now), limit])?
        } else {
            self.context.sql.rows(LIST, [before, limit])?
        };
        let shown = rows.len().min(query.limit as usize);
        let data = rows[..shown].iter().map(|row| summary(row, &head(row)?, now));
        let data = data.collect::<Result<Vec<_>, _>>()?;
        let next_cursor = (rows.len() > shown).then(|| data.last().map(|last| last.id.to_string())).flatten();
        Ok(EmailPage { data, next_cursor })
    }

    /// Returns an email's status.
    pub(crate) fn status(&self, id: EmailId) -> Result<Option<EmailStatus>, Error> {
        self.context.sql.row(STATUS, [key(id)])?.map(|row| status(&row, 0)).transpose()
    }

    /// Returns the state of an email as the response to the request that created it shows it.
    pub(crate) fn sent_email(&self, id: EmailId) -> Result<Option<SentEmail>, Error> {
        let Some(row) = self.context.sql.row(FIND, [key(id)])? else { return Ok(None) };
        let head = head(&row)?;
        let summary = summary(&row, &head, clock::now())?;
        Ok(Some(SentEmail { suppressed: head.suppressed, ..SentEmail::new(id, summary.status) }))
    }
}
