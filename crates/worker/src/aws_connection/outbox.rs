//! Mails that were accepted and whose end isn't noted yet.
//!
//! A row is written before the answer that accepts the mail, and deleted after D1 has what came of it. Between, its phase says what
//! may have happened if the instance ends:
//!
//! - `waiting`: SES wasn't asked, or took nothing; it is asked at `due_at`.
//! - `sending`: SES was asked; without an answer, nobody knows.
//! - `settled`: SES answered; D1 has to be told. The mail itself is deleted with this step.
//!
//! A MIME message lies beside its row in pieces, since a row has at most 2 MB. It is written before the row and deleted with what the row
//! says of the mail.

use kraiter_core::{
    api::EmailId,
    mail::{Email, Settlement},
};
use serde::Deserialize;
use time::OffsetDateTime;
use worker::{SqlStorage, SqlStorageValue};

use crate::{clock, failure::Failure};

#[derive(Clone)]
pub(super) struct Outbox(SqlStorage);

/// A mail on its way.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    /// Its id.
    pub(super) id: EmailId,
    /// What is sent.
    pub(super) email: Email,
    /// When it was accepted.
    pub(super) since: OffsetDateTime,
    /// How often SES was asked.
    pub(super) attempts: u32,
    /// The batch that it was accepted in.
    pub(super) batch: Option<String>,
}

/// A mail that is due.
#[derive(Clone, Debug)]
pub(super) struct Due {
    /// Its id.
    pub(super) id: EmailId,
    /// How often SES was asked.
    pub(super) attempts: u32,
    /// How far it is.
    pub(super) phase: Phase,
}

/// How far a mail is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// See the module.
    Waiting(Box<Outgoing>),
    /// See the module.
    Sending,
    /// See the module.
    Settled(Settlement),
}

#[derive(Deserialize)]
struct Row {
    id: EmailId,
    email: String,
    since: i64,
    attempts: u32,
    phase: String,
    settlement: Option<String>,
    batch: Option<String>,
}

impl Row {
    fn read(self) -> Result<Due, Failure> {
        let Self { id, email, since, attempts, phase, settlement, batch } = self;
        let phase = match (phase.as_str(), settlement) {
            ("settled", Some(settlement)) => Phase::Settled(serde_json::from_str(&settlement)?),
            ("waiting", _) => {
                let (email, since) = (serde_json::from_str(&email)?, clock::from_milliseconds(since));
                Phase::Waiting(Box::new(Outgoing { id, email, since, attempts, batch }))
            }
            _ => Phase::Sending,
        };
        Ok(Due { id, attempts, phase })
    }
}

impl Outbox {
    /// The outbox of a Durable Object.
    pub(super) const fn new(sql: SqlStorage) -> Self {
        Self(sql)
    }

    /// Sees to its tables, and to what an instance that was ended in the middle of a delivery has left. Once an instance.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        self.run(
            "CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, email TEXT NOT NULL, since INTEGER NOT NULL, \
             attempts INTEGER NOT NULL, phase TEXT NOT NULL, settlement TEXT, due_at INTEGER NOT NULL) STRICT",
            Vec::new(),
        )?;
        let has_batch =
            self.0.exec("SELECT 1 FROM pragma_table_info('outbox') WHERE name = 'batch'", None)?;
        if has_batch.raw().next().is_none() {
            // What mails were accepted in one request; none for a mail by itself.
            self.run("ALTER TABLE outbox ADD COLUMN batch TEXT", Vec::new())?;
        }
        self.run(
            "CREATE TABLE IF NOT EXISTS outbox_pieces (mail TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, \
             PRIMARY KEY (mail, number)) STRICT",
            Vec::new(),
        )?;
        self.run("DELETE FROM outbox_pieces WHERE mail NOT IN (SELECT id FROM outbox)", Vec::new())
    }

    /// Takes a mail in; it is looked at again at `due_at`.
    pub(super) fn insert(&self, outgoing: &Outgoing, due_at: OffsetDateTime) -> Result<(), Failure> {
        self.run(
            "INSERT INTO outbox (id, email, since, attempts, phase, due_at, batch) VALUES (?, ?, ?, ?, 'waiting', ?, ?)",
            vec![
                outgoing.id.to_string().into(),
                serde_json::to_string(&outgoing.email)?.into(),
                clock::to_milliseconds(outgoing.since).into(),
                i64::from(outgoing.attempts).into(),
                clock::to_milliseconds(due_at).into(),
                outgoing.batch.clone().into(),
            ],
        )
    }

    /// Notes that SES is asked from now on.
    pub(super) fn sending(&self, id: EmailId, attempts: u32, due_at: OffsetDateTime) -> Result<(), Failure> {
        self.run(
            "UPDATE outbox SET phase = 'sending', attempts = ?, due_at = ? WHERE id = ?",
            vec![i64::from(attempts).into(), clock::to_milliseconds(due_at).into(), id.to_string().into()],
        )
    }

    /// Notes that SES took nothing, and when it is asked again.
    pub(super) fn waiting(&self, id: EmailId, attempts: u32, due_at: OffsetDateTime) -> Result<(), Failure> {
        self.run(
            "UPDATE outbox SET phase = 'waiting', attempts = ?, due_at = ? WHERE id = ?",
            vec![i64::from(attempts).into(), clock::to_milliseconds(due_at).into(), id.to_string().into()],
        )
    }

    /// Notes what came of it, and deletes it: what is left to do is to tell D1.
    pub(super) fn settled(
        &self,
        id: EmailId,
        settlement: &Settlement,
        due_at: OffsetDateTime,
    ) -> Result<(), Failure> {
        self.run(
            "UPDATE outbox SET phase = 'settled', settlement = ?, due_at = ?, email = '' WHERE id = ?",
            vec![
                serde_json::to_string(settlement)?.into(),
                clock::to_milliseconds(due_at).into(),
                id.to_string().into(),
            ],
        )?;
        self.delete_pieces(id)
    }

    /// Lets a mail go.
    pub(super) fn delete(&self, id: EmailId) -> Result<(), Failure> {
        self.run("DELETE FROM outbox WHERE id = ?", vec![id.to_string().into()])?;
        self.delete_pieces(id)
    }

    /// Keeps a piece of a mail's message.
    pub(super) fn insert_piece(&self, id: EmailId, number: i32, bytes: Vec<u8>) -> Result<(), Failure> {
        self.run(
            "INSERT INTO outbox_pieces (mail, number, bytes) VALUES (?, ?, ?)",
            vec![id.to_string().into(), number.into(), bytes.into()],
        )
    }

    /// Lets a mail's message go.
    pub(super) fn delete_pieces(&self, id: EmailId) -> Result<(), Failure> {
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

    /// The mails that are due: single ones before those of a batch, and among them those that wait longest first.
    pub(super) fn due(&self, now: OffsetDateTime, most: i64) -> Result<Vec<Due>, Failure> {
        let sql = "SELECT id, email, since, attempts, phase, settlement, batch FROM outbox WHERE due_at <= ? \
                   ORDER BY batch IS NOT NULL, due_at LIMIT ?";
        let values: Vec<SqlStorageValue> = vec![clock::to_milliseconds(now).into(), most.into()];
        self.0.exec(sql, values)?.to_array::<Row>()?.into_iter().map(Row::read).collect()
    }

    /// When the next mail is due.
    pub(super) fn next_due(&self) -> Result<Option<OffsetDateTime>, Failure> {
        #[derive(Deserialize)]
        struct Next {
            due_at: Option<i64>,
        }
        let next: Vec<Next> = self.0.exec("SELECT min(due_at) AS due_at FROM outbox", None)?.to_array()?;
        Ok(next.into_iter().next().and_then(|next| next.due_at).map(clock::from_milliseconds))
    }

    fn run(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<(), Failure> {
        self.0.exec(sql, values)?;
        Ok(())
    }
}
