//! SES's events of emails.

use aws_sans_io::{Region, json, ses::event::Event};
use domain::{
    EmailId,
    delivery::{
        AddedEvent, EmailHead, EmailStatus, EmailStepKind, EventLog, EventRecipients, History, Phase,
        StoredEvent,
    },
    suppression::SuppressionSignal,
};
use time::{Duration, OffsetDateTime};

use super::{Emails, key, read_id, unreadable};
use crate::{http::Error, organisation_object::sql::optional};

const READ: &str = "SELECT status, phase, region, head, events, history FROM emails WHERE id = ?";
const WRITE: &str = "UPDATE emails SET status = max(status, ?), ses_message_id = coalesce(ses_message_id, ?), events = coalesce(?, events), \
     history = coalesce(?, history) WHERE id = ?";
const CONFIRM: &str = "UPDATE emails SET phase = 5, status = max(status, ?), ses_message_id = coalesce(ses_message_id, ?), events = coalesce(?, events), \
     history = ?, content = NULL, attempts = NULL, queue = NULL, due_at = NULL WHERE id = ?";
const INSERT_MORE: &str =
    "INSERT INTO email_events (email, message, event) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const LIST_MORE: &str = "SELECT event FROM email_events WHERE email = ?";
const FIND_BY_SES_ID: &str = "SELECT id FROM emails WHERE id < ?1 AND ses_message_id = ?3 \
     AND id >= coalesce((SELECT id FROM emails WHERE id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2), x'') LIMIT 1";

/// The number of emails that are searched for one that SES knows by its own ID only.
///
/// An index on that ID would cost a row for every email. So few events lack our tag that a search of a few milliseconds is cheaper.
const SEARCHED_EMAILS: u32 = 20_000;

/// The time by which SES's clock may be behind ours.
const MAX_CLOCK_SKEW: Duration = Duration::minutes(1);

const FIRST_SENT: &str =
    "SELECT id FROM emails WHERE id >= ? AND region = ? AND phase = 5 AND status >= ? ORDER BY id LIMIT 1";

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        /// Whether this is the first proof that SES has accepted the email, also if its response is still to come.
        first_proof: bool,
        /// The recipients that the event is about. Empty if it names none of several.
        recipients: Vec<String>,
    },
}

impl Emails {
    /// Stores an event once, however often it is reported, and raises the email's status. Call it in a transaction with what else the event
    /// changes.
    pub(crate) fn store_event(
        &self,
        id: EmailId,
        message_id: &str,
        event: &Event,
        now: OffsetDateTime,
    ) -> Result<EventResult, Error> {
        let sql = &self.context.sql;
        let Some(row) = sql.row(READ, [key(id)])? else { return Ok(EventResult::UnknownEmail) };
        let phase = Phase::from_number(row.integer(1)?).ok_or_else(|| unreadable("phase"))?;
        let region = Region::from_number(row.integer(2)?).ok_or_else(|| unreadable("region"))?;
        let head: EmailHead = json::parse(row.text(3)?.as_bytes())?;
        let mut log = EventLog::from_stored(row.optional_text(4).as_deref())?;
        let sent_to = head.recipients();
        let recipients = EventRecipients::find(event, &sent_to);
        let stored = StoredEvent::new(message_id, event, &recipients, &sent_to);
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
        let proves_sent = status.is_some_and(|status| status >= EmailStatus::Sent);
        let first_proof = proves_sent && row.integer::<i32>(0)? < EmailStatus::Sent.rank();
        let waits = matches!(phase, Phase::Unconfirmed | Phase::Queued);
        let confirmed = waits && proves_sent;
        let mut steps = Vec::new();
        if confirmed {
            steps.push((EmailStepKind::Confirmed, None));
        }
        let recipients = match recipients {
            EventRecipients::Matched(recipients) => recipients,
            EventRecipients::Unmatched => {
                if !matches!(SuppressionSignal::from_event(event), None | Some(SuppressionSignal::Delivered))
                {
                    steps.push((EmailStepKind::UnmatchedEvent, Some(event.event_type.name())));
                }
                Vec::new()
            }
        };
        let history = if steps.is_empty() {
            None
        } else {
            let mut history = History::from_stored(row.optional_text(5).as_deref())?;
            for (step, code) in steps {
                history.add(now, step, code.as_deref());
            }
            history.to_stored()
        };
        self.changes.note(id)?;
        let values = [rank, ses_message_id, optional(events), optional(history), key(id)];
        if confirmed {
            self.delete_chunks(id)?;
            sql.run(CONFIRM, values)?;
        } else {
            sql.run(WRITE, values)?;
        }
        Ok(EventResult::Stored { region, confirmed, first_proof, recipients })
    }

    /// Finds an email that SES accepted at `sent_at` by the ID that SES gave it, among the newest emails accepted before.
    pub(crate) fn find_by_ses_message_id(
        &self,
        ses_message_id: &str,
        sent_at: OffsetDateTime,
    ) -> Result<Option<EmailId>, Error> {
        let before = EmailId::new(sent_at.saturating_add(MAX_CLOCK_SKEW), 0);
        let values = [key(before), SEARCHED_EMAILS.into(), ses_message_id.into()];
        self.context.sql.row(FIND_BY_SES_ID, values)?.map(|row| read_id(row.array(0)?)).transpose()
    }

    /// Returns when the first email was accepted that SES has accepted from a region, of those from `from` on.
    pub(crate) fn first_sent(
        &self,
        region: Region,
        from: OffsetDateTime,
    ) -> Result<Option<OffsetDateTime>, Error> {
        let values = [key(EmailId::new(from, 0)), region.number().into(), EmailStatus::Sent.rank().into()];
        let row = self.context.sql.row(FIRST_SENT, values)?;
        row.map(|row| Ok(read_id(row.array(0)?)?.created_at())).transpose()
    }

    /// Returns the events that the email's row has no room for.
    pub(super) fn more_events(&self, id: EmailId) -> Result<Vec<StoredEvent>, Error> {
        let rows = self.context.sql.rows(LIST_MORE, [key(id)])?;
        rows.iter().map(|row| Ok(json::parse(row.text(0)?.as_bytes())?)).collect()
    }
}
