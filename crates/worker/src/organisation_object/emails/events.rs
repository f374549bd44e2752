//! SES's events of emails.

use aws_sans_io::{Region, json, ses::event::Event};
use domain::{
    EmailId,
    delivery::{AddedEvent, EmailHead, EmailStatus, EventLog, Phase, StoredEvent},
};

use super::{Emails, key, unreadable};
use crate::{http::Error, organisation_object::sql::optional};

const READ: &str = "SELECT status, phase, region, head, events, history FROM emails WHERE id = ?";
const WRITE: &str = "UPDATE emails SET status = max(status, ?), ses_message_id = coalesce(ses_message_id, ?), events = coalesce(?, events) WHERE id = ?";
const CONFIRM: &str = "UPDATE emails SET phase = 5, status = max(status, ?), ses_message_id = coalesce(ses_message_id, ?), events = coalesce(?, events), \
     history = ?, content = NULL, attempts = NULL, queue = NULL, due_at = NULL WHERE id = ?";
const INSERT_MORE: &str =
    "INSERT INTO email_events (email, message, event) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const LIST_MORE: &str = "SELECT event FROM email_events WHERE email = ?";

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventResult {
    /// There is no such email.
    UnknownEmail,
    /// The message arrived before.
    Duplicate,
    /// It was stored.
    Stored {
        /// The region that the email was sent from.
        region: Region,
        /// Whether the event showed that SES had accepted the email, when the response was lost.
        confirmed: bool,
    },
}

impl Emails {
    /// Stores an event once per SNS message, and raises the email's status. Call it in a transaction with what else the event changes.
    pub(crate) fn store_event(
        &self,
        id: EmailId,
        message_id: &str,
        event: &Event,
        confirmed_history: impl FnOnce(Option<&str>) -> Result<Option<String>, Error>,
    ) -> Result<EventResult, Error> {
        let sql = &self.context.sql;
        let Some(row) = sql.row(READ, [key(id)])? else { return Ok(EventResult::UnknownEmail) };
        let phase = Phase::from_number(row.integer(1)?).ok_or_else(|| unreadable("phase"))?;
        let region = Region::from_number(row.integer(2)?).ok_or_else(|| unreadable("region"))?;
        let head: EmailHead = json::parse(row.text(3)?.as_bytes())?;
        let mut log = EventLog::from_stored(row.optional_text(4).as_deref())?;
        let stored = StoredEvent::new(message_id, event, &head.recipients());
        let more = serde_json::to_string(&stored)?;
        let message = stored.message_key().to_owned();
        let events = match log.add(stored)? {
            AddedEvent::Duplicate => return Ok(EventResult::Duplicate),
            AddedEvent::Added(text) => Some(text),
            AddedEvent::Full => {
                if sql.run(INSERT_MORE, [key(id), message.into(), more.into()])? == 0 {
                    return Ok(EventResult::Duplicate);
                }
                None
            }
        };
        let status = EmailStatus::from_event(&event.event_type, event.is_transient_bounce());
        let rank = status.map_or(0, EmailStatus::rank).into();
        let ses_message_id = event.ses_message_id.as_str().into();
        // The event proves that SES has accepted the email, so it must not be sent again. While SES is being called, its response shows the
        // same soon.
        let waits = matches!(phase, Phase::Unconfirmed | Phase::Queued);
        let confirmed = waits && status.is_some_and(|status| status >= EmailStatus::Sent);
        if confirmed {
            let history = confirmed_history(row.optional_text(5).as_deref())?;
            self.delete_chunks(id)?;
            sql.run(CONFIRM, [rank, ses_message_id, optional(events), optional(history), key(id)])?;
        } else {
            sql.run(WRITE, [rank, ses_message_id, optional(events), key(id)])?;
        }
        Ok(EventResult::Stored { region, confirmed })
    }

    /// Returns the events that the email's row has no room for.
    pub(super) fn more_events(&self, id: EmailId) -> Result<Vec<StoredEvent>, Error> {
        let rows = self.context.sql.rows(LIST_MORE, [key(id)])?;
        rows.iter().map(|row| Ok(json::parse(row.text(0)?.as_bytes())?)).collect()
    }
}
