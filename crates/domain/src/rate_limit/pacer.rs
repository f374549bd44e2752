//! One question and one answer: which of these mails may go, and when?

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::rate_limit::{
    ledger::Ledger,
    limits::{Limits, Seen},
    rate::Rate,
    turns::Turns,
};

/// How far ahead moments are given out.
pub(super) const AHEAD: Duration = Duration::seconds(1);

/// When a full day is asked about again: others send through the account too, and AWS may raise the limit.
const DAY_IS_FULL: Duration = Duration::minutes(15);

/// What is counted of one account in one region. It is kept as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pacer {
    seen: Option<Seen>,
    rate: Rate,
    ledger: Ledger,
    turns: Turns,
}

/// What somebody who has mails asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ask {
    /// Who: an organisation's id.
    pub who: String,
    /// How many recipients each mail has, in the order in which they are to go.
    pub mails: Vec<u32>,
    /// What has become of mails since the last question.
    pub report: Report,
    /// The newest that the asker knows of the account.
    pub seen: Option<Seen>,
}

/// What SES has answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many mails it took.
    pub taken: u32,
    /// How many recipients had a moment and weren't written to: SES took nothing, or wasn't asked.
    pub returned: u32,
    /// Whether it asked for a lower rate.
    pub throttled: bool,
    /// Whether it said that the day's limit is reached.
    pub day_is_full: bool,
}

impl Report {
    /// Both in one.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            taken: self.taken.saturating_add(other.taken),
            returned: self.returned.saturating_add(other.returned),
            throttled: self.throttled || other.throttled,
            day_is_full: self.day_is_full || other.day_is_full,
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Granted {
    /// How many milliseconds from now each mail may go, of the first of those that were asked about.
    pub moments: Vec<u64>,
    /// Why the next one has to wait; none where all may go.
    pub wait: Option<Wait>,
    /// The account should be looked at, and what is seen told with the next question.
    pub look: bool,
    /// How many recipients a second are written to now; none before the limits are known.
    pub per_second: Option<f64>,
    /// The limits that are held to; none before they are known.
    pub limits: Option<Limits>,
    /// How many recipients of the last 24 hours are known of.
    pub used: u64,
}

impl Granted {
    /// How long from now each mail waits for its moment, of the first of those that were asked about.
    pub fn pauses(&self) -> impl Iterator<Item = Duration> {
        self.moments.iter().map(|moment| Duration::milliseconds(i64::try_from(*moment).unwrap_or(i64::MAX)))
    }
}

/// Why a mail has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// Why.
    pub why: Why,
    /// When to ask again.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
    /// When there is room for it, as far as that is known; at the latest.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub room_at: OffsetDateTime,
}

/// How often a connection that doesn't work is asked after by mail that waits for it.
const CONNECTION: Duration = Duration::minutes(1);

impl Wait {
    /// For a connection that doesn't work for now.
    #[must_use]
    pub fn for_connection(now: OffsetDateTime) -> Self {
        Self { why: Why::Connection, until: now + CONNECTION, room_at: now + CONNECTION }
    }
}

/// What there is no room in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The recipients a second.
    Rate,
    /// The recipients in 24 hours.
    DailyQuota,
    /// The limits aren't known yet.
    Unknown,
    /// The connection doesn't work for now.
    Connection,
}

impl Pacer {
    /// Answers. Before the limits are known, nothing goes.
    pub fn ask(&mut self, ask: &Ask, now: OffsetDateTime) -> Granted {
        self.learn(ask, now);
        let Some(seen) = self.seen else {
            let wait = Wait { why: Why::Unknown, until: now, room_at: now };
            return Granted {
                moments: Vec::new(),
                wait: Some(wait),
                look: true,
                per_second: None,
                limits: None,
                used: self.ledger.used(),
            };
        };
        let limits = seen.limits();
        let (moments, wait) = self.give_out(ask, limits, now);
        match wait {
            Some(wait) => self.turns.comes_back(&ask.who, wait.until),
            None => self.turns.is_done(&ask.who),
        }
        let troubled = wait.is_some() || ask.report.throttled;
        Granted {
            moments,
            wait,
            look: seen.is_old(troubled, now),
            per_second: Some(self.rate.allowed(limits.per_second)),
            limits: Some(limits),
            used: self.ledger.used(),
        }
    }

    fn learn(&mut self, ask: &Ask, now: OffsetDateTime) {
        self.ledger.move_to(now);
        self.ledger.give_back(ask.report.returned);
        if let Some(seen) = ask.seen.filter(|seen| self.seen.is_none_or(|known| seen.at > known.at)) {
            self.ledger.counted(seen.sent());
            self.seen = Some(seen);
        }
        if ask.report.throttled {
            self.rate.slow_down(now);
        } else if ask.report.taken > 0 {
            self.rate.speed_up(now);
        }
        if ask.report.day_is_full
            && let Some(per_day) = self.seen.and_then(|seen| seen.limits().per_day)
        {
            self.ledger.reached(per_day);
        }
    }

    fn give_out(&mut self, ask: &Ask, limits: Limits, now: OffsetDateTime) -> (Vec<u64>, Option<Wait>) {
        let share = AHEAD / self.turns.sharing(&ask.who, now);
        let began = self.rate.first(now);
        let mut moments = Vec::new();
        for &recipients in &ask.mails {
            if let Some(wait) = self.full_day(recipients, limits, now) {
                return (moments, Some(wait));
            }
            let at = self.rate.first(now);
            if at - now > AHEAD || at - began > share {
                let until = (at - AHEAD).max(now + share);
                return (moments, Some(Wait { why: Why::Rate, until, room_at: at }));
            }
            self.rate.take(at, recipients, limits.per_second);
            self.ledger.take(at, recipients);
            moments.push(u64::try_from((at - now).whole_milliseconds()).unwrap_or(0));
        }
        (moments, None)
    }

    /// A mail that the day has no room for; one that no day has room for is SES's to judge.
    fn full_day(&self, recipients: u32, limits: Limits, now: OffsetDateTime) -> Option<Wait> {
        let per_day = limits.per_day.filter(|per_day| u64::from(recipients) <= *per_day)?;
        // What others have sent leaves the window at a time that only they know, but within a day of the look that told of it.
        let elsewhere_gone = self.seen.map_or(now, |seen| seen.at) + Duration::hours(24);
        let room_at = self.ledger.room_at(recipients, per_day, elsewhere_gone)?.max(now);
        Some(Wait { why: Why::DailyQuota, until: room_at.min(now + DAY_IS_FULL), room_at })
    }
}

#[cfg(test)]
mod tests;
