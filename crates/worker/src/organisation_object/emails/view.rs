//! What is shown of emails.

use api_contract::{Email, EmailContent, EmailEvent, EmailSummary, SentEmail};
use aws_sans_io::{Region, json};
use domain::{
    EmailId,
    delivery::{EmailHead, EmailStatus, EventLog, History, StoredEvent},
};
use time::OffsetDateTime;

use super::{Emails, Outgoing, key, read_id, unreadable};
use crate::{clock, http::Error, organisation_object::sql::Row};

const FIND: &str = "SELECT id, status, region, scheduled_at, head, history, ses_message_id, error, events FROM emails WHERE id = ?";
const STATUS: &str = "SELECT status FROM emails WHERE id = ?";

pub(super) fn head(row: &Row) -> Result<EmailHead, Error> {
    Ok(json::parse(row.text(4)?.as_bytes())?)
}

pub(super) fn summary(row: &Row, head: &EmailHead, now: OffsetDateTime) -> Result<EmailSummary, Error> {
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
        let EmailHead { cc, bcc, reply_to, tags, template, attachments, suppressed, tracking, .. } = head;
        Ok(Some(Email {
            summary,
            cc,
            bcc,
            reply_to,
            tags,
            template,
            attachments,
            suppressed,
            tracking,
            ses_message_id: row.optional_text(6),
            error,
            history: History::from_stored(row.optional_text(5).as_deref())?,
            events,
        }))
    }

    /// Returns the content of an email, if it is stored.
    pub(crate) fn content(&self, id: EmailId) -> Result<Option<EmailContent>, Error> {
        let nothing = EmailContent { stored: false, html: None, text: None };
        Ok(match self.find_outgoing(id)? {
            Some(Outgoing { email, .. }) => Some(EmailContent {
                stored: true,
                html: email.html().map(str::to_owned),
                text: email.text().map(str::to_owned),
            }),
            None => self.exists(id)?.then_some(nothing),
        })
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
