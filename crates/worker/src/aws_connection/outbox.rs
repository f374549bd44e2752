//! Mails that were accepted and whose end isn't noted yet.
//!
//! A row is written before the answer that accepts the mail, and deleted after D1 has what came of it. Between, its phase says what
//! may have happened if the instance ends:
//!
//! - `accepted`: it is for later, and D1 wasn't told yet.
//! - `scheduled`: it is for later; at `due_at` it begins to wait.
//! - `queued`: SES wasn't asked, or took nothing; it is asked from `due_at` on, when it has its turn.
//! - `sending`: SES was asked; without an answer, nobody knows.
//! - `unconfirmed`: SES's answer was lost; an event may tell. It is looked at again at `due_at`.
//! - `finished`: SES answered; D1 has to be told. The mail itself is deleted with this step.
//!
//! A MIME message lies beside its row in pieces, since a row has at most 2 MB. It is written before the row and deleted with what the row
//! says of the mail.

use std::{collections::HashMap, rc::Rc};

use api_contract::BackupEmail;
use aws_sans_io::Region;
use domain::{
    EmailId,
    delivery::{DeliveryResult, History, Phase},
    email::Email,
    rate_limit::{Hold, ThrottleReason},
    suppression::AddressKey,
};
use email_message::Mailbox;
use serde::{Deserialize, de::DeserializeOwned};
use time::OffsetDateTime;
use worker::{SqlStorage, SqlStorageValue};

use crate::{clock, http::Error};

#[derive(Clone)]
pub(super) struct Outbox(SqlStorage);

/// A mail on its way.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    /// Its id.
    pub(super) id: EmailId,
    /// What is sent; shared, since each note of how far it is has it too.
    pub(super) email: Rc<Email>,
    /// Where it is sent from.
    pub(super) region: Region,
    /// When it was accepted.
    pub(super) since: OffsetDateTime,
    /// How often it was tried to hand it over.
    pub(super) attempts: u32,
    /// How often SES was asked: not where the role couldn't be assumed.
    pub(super) calls: u32,
    /// When it was tried first.
    pub(super) tried_at: Option<OffsetDateTime>,
    /// When SES was asked last.
    pub(super) asked_at: Option<OffsetDateTime>,
    /// The batch that it was accepted in.
    pub(super) batch: Option<String>,
    /// What was done with it.
    pub(super) history: History,
}

/// A mail that is due by itself, and not by its turn.
#[derive(Clone, Debug)]
pub(super) enum Due {
    /// It is for later, and D1 should have been told of it.
    Unshown(Box<Outgoing>),
    /// SES was asked, and didn't answer this instance.
    Sending(Box<Outgoing>),
    /// SES's answer was lost.
    Unconfirmed(Box<Outgoing>),
}

/// How many mails are on their way in a region.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depth {
    /// Those that wait and were sent one by one.
    pub(super) queued: u32,
    /// Those that wait and were sent in batches.
    pub(super) queued_in_batches: u32,
    /// Those that wait for an event.
    pub(super) unconfirmed: u32,
}

impl Depth {
    /// What is told of the depth in a region: how many wait, and how many are unconfirmed.
    pub(super) const fn told((region, depth): (Region, Self)) -> (Region, u32, u32) {
        (region, depth.queued.saturating_add(depth.queued_in_batches), depth.unconfirmed)
    }
}

const COLUMNS: &str = "id, email, region, since, attempts, calls, tried_at, asked_at, phase, batch, history";

#[derive(Deserialize)]
struct Row {
    id: EmailId,
    email: String,
    region: Region,
    since: i64,
    attempts: u32,
    calls: u32,
    tried_at: Option<i64>,
    asked_at: Option<i64>,
    phase: Phase,
    batch: Option<String>,
    history: String,
}

#[derive(Deserialize)]
struct Settled {
    id: EmailId,
    settlement: String,
}

impl Row {
    fn read(self) -> Result<Due, Error> {
        let phase = self.phase;
        let outgoing = Box::new(self.outgoing()?);
        Ok(match phase {
            Phase::Accepted => Due::Unshown(outgoing),
            Phase::Unconfirmed => Due::Unconfirmed(outgoing),
            _ => Due::Sending(outgoing),
        })
    }

    fn outgoing(self) -> Result<Outgoing, Error> {
        Ok(Outgoing {
            id: self.id,
            email: Rc::new(serde_json::from_str(&self.email)?),
            region: self.region,
            since: clock::from_milliseconds(self.since),
            attempts: self.attempts,
            calls: self.calls,
            tried_at: self.tried_at.map(clock::from_milliseconds),
            asked_at: self.asked_at.map(clock::from_milliseconds),
            batch: self.batch,
            history: serde_json::from_str(&self.history)?,
        })
    }
}

impl Outbox {
    /// The outbox of a Durable Object.
    pub(super) const fn new(sql: SqlStorage) -> Self {
        Self(sql)
    }

    /// Sees to its tables, and to what an instance that was ended has left: what it was doing is due, and of a delivery that was cut off
    /// nothing is kept. Once an instance.
    pub(super) fn prepare(&self, now: OffsetDateTime) -> Result<(), Error> {
        for sql in [
            // `batch` names what was accepted in one request, `turn` the place in it: the first mails of each batch go before the second
            // ones. `tried_at` is when it was tried first, `asked_at` when SES was asked last.
            "CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, email TEXT NOT NULL, region TEXT NOT NULL, \
             recipients INTEGER NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL, calls INTEGER NOT NULL DEFAULT 0, tried_at INTEGER, \
             asked_at INTEGER, phase TEXT NOT NULL, settlement TEXT, due_at INTEGER NOT NULL, batch TEXT, turn INTEGER NOT NULL, \
             history TEXT NOT NULL DEFAULT '[]') STRICT",
            "CREATE TABLE IF NOT EXISTS outbox_pieces (mail TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, \
             PRIMARY KEY (mail, number)) STRICT",
            // Why nothing goes from a region, and until when.
            "CREATE TABLE IF NOT EXISTS outbox_gates (region TEXT PRIMARY KEY, until INTEGER NOT NULL, wait TEXT NOT NULL) STRICT",
            "CREATE INDEX IF NOT EXISTS outbox_turns ON outbox (phase, region, batch IS NOT NULL, turn, id)",
            // There may be many that nothing has to be done for until their time.
            "CREATE INDEX IF NOT EXISTS outbox_scheduled ON outbox (due_at) WHERE phase = 'scheduled'",
            "DELETE FROM outbox_pieces WHERE mail NOT IN (SELECT id FROM outbox)",
        ] {
            self.run(sql, Vec::new())?;
        }
        self.run(
            "UPDATE outbox SET due_at = min(due_at, ?) WHERE phase IN ('accepted', 'sending') OR (phase = 'queued' AND attempts = 0)",
            vec![clock::to_milliseconds(now).into()],
        )
    }

    /// Takes a mail in; it is looked at again at `due_at`. `place` is its place in its batch.
    pub(super) fn insert(
        &self,
        outgoing: &Outgoing,
        place: usize,
        due_at: OffsetDateTime,
    ) -> Result<(), Error> {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let phase = if outgoing.is_for_later() { "accepted" } else { "queued" };
        self.run(
            "INSERT INTO outbox (id, email, region, recipients, since, attempts, phase, due_at, batch, turn) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                outgoing.id.to_string().into(),
                serde_json::to_string(&*outgoing.email)?.into(),
                outgoing.region.name().into(),
                i64::from(outgoing.email.recipient_count()).into(),
                clock::to_milliseconds(outgoing.since).into(),
                i64::from(outgoing.attempts).into(),
                phase.into(),
                clock::to_milliseconds(due_at).into(),
                outgoing.batch.clone().into(),
                place.into(),
            ],
        )
    }

    /// The turn that those batches have come to which wait in a region: a new one begins there, and overtakes none.
    pub(super) fn current_turn(&self, region: Region) -> Result<usize, Error> {
        #[derive(Deserialize)]
        struct Turn {
            turn: Option<usize>,
        }
        let sql = "SELECT min(turn) AS turn FROM outbox WHERE region = ? AND phase = 'queued' AND batch IS NOT NULL";
        Ok(self.one::<Turn>(sql, vec![region.name().into()])?.and_then(|row| row.turn).unwrap_or(0))
    }

    /// Keeps it until its time, now that it is shown.
    pub(super) fn scheduled(&self, id: EmailId, at: OffsetDateTime) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET phase = 'scheduled', due_at = ? WHERE id = ? AND phase = 'accepted'",
            vec![clock::to_milliseconds(at).into(), id.to_string().into()],
        )
    }

    /// The regions in which mails wait whose time has come.
    pub(super) fn regions_to_release(&self, now: OffsetDateTime) -> Result<Vec<Region>, Error> {
        let sql = "SELECT DISTINCT region FROM outbox WHERE phase = 'scheduled' AND due_at <= ?";
        self.regions(sql, vec![clock::to_milliseconds(now).into()])
    }

    /// Lets those mails of a region wait for their turn whose time has come; the first ones of batches have this turn.
    pub(super) fn release(&self, region: Region, turn: usize, now: OffsetDateTime) -> Result<(), Error> {
        let turn = i64::try_from(turn).unwrap_or(i64::MAX);
        self.run(
            "UPDATE outbox SET phase = 'queued', turn = turn + ? WHERE region = ? AND phase = 'scheduled' AND due_at <= ?",
            vec![turn.into(), region.name().into(), clock::to_milliseconds(now).into()],
        )
    }

    /// Notes that SES is asked from now on, for the time that `tried` says.
    pub(super) fn sending(
        &self,
        tried: &Outgoing,
        now: OffsetDateTime,
        due_at: OffsetDateTime,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET phase = 'sending', attempts = ?, calls = ?, tried_at = ?, asked_at = ?, due_at = ? WHERE id = ?",
            vec![
                i64::from(tried.attempts).into(),
                i64::from(tried.calls.saturating_add(1)).into(),
                tried.tried_at.map(clock::to_milliseconds).into(),
                clock::to_milliseconds(now).into(),
                clock::to_milliseconds(due_at).into(),
                tried.id.to_string().into(),
            ],
        )
    }

    /// Notes that nothing was taken for now, and when it is tried again.
    pub(super) fn postponed(
        &self,
        tried: &Outgoing,
        due_at: OffsetDateTime,
        history: &History,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET phase = 'queued', attempts = ?, tried_at = ?, due_at = ?, history = ? WHERE id = ?",
            vec![
                i64::from(tried.attempts).into(),
                tried.tried_at.map(clock::to_milliseconds).into(),
                clock::to_milliseconds(due_at).into(),
                serde_json::to_string(history)?.into(),
                tried.id.to_string().into(),
            ],
        )
    }

    /// Keeps it for fewer recipients.
    pub(super) fn leave_out(&self, id: EmailId, fewer: &Email) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET email = ?, recipients = ? WHERE id = ?",
            vec![
                serde_json::to_string(fewer)?.into(),
                i64::from(fewer.recipient_count()).into(),
                id.to_string().into(),
            ],
        )
    }

    /// Whom these mails go to.
    pub(super) fn addresses(&self, ids: &[EmailId]) -> Result<Vec<AddressKey>, Error> {
        #[derive(Deserialize)]
        struct Found {
            mailbox: Mailbox,
        }
        let sql = "SELECT mailbox.value AS mailbox FROM outbox, json_each('[\"$.to\",\"$.cc\",\"$.bcc\"]') AS field, \
                   json_each(outbox.email, field.value) AS mailbox WHERE outbox.id IN (SELECT value FROM json_each(?))";
        let found: Vec<Found> = self.all(sql, vec![serde_json::to_string(ids)?.into()])?;
        Ok(found.iter().map(|found| AddressKey::from(&found.mailbox)).collect())
    }

    /// Notes that it is SES's turn to take it from `due_at` on.
    pub(super) fn waiting(
        &self,
        id: EmailId,
        due_at: OffsetDateTime,
        history: &History,
    ) -> Result<(), Error> {
        self.note("queued", id, due_at, history)
    }

    /// Notes that SES's answer was lost, and when that is looked at again.
    pub(super) fn unconfirmed(
        &self,
        id: EmailId,
        due_at: OffsetDateTime,
        history: &History,
    ) -> Result<(), Error> {
        self.note("unconfirmed", id, due_at, history)
    }

    fn note(&self, phase: &str, id: EmailId, due_at: OffsetDateTime, history: &History) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET phase = ?, due_at = ?, history = ? WHERE id = ?",
            vec![
                phase.into(),
                clock::to_milliseconds(due_at).into(),
                serde_json::to_string(history)?.into(),
                id.to_string().into(),
            ],
        )
    }

    /// Lets a mail that waits do so until `due_at`.
    pub(super) fn postpone(&self, id: EmailId, due_at: OffsetDateTime) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET due_at = ? WHERE id = ? AND phase = 'queued'",
            vec![clock::to_milliseconds(due_at).into(), id.to_string().into()],
        )
    }

    /// Looks at a mail in doubt at once: an event has come.
    pub(super) fn heard(&self, id: EmailId, now: OffsetDateTime) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET due_at = ? WHERE id = ? AND phase = 'unconfirmed'",
            vec![clock::to_milliseconds(now).into(), id.to_string().into()],
        )
    }

    /// Notes what came of it, and deletes it: what is left to do is to tell D1.
    pub(super) fn settled(
        &self,
        id: EmailId,
        settlement: &DeliveryResult,
        due_at: OffsetDateTime,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET phase = 'finished', settlement = ?, due_at = ?, email = '' WHERE id = ?",
            vec![
                serde_json::to_string(settlement)?.into(),
                clock::to_milliseconds(due_at).into(),
                id.to_string().into(),
            ],
        )?;
        self.delete_pieces(id)
    }

    /// Lets a mail go.
    pub(super) fn delete(&self, id: EmailId) -> Result<(), Error> {
        self.run("DELETE FROM outbox WHERE id = ?", vec![id.to_string().into()])?;
        self.delete_pieces(id)
    }

    /// Keeps a piece of a mail's message.
    pub(super) fn insert_piece(&self, id: EmailId, number: i32, bytes: Vec<u8>) -> Result<(), Error> {
        self.run(
            "INSERT INTO outbox_pieces (mail, number, bytes) VALUES (?, ?, ?)",
            vec![id.to_string().into(), number.into(), bytes.into()],
        )
    }

    /// Lets a mail's message go.
    pub(super) fn delete_pieces(&self, id: EmailId) -> Result<(), Error> {
        self.run("DELETE FROM outbox_pieces WHERE mail = ?", vec![id.to_string().into()])
    }

    /// The pieces of a mail's message, each read when it is asked for.
    pub(super) fn pieces(&self, id: EmailId) -> impl Iterator<Item = worker::Result<Vec<u8>>> + use<> {
        let (outbox, id, mut number) = (self.clone(), id.to_string(), 0);
        std::iter::from_fn(move || {
            let piece = outbox.piece(&id, number).transpose();
            number += 1;
            piece
        })
    }

    /// One piece of a mail's message.
    pub(super) fn piece_of(&self, id: EmailId, number: i32) -> Result<Vec<u8>, Error> {
        self.piece(&id.to_string(), number)?.ok_or_else(|| Error::internal("a piece of a message is missing"))
    }

    /// Keeps a piece in the place of one that is there.
    pub(super) fn put_piece(&self, id: EmailId, number: i32, bytes: Vec<u8>) -> Result<(), Error> {
        let values = vec![id.to_string().into(), number.into(), bytes.into()];
        self.run("INSERT OR REPLACE INTO outbox_pieces (mail, number, bytes) VALUES (?, ?, ?)", values)
    }

    fn piece(&self, id: &str, number: i32) -> worker::Result<Option<Vec<u8>>> {
        let sql = "SELECT bytes FROM outbox_pieces WHERE mail = ? AND number = ?";
        let values: Vec<SqlStorageValue> = vec![id.into(), number.into()];
        let row = self.0.exec(sql, values)?.raw().next().transpose()?;
        match row.map(|row| row.into_iter().next()) {
            None => Ok(None),
            Some(Some(SqlStorageValue::Blob(bytes))) => Ok(Some(bytes)),
            Some(_) => Err("a piece isn't bytes".into()),
        }
    }

    /// What came of a mail that has come to its end, where D1 has still to be told.
    pub(super) fn settlement(&self, id: EmailId) -> Result<Option<DeliveryResult>, Error> {
        let sql = "SELECT id, settlement FROM outbox WHERE id = ? AND phase = 'finished'";
        let row = self.one::<Settled>(sql, vec![id.to_string().into()])?;
        row.map(|row| Ok(serde_json::from_str(&row.settlement)?)).transpose()
    }

    /// The mails that have come to their end, where D1 has still to be told.
    pub(super) fn all_settled(
        &self,
        now: OffsetDateTime,
        most: i64,
    ) -> Result<Vec<(EmailId, DeliveryResult)>, Error> {
        let sql = "SELECT id, settlement FROM outbox WHERE phase = 'finished' AND due_at <= ? ORDER BY due_at LIMIT ?";
        let rows: Vec<Settled> = self.all(sql, vec![clock::to_milliseconds(now).into(), most.into()])?;
        rows.into_iter().map(|row| Ok((row.id, serde_json::from_str(&row.settlement)?))).collect()
    }

    /// The mails that are due by themselves, those that wait longest first.
    pub(super) fn due(&self, now: OffsetDateTime, most: i64) -> Result<Vec<Due>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE phase IN ('accepted', 'sending', 'unconfirmed') AND due_at <= ? ORDER BY due_at LIMIT ?"
        );
        let rows: Vec<Row> = self.all(&sql, vec![clock::to_milliseconds(now).into(), most.into()])?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The regions in which a mail may have its turn now.
    pub(super) fn regions_in_turn(&self, now: OffsetDateTime) -> Result<Vec<Region>, Error> {
        let sql = "SELECT DISTINCT outbox.region FROM outbox LEFT JOIN outbox_gates ON outbox_gates.region = outbox.region \
                   WHERE phase = 'queued' AND due_at <= ? AND coalesce(until, 0) <= ?";
        let now = clock::to_milliseconds(now);
        self.regions(sql, vec![now.into(), now.into()])
    }

    fn regions(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Region>, Error> {
        #[derive(Deserialize)]
        struct Found {
            region: Region,
        }
        Ok(self.all::<Found>(sql, values)?.into_iter().map(|row| row.region).collect())
    }

    /// The mails of a region in the order of their turns, each with its number of recipients: single ones before those of batches, and
    /// batches side by side.
    pub(super) fn in_turn(
        &self,
        region: Region,
        now: OffsetDateTime,
        most: usize,
    ) -> Result<Vec<(EmailId, u32)>, Error> {
        #[derive(Deserialize)]
        struct Waiting {
            id: EmailId,
            recipients: u32,
        }
        let sql = "SELECT id, recipients FROM outbox WHERE region = ? AND phase = 'queued' AND due_at <= ? \
                   ORDER BY batch IS NOT NULL, turn, id LIMIT ?";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let values = vec![region.name().into(), clock::to_milliseconds(now).into(), most.into()];
        let rows: Vec<Waiting> = self.all(sql, values)?;
        Ok(rows.into_iter().map(|row| (row.id, row.recipients)).collect())
    }

    /// Whether a mail that comes now has to wait behind others: a mail by itself behind such, one of a batch behind all.
    pub(super) fn has_queue(
        &self,
        region: Region,
        is_batch: bool,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let sql = "SELECT 1 AS one FROM outbox WHERE region = ? AND phase = 'queued' AND due_at <= ? AND (? OR batch IS NULL) LIMIT 1";
        let values =
            vec![region.name().into(), clock::to_milliseconds(now).into(), i64::from(is_batch).into()];
        self.is_any(sql, values)
    }

    /// A mail that waits.
    pub(super) fn outgoing(&self, id: EmailId) -> Result<Option<Outgoing>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ? AND phase = 'queued'");
        self.one::<Row>(&sql, vec![id.to_string().into()])?.map(Row::outgoing).transpose()
    }

    /// A mail whose end isn't noted yet, and how far it has come.
    pub(super) fn kept(&self, id: EmailId) -> Result<Option<(Phase, Outgoing)>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ? AND phase <> 'finished'");
        let row = self.one::<Row>(&sql, vec![id.to_string().into()])?;
        row.map(|row| Ok((row.phase, row.outgoing()?))).transpose()
    }

    /// The mails whose end isn't noted yet, with what was done with each.
    pub(super) fn histories(&self) -> Result<Vec<(EmailId, Region, Phase, History)>, Error> {
        #[derive(Deserialize)]
        struct Found {
            id: EmailId,
            region: Region,
            phase: Phase,
            history: String,
        }
        let sql = "SELECT id, region, phase, history FROM outbox WHERE phase <> 'finished'";
        let found: Vec<Found> = self.all(sql, Vec::new())?;
        let read = |row: Found| Ok((row.id, row.region, row.phase, serde_json::from_str(&row.history)?));
        found.into_iter().map(read).collect()
    }

    /// So many mails behind this one, as they are kept.
    pub(super) fn behind(&self, after: Option<EmailId>, most: i64) -> Result<Vec<BackupEmail>, Error> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        self.kept_mails("id > ? ORDER BY id LIMIT ?", vec![after.into(), most.into()])
    }

    /// A mail as it is kept.
    pub(super) fn kept_mail(&self, id: EmailId) -> Result<Option<BackupEmail>, Error> {
        Ok(self.kept_mails("id = ?", vec![id.to_string().into()])?.into_iter().next())
    }

    fn kept_mails(&self, which: &str, values: Vec<SqlStorageValue>) -> Result<Vec<BackupEmail>, Error> {
        #[derive(Deserialize)]
        struct Found {
            id: EmailId,
            email: String,
            region: Region,
            since: i64,
            attempts: u32,
            calls: u32,
            tried_at: Option<i64>,
            asked_at: Option<i64>,
            phase: Phase,
            settlement: Option<String>,
            due_at: i64,
            batch: Option<String>,
            turn: i64,
            history: String,
            pieces: i32,
        }
        let sql = format!(
            "SELECT {COLUMNS}, settlement, due_at, turn, (SELECT count(*) FROM outbox_pieces WHERE mail = outbox.id) AS pieces \
             FROM outbox WHERE {which}"
        );
        let found: Vec<Found> = self.all(&sql, values)?;
        let read = |row: Found| {
            let has_ended = row.phase == Phase::Finished;
            Ok(BackupEmail {
                id: row.id,
                email: if has_ended { None } else { Some(serde_json::from_str(&row.email)?) },
                region: row.region,
                accepted_at: row.since,
                attempts: row.attempts,
                ses_calls: row.calls,
                first_attempt_at: row.tried_at,
                last_call_at: row.asked_at,
                phase: row.phase,
                result: row.settlement.as_deref().map(serde_json::from_str).transpose()?,
                due_at: row.due_at,
                batch: row.batch,
                queue_position: row.turn,
                history: serde_json::from_str(&row.history)?,
                chunks: row.pieces,
            })
        };
        found.into_iter().map(read).collect()
    }

    /// Whether a mail is kept, however far it has come.
    pub(super) fn has(&self, id: EmailId) -> Result<bool, Error> {
        let sql = "SELECT 1 AS one FROM outbox WHERE id = ?";
        self.is_any(sql, vec![id.to_string().into()])
    }

    /// How many pieces are kept of a mail's message.
    pub(super) fn piece_count(&self, id: EmailId) -> Result<i32, Error> {
        #[derive(Deserialize)]
        struct Count {
            pieces: i32,
        }
        let sql = "SELECT count(*) AS pieces FROM outbox_pieces WHERE mail = ?";
        Ok(self.one::<Count>(sql, vec![id.to_string().into()])?.map_or(0, |row| row.pieces))
    }

    /// Brings a mail back.
    pub(super) fn bring_back(&self, kept: &BackupEmail) -> Result<(), Error> {
        let email = kept.email.as_ref();
        self.run(
            "INSERT INTO outbox (id, email, region, recipients, since, attempts, calls, tried_at, asked_at, phase, settlement, due_at, \
             batch, turn, history) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                kept.id.to_string().into(),
                email.map(serde_json::to_string).transpose()?.unwrap_or_default().into(),
                kept.region.name().into(),
                i64::from(email.map_or(0, Email::recipient_count)).into(),
                kept.accepted_at.into(),
                i64::from(kept.attempts).into(),
                i64::from(kept.ses_calls).into(),
                kept.first_attempt_at.into(),
                kept.last_call_at.into(),
                kept.phase.name().into(),
                kept.result.as_ref().map(serde_json::to_string).transpose()?.into(),
                kept.due_at.into(),
                kept.batch.clone().into(),
                kept.queue_position.into(),
                serde_json::to_string(&kept.history)?.into(),
            ],
        )
    }

    /// Why nothing goes from a region; none where something does.
    pub(super) fn gate(&self, region: Region) -> Result<Option<Hold>, Error> {
        #[derive(Deserialize)]
        struct Gate {
            wait: String,
        }
        let sql = "SELECT wait FROM outbox_gates WHERE region = ?";
        let gate = self.one::<Gate>(sql, vec![region.name().into()])?;
        Ok(gate.map(|gate| serde_json::from_str(&gate.wait)).transpose()?)
    }

    /// Writes why nothing goes from a region.
    pub(super) fn set_gate(&self, region: Region, wait: Option<&Hold>) -> Result<(), Error> {
        let Some(wait) = wait else {
            return self.run("DELETE FROM outbox_gates WHERE region = ?", vec![region.name().into()]);
        };
        self.run(
            "INSERT OR REPLACE INTO outbox_gates (region, until, wait) VALUES (?, ?, ?)",
            vec![
                region.name().into(),
                clock::to_milliseconds(wait.retry_at).into(),
                serde_json::to_string(wait)?.into(),
            ],
        )
    }

    /// Lets mail go from the regions where it waited for this reason.
    pub(super) fn open_gates(&self, reason: ThrottleReason) -> Result<(), Error> {
        let reason = serde_json::to_string(&reason)?;
        self.run("DELETE FROM outbox_gates WHERE wait -> '$.reason' = ?", vec![reason.into()])
    }

    /// Whether any mail waits or is unconfirmed.
    pub(super) fn is_any_on_its_way(&self) -> Result<bool, Error> {
        let sql = "SELECT 1 AS one FROM outbox WHERE phase IN ('queued', 'unconfirmed') LIMIT 1";
        self.is_any(sql, Vec::new())
    }

    /// How many mails are on their way, by region.
    pub(super) fn depths(&self) -> Result<HashMap<Region, Depth>, Error> {
        #[derive(Deserialize)]
        struct Count {
            region: Region,
            phase: String,
            batched: u32,
            mails: u32,
        }
        let sql = "SELECT region, phase, batch IS NOT NULL AS batched, count(*) AS mails FROM outbox \
                   WHERE phase IN ('queued', 'unconfirmed') GROUP BY 1, 2, 3";
        let mut depths = HashMap::<Region, Depth>::new();
        for Count { region, phase, batched, mails } in self.all::<Count>(sql, Vec::new())? {
            let depth = depths.entry(region).or_default();
            match (phase.as_str(), batched) {
                ("unconfirmed", _) => depth.unconfirmed += mails,
                (_, 0) => depth.queued += mails,
                _ => depth.queued_in_batches += mails,
            }
        }
        Ok(depths)
    }

    /// When the next mail is due, or has its turn.
    pub(super) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        #[derive(Deserialize)]
        struct Next {
            due_at: Option<i64>,
        }
        let sql = "SELECT min(due_at) AS due_at FROM (SELECT min(due_at) AS due_at FROM outbox WHERE phase = 'scheduled' \
                   UNION ALL SELECT min(iif(phase = 'queued', max(due_at, coalesce(until, 0)), due_at)) \
                   FROM outbox LEFT JOIN outbox_gates ON outbox_gates.region = outbox.region \
                   WHERE phase IN ('accepted', 'queued', 'sending', 'unconfirmed', 'finished'))";
        let next = self.one::<Next>(sql, Vec::new())?;
        Ok(next.and_then(|next| next.due_at).map(clock::from_milliseconds))
    }

    fn all<T: DeserializeOwned>(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Vec<T>, Error> {
        Ok(self.0.exec(sql, values)?.to_array()?)
    }

    fn one<T: DeserializeOwned>(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Option<T>, Error> {
        Ok(self.all(sql, values)?.into_iter().next())
    }

    fn is_any(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<bool, Error> {
        Ok(self.0.exec(sql, values)?.raw().next().is_some())
    }

    fn run(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<(), Error> {
        self.0.exec(sql, values)?;
        Ok(())
    }
}
