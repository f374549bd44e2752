//! Mails that were accepted and whose end isn't noted yet.
//!
//! A row is written before the answer that accepts the mail, and deleted after D1 has what came of it. Between, its phase says what
//! may have happened if the instance ends:
//!
//! - `waiting`: SES wasn't asked, or took nothing; it is asked at `due_at`.
//! - `sending`: SES was asked; without an answer, nobody knows.
//! - `settled`: SES answered; D1 has to be told.

use kraiter_core::{
    api::EmailId,
    mail::{Email, Settlement},
};
use serde::Deserialize;
use time::OffsetDateTime;
use worker::{SqlStorage, SqlStorageValue};

use crate::{clock, failure::Failure};

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
}

/// How far a mail is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// See the module.
    Waiting,
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
}

impl Row {
    fn read(self) -> Result<(Outgoing, Phase), Failure> {
        let phase = match (self.phase.as_str(), self.settlement) {
            ("settled", Some(settlement)) => Phase::Settled(serde_json::from_str(&settlement)?),
            ("waiting", _) => Phase::Waiting,
            _ => Phase::Sending,
        };
        let outgoing = Outgoing {
            id: self.id,
            email: serde_json::from_str(&self.email)?,
            since: clock::from_milliseconds(self.since),
            attempts: self.attempts,
        };
        Ok((outgoing, phase))
    }
}

impl Outbox {
    /// The outbox, with its table.
    pub(super) fn open(sql: SqlStorage) -> Result<Self, Failure> {
        sql.exec(
            "CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, email TEXT NOT NULL, since INTEGER NOT NULL, \
             attempts INTEGER NOT NULL, phase TEXT NOT NULL, settlement TEXT, due_at INTEGER NOT NULL) STRICT",
            None,
        )?;
        Ok(Self(sql))
    }

    /// Takes a mail in; it is looked at again at `due_at`.
    pub(super) fn insert(&self, outgoing: &Outgoing, due_at: OffsetDateTime) -> Result<(), Failure> {
        self.run(
            "INSERT INTO outbox (id, email, since, attempts, phase, due_at) VALUES (?, ?, ?, ?, 'waiting', ?)",
            vec![
                outgoing.id.to_string().into(),
                serde_json::to_string(&outgoing.email)?.into(),
                clock::to_milliseconds(outgoing.since).into(),
                i64::from(outgoing.attempts).into(),
                clock::to_milliseconds(due_at).into(),
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

    /// Notes what came of it.
    pub(super) fn settled(
        &self,
        id: EmailId,
        settlement: &Settlement,
        due_at: OffsetDateTime,
    ) -> Result<(), Failure> {
        self.run(
            "UPDATE outbox SET phase = 'settled', settlement = ?, due_at = ? WHERE id = ?",
            vec![
                serde_json::to_string(settlement)?.into(),
                clock::to_milliseconds(due_at).into(),
                id.to_string().into(),
            ],
        )
    }

    /// Lets a mail go.
    pub(super) fn delete(&self, id: EmailId) -> Result<(), Failure> {
        self.run("DELETE FROM outbox WHERE id = ?", vec![id.to_string().into()])
    }

    /// The mails that are due, those that wait longest first.
    pub(super) fn due(&self, now: OffsetDateTime, most: i64) -> Result<Vec<(Outgoing, Phase)>, Failure> {
        let sql = "SELECT id, email, since, attempts, phase, settlement FROM outbox WHERE due_at <= ? ORDER BY due_at LIMIT ?";
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
