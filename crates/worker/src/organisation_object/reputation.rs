//! Bounces and complaints by region and day.
//!
//! Bounces and complaints are written in the transaction that stores their event, and so are sent emails, but at most once a second. Others
//! are counted in memory until then: what an instance has counted in its last second is lost if it is killed.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use api_contract::ReputationInRegion;
use aws_sans_io::{Region, ses::event::Event};
use domain::{
    delivery::{REPUTATION_DAYS, ReputationCounts, ReputationMetric, Warned},
    feed::FeedEntry,
};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{context::Context, feed::Feed, stored::Stored};
use crate::{clock, http::Error, log};

/// `day` is the number of days since 1970, in UTC.
pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE daily_stats (day INTEGER NOT NULL, region INTEGER NOT NULL, sent INTEGER NOT NULL, bounced INTEGER NOT NULL, \
       complained INTEGER NOT NULL, PRIMARY KEY (day, region)) STRICT, WITHOUT ROWID",
];

const ADD: &str = "INSERT INTO daily_stats (day, region, sent, bounced, complained) VALUES (?, ?, ?, ?, ?) \
    ON CONFLICT DO UPDATE SET sent = sent + excluded.sent, bounced = bounced + excluded.bounced, \
    complained = complained + excluded.complained";
const SINCE: &str = "SELECT region, sent, bounced, complained FROM daily_stats WHERE day > ?";
const DELETE: &str = "DELETE FROM daily_stats WHERE day < ?";

#[allow(dead_code, reason = "read by the test of query plans")]
/// The shortest time between two writes of sent emails.
const SAVE_INTERVAL: Duration = Duration::SECOND;

/// Bounces and complaints of the organisation.
pub(crate) struct Reputation {
    context: Rc<Context>,
    feed: Rc<Feed>,
    /// The bounce and the complaint rate that were warned of, by the number of the region.
    warned: Stored<BTreeMap<u8, [Warned; 2]>>,
    /// Sent emails that are not written yet, by day and number of the region.
    sent: RefCell<BTreeMap<(i32, u8), u32>>,
    /// The last addition to `sent`, which counts unless its transaction was rolled back.
    last: Cell<Option<Addition>>,
    saved_at: Cell<Option<OffsetDateTime>>,
    is_save_scheduled: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Addition {
    key: (i32, u8),
    sent: u32,
    /// The database's count of rollbacks when the addition was made.
    rollbacks: u32,
}

impl Reputation {
    pub(crate) fn new(context: Rc<Context>, feed: Rc<Feed>) -> Self {
        Self {
            context,
            feed,
            warned: Stored::new("reputation_warned"),
            sent: RefCell::default(),
            last: Cell::default(),
            saved_at: Cell::default(),
            is_save_scheduled: Cell::default(),
        }
    }

    /// Counts an event of an email. Call it in the transaction that stores the event, and only if the event is new.
    pub(crate) fn record(
        self: &Rc<Self>,
        region: Region,
        event: &Event,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let Some(counts) = ReputationCounts::from_event(event) else { return Ok(()) };
        let key = (day(event.at), region.number());
        let next_save = self.saved_at.get().map_or(now, |saved_at| saved_at + SAVE_INTERVAL);
        if counts.sent == 0 || next_save <= now {
            self.add(key, counts)?;
            // If the transaction is rolled back, the next emails are counted in memory for a second: that's harmless.
            self.saved_at.set(Some(now));
            return if counts.sent == 0 { self.warn(region, now) } else { Ok(()) };
        }
        self.accept_last();
        self.last.set(Some(Addition {
            key,
            sent: counts.sent,
            rollbacks: self.context.sql.rollbacks().get(),
        }));
        if !self.is_save_scheduled.replace(true) {
            let this = Rc::clone(self);
            self.context.run_in_background(async move {
                clock::sleep(next_save - now).await;
                this.is_save_scheduled.set(false);
                if let Err(error) = this.flush() {
                    log::error("reputation_not_saved", json!({ "error": format!("{error:?}") }));
                }
            });
        }
        Ok(())
    }

    /// Appends an event if a rate of the region has risen to a level at which AWS may act.
    fn warn(&self, region: Region, now: OffsetDateTime) -> Result<(), Error> {
        if !self.feed.is_on()? {
            return Ok(());
        }
        let regions = self.get(now)?;
        let Some(rates) = regions.iter().find(|rates| rates.region == region) else { return Ok(()) };
        let mut warned =
            self.warned.get(&self.context.sql)?.map(|warned| (*warned).clone()).unwrap_or_default();
        let [bounces, complaints] = warned.entry(region.number()).or_default();
        for (warned, metric, rate) in [
            (bounces, ReputationMetric::Bounces, rates.bounces),
            (complaints, ReputationMetric::Complaints, rates.complaints),
        ] {
            if warned.note(rate.level) {
                let warning = FeedEntry::reputation_warning(region, metric, rate.level, rate.rate, now);
                self.feed.append([warning])?;
            }
        }
        self.warned.set(&self.context.sql, Some(warned))
    }

    /// Counts the last addition, unless a transaction was rolled back since.
    fn accept_last(&self) {
        let rollbacks = self.context.sql.rollbacks().get();
        if let Some(last) = self.last.take().filter(|last| last.rollbacks == rollbacks) {
            let mut sent = self.sent.borrow_mut();
            let count = sent.entry(last.key).or_default();
            *count = count.saturating_add(last.sent);
        }
    }

    /// Writes what is counted in memory.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is written, and the counts stay in memory.
    pub(crate) fn flush(&self) -> Result<(), Error> {
        self.accept_last();
        let sent = self.sent.borrow().clone();
        // An organisation that was deleted meanwhile has no tables.
        if sent.is_empty() || self.context.organisation().is_err() {
            return Ok(());
        }
        self.context.sql.transaction(|| {
            let add = |(key, sent)| self.add(key, ReputationCounts { sent, ..ReputationCounts::default() });
            sent.into_iter().try_for_each(add)
        })?;
        self.sent.borrow_mut().clear();
        self.saved_at.set(Some(clock::now()));
        Ok(())
    }

    fn add(&self, (day, region): (i32, u8), counts: ReputationCounts) -> Result<(), Error> {
        let ReputationCounts { sent, bounced, complained } = counts;
        let values = [day.into(), region.into(), sent.into(), bounced.into(), complained.into()];
        self.context.sql.run(ADD, values).map(drop)
    }

    /// Returns the counts of the last days, by region.
    pub(crate) fn get(&self, now: OffsetDateTime) -> Result<Vec<ReputationInRegion>, Error> {
        self.accept_last();
        let before = day(now).saturating_sub_unsigned(REPUTATION_DAYS);
        let mut regions = BTreeMap::<u8, ReputationCounts>::new();
        for row in self.context.sql.rows(SINCE, [before.into()])? {
            let counts = ReputationCounts {
                sent: row.integer(1)?,
                bounced: row.integer(2)?,
                complained: row.integer(3)?,
            };
            *regions.entry(row.integer(0)?).or_default() += counts;
        }
        for ((_, region), sent) in self.sent.borrow().iter().filter(|((day, _), _)| *day > before) {
            *regions.entry(*region).or_default() +=
                ReputationCounts { sent: *sent, ..ReputationCounts::default() };
        }
        let view = |(region, ReputationCounts { sent, bounced, complained }): (u8, _)| {
            let region = Region::from_number(region)?;
            Some(ReputationInRegion::new(region, sent, bounced, complained))
        };
        let unreadable = || Error::internal("the storage holds an unreadable region");
        regions.into_iter().map(view).collect::<Option<_>>().ok_or_else(unreadable)
    }

    /// Deletes the counts of the days before a time.
    pub(crate) fn delete_before(&self, before: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.run(DELETE, [day(before).into()]).map(drop)
    }
}

fn day(at: OffsetDateTime) -> i32 {
    // Until the year 5,881,580.
    i32::try_from(at.unix_timestamp().div_euclid(86_400)).unwrap_or(i32::MAX)
}
