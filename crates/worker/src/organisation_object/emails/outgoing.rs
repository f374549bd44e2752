//! Emails that have not finished: insert, attempt, result.

use std::rc::Rc;

use aws_sans_io::{Region, json};
use domain::{
    EmailId, Quota,
    delivery::{Attempts, DeliveryResult, EmailHead, EmailStatus, History, Phase},
    email::Email,
};
use time::OffsetDateTime;
use wasm_bindgen::JsValue;

use super::{Emails, key, read_id, unreadable};
use crate::{
    http::Error,
    organisation_object::sql::{self, Row, optional},
};

const INSERT: &str = "INSERT INTO emails (id, phase, status, region, recipients, place, queue, due_at, scheduled_at, attempts, head, \
    content, history, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// All of the index, so its rows are counted only if they may be too many.
const COUNT_SCHEDULED: &str = "SELECT count(*) FROM emails WHERE phase = 1 AND id > x''";
const EXISTS: &str = "SELECT 1 FROM emails WHERE id = ?";
const FIND: &str =
    "SELECT id, phase, region, attempts, content, history FROM emails WHERE id = ? AND phase < 5";
const RESPONSE: &str = "SELECT response FROM emails WHERE id = ?";
const START: &str =
    "UPDATE emails SET phase = 3, attempts = ?, due_at = ?, queue = NULL WHERE id = ? AND queue IS NOT NULL";
const REQUEUE: &str = "UPDATE emails SET phase = 2, attempts = ?, queue = NULL, due_at = ?, history = ?, error = coalesce(?, error) WHERE id = ? AND phase < 5";
const UNCONFIRM: &str = "UPDATE emails SET phase = 4, status = max(status, 30), attempts = ?, queue = NULL, due_at = ?, history = ?, error = coalesce(?, error) \
     WHERE id = ? AND phase < 5";
// An error is that of the last attempt; if nothing new is known, the former one stays.
const FINISH: &str = "UPDATE emails SET phase = 5, status = max(status, ?1), ses_message_id = coalesce(?2, ses_message_id), \
     error = iif(?1 = 30, coalesce(?3, error), ?3), history = ?4, response = coalesce(?5, response), content = NULL, attempts = NULL, \
     queue = NULL, due_at = NULL WHERE id = ?6 AND phase < 5";
const SET_RESPONSE: &str = "UPDATE emails SET response = ? WHERE id = ?";
const SET_RECIPIENTS: &str =
    "UPDATE emails SET head = ?, content = ?, recipients = ? WHERE id = ? AND phase < 5";
const RESCHEDULE: &str = "UPDATE emails SET due_at = ?1, scheduled_at = ?1, content = ?2, history = ?3 WHERE id = ?4 AND phase = 1";
const UNFINISHED: &str = "SELECT id, phase, region, attempts, content, history FROM emails WHERE id > ? AND phase < 5 ORDER BY id LIMIT ?";

/// An email that has not finished.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) id: EmailId,
    pub(crate) email: Rc<Email>,
    pub(crate) phase: Phase,
    /// The region it is sent from.
    pub(crate) region: Region,
    pub(crate) attempts: Attempts,
    pub(crate) history: History,
}

impl Outgoing {
    /// Returns when the email was accepted.
    pub(crate) fn accepted_at(&self) -> OffsetDateTime {
        self.id.created_at()
    }

    fn read(row: &Row) -> Result<Self, Error> {
        let attempts = row.optional_text(3).map(|text| json::parse(text.as_bytes())).transpose()?;
        Ok(Self {
            id: read_id(row.array(0)?)?,
            phase: Phase::from_number(row.integer(1)?).ok_or_else(|| unreadable("phase"))?,
            region: Region::from_number(row.integer(2)?).ok_or_else(|| unreadable("region"))?,
            attempts: attempts.unwrap_or_default(),
            email: Rc::new(json::parse(row.text(4)?.as_bytes())?),
            history: History::from_stored(row.optional_text(5).as_deref())?,
        })
    }
}

/// How an accepted email begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// SES is called at once.
    Sending,
    /// The email waits in the queue at this position.
    Queued(i64),
    /// The email is to be sent at this time.
    Scheduled(OffsetDateTime),
}

/// An email to insert.
pub(crate) struct NewEmail<'a> {
    pub(crate) outgoing: &'a Outgoing,
    pub(crate) start: Start,
    /// The place in its batch; `None` if it was sent alone.
    pub(crate) place: Option<u32>,
    /// The message, if it is MIME.
    pub(crate) chunks: &'a [Vec<u8>],
    /// The response to store, if it is known already.
    pub(crate) response: Option<&'a str>,
}

impl Emails {
    /// Inserts an accepted email, in a transaction.
    ///
    /// # Errors
    /// [`Quota::ScheduledEmails`].
    pub(crate) fn insert(&self, new: &NewEmail<'_>) -> Result<(), Error> {
        let Outgoing { id, email, region, attempts, history, .. } = new.outgoing;
        let (phase, status, queue, due_at) = match new.start {
            Start::Sending => (Phase::Sending, EmailStatus::Queued, JsValue::NULL, JsValue::NULL),
            Start::Queued(position) => (Phase::Queued, EmailStatus::Queued, number(position), JsValue::NULL),
            Start::Scheduled(at) => (Phase::Scheduled, EmailStatus::Scheduled, JsValue::NULL, sql::time(at)),
        };
        let scheduled_at = if let Start::Scheduled(at) = new.start {
            self.check_scheduled()?;
            sql::time(at)
        } else {
            JsValue::NULL
        };
        for (number, chunk) in (0..).zip(new.chunks) {
            self.insert_chunk(*id, number, chunk)?;
        }
        self.changes.note(*id)?;
        let head = EmailHead::from(&**email);
        self.note_in_block(*id, &head, *region)?;
        let attempts = (attempts.count > 0).then(|| serde_json::to_string(attempts)).transpose()?;
        self.context.sql.run(
            INSERT,
            [
                key(*id),
                phase.number().into(),
                status.rank().into(),
                region.number().into(),
                email.recipient_count().into(),
                optional(new.place),
                queue,
                due_at,
                scheduled_at,
                optional(attempts),
                serde_json::to_string(&head)?.into(),
                serde_json::to_string(&**email)?.into(),
                optional(history.to_stored()),
                optional(new.response),
            ],
        )?;
        Ok(())
    }

    /// Checks that another email can be scheduled, and notes that it is.
    fn check_scheduled(&self) -> Result<(), Error> {
        let at_least = self.scheduled.get().map(|scheduled| scheduled + 1);
        let scheduled = match at_least.filter(|scheduled| Quota::ScheduledEmails.check(*scheduled).is_ok()) {
            Some(scheduled) => scheduled,
            // Some may have been sent or cancelled since.
            None => 1 + self.context.sql.count::<u64, 0>(COUNT_SCHEDULED, [])?,
        };
        Quota::ScheduledEmails.check(scheduled)?;
        self.scheduled.set(Some(scheduled));
        Ok(())
    }

    /// Notes that an email is about to be inserted in another way.
    pub(crate) fn note_restored(&self, id: EmailId) -> Result<(), Error> {
        self.changes.note(id)
    }

    /// Has scheduled emails counted again, because some were inserted in another way.
    pub(crate) fn recount_scheduled(&self) {
        self.scheduled.set(None);
    }

    /// Returns whether the email was accepted.
    pub(crate) fn exists(&self, id: EmailId) -> Result<bool, Error> {
        Ok(self.context.sql.row(EXISTS, [key(id)])?.is_some())
    }

    /// Returns the email if it has not finished.
    pub(crate) fn find_outgoing(&self, id: EmailId) -> Result<Option<Outgoing>, Error> {
        self.context.sql.row(FIND, [key(id)])?.map(|row| Outgoing::read(&row)).transpose()
    }

    /// Returns emails that have not finished, in the order of their ids.
    pub(crate) fn list_unfinished(&self, after: Option<EmailId>, limit: u32) -> Result<Vec<Outgoing>, Error> {
        let after = after.map_or_else(|| sql::blob(&[]), key);
        self.context.sql.rows(UNFINISHED, [after, limit.into()])?.iter().map(Outgoing::read).collect()
    }

    /// Returns the stored response to the request that created the email.
    pub(crate) fn response(&self, id: EmailId) -> Result<Option<String>, Error> {
        Ok(self.context.sql.row(RESPONSE, [key(id)])?.and_then(|row| row.optional_text(0)))
    }

    /// Stores the response to the request that created the email.
    pub(crate) fn set_response(&self, id: EmailId, response: &str) -> Result<(), Error> {
        self.context.sql.run(SET_RESPONSE, [response.into(), key(id)]).map(drop)
    }

    /// Records that SES is called, for the time that `attempts` says. Returns whether the email was in the
    /// queue: only then it may be sent.
    pub(crate) fn start(
        &self,
        id: EmailId,
        attempts: &Attempts,
        deadline: OffsetDateTime,
    ) -> Result<bool, Error> {
        let attempts = serde_json::to_string(attempts)?;
        Ok(self.context.sql.run(START, [attempts.into(), sql::time(deadline), key(id)])? > 0)
    }

    /// Lets an email join the queue again at `due_at`.
    pub(crate) fn requeue(
        &self,
        outgoing: &Outgoing,
        due_at: OffsetDateTime,
        error: Option<&str>,
    ) -> Result<(), Error> {
        self.update_due(REQUEUE, outgoing, due_at, error)
    }

    /// Records that SES's response was lost, and when that is reconciled.
    pub(crate) fn unconfirm(
        &self,
        outgoing: &Outgoing,
        due_at: OffsetDateTime,
        error: Option<&str>,
    ) -> Result<(), Error> {
        self.update_due(UNCONFIRM, outgoing, due_at, error)
    }

    fn update_due(
        &self,
        statement: &'static str,
        outgoing: &Outgoing,
        due_at: OffsetDateTime,
        error: Option<&str>,
    ) -> Result<(), Error> {
        let values = [
            serde_json::to_string(&outgoing.attempts)?.into(),
            sql::time(due_at),
            optional(outgoing.history.to_stored()),
            optional(error),
            key(outgoing.id),
        ];
        self.context.sql.run(statement, values).map(drop)
    }

    /// Records the final result, and deletes the content. Returns whether the email had not finished before.
    pub(crate) fn finish(
        &self,
        id: EmailId,
        result: &DeliveryResult,
        response: Option<&str>,
        has_chunks: bool,
    ) -> Result<bool, Error> {
        self.changes.note(id)?;
        let error = result.error.as_ref().map(serde_json::to_string).transpose()?;
        let values = [
            result.status.rank().into(),
            optional(result.ses_message_id.as_deref()),
            optional(error),
            optional(result.history.to_stored()),
            optional(response),
            key(id),
        ];
        if !has_chunks {
            return Ok(self.context.sql.run(FINISH, values)? > 0);
        }
        self.context.sql.transaction(|| {
            self.delete_chunks(id)?;
            Ok(self.context.sql.run(FINISH, values)? > 0)
        })
    }

    /// Stores that a scheduled email is sent at another time.
    pub(crate) fn reschedule(
        &self,
        outgoing: &Outgoing,
        email: &Email,
        at: OffsetDateTime,
    ) -> Result<(), Error> {
        let values = [
            sql::time(at),
            serde_json::to_string(email)?.into(),
            optional(outgoing.history.to_stored()),
            key(outgoing.id),
        ];
        self.context.sql.run(RESCHEDULE, values).map(drop)
    }

    /// Stores that the email goes to fewer recipients than it was accepted for.
    pub(crate) fn set_recipients(&self, id: EmailId, email: &Email) -> Result<(), Error> {
        self.changes.note(id)?;
        let values = [
            serde_json::to_string(&EmailHead::from(email))?.into(),
            serde_json::to_string(email)?.into(),
            email.recipient_count().into(),
            key(id),
        ];
        self.context.sql.run(SET_RECIPIENTS, values).map(drop)
    }
}

/// Returns a position in the queue as it is stored. Positions are below 2^53.
#[expect(clippy::cast_precision_loss, reason = "positions are below 2^53")]
pub(super) fn number(position: i64) -> JsValue {
    JsValue::from_f64(position as f64)
}
