//! Counting hours, in slices.

use std::rc::Rc;

use domain::metrics::{CountedHour, EmailCounts, Hour, HourRange, HoursToCount, StoredHour};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Metrics, unreadable};
use crate::{
    clock,
    http::Error,
    log,
    organisation_object::sql::{self, Row},
};

const STORED: &str = "SELECT hour, counted_at, is_outdated, totals FROM hourly_metrics WHERE hour >= ? AND hour < ? ORDER BY hour";
const STORE: &str = "INSERT INTO hourly_metrics (hour, counted_at, is_outdated, totals, domains, templates, regions, tags) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET counted_at = excluded.counted_at, is_outdated = excluded.is_outdated, \
    totals = excluded.totals, domains = excluded.domains, templates = excluded.templates, regions = excluded.regions, tags = excluded.tags";

/// Emails of a slice.
const SLICE: u32 = 500;

/// How much is counted before a request responds, in emails.
pub(super) const AT_ONCE: u32 = 3_000;

/// How much is counted after a request has responded, in emails.
pub(super) const IN_BACKGROUND: u32 = 200_000;

/// What finding or storing an hour costs, in emails.
const HOUR_COST: u32 = 20;

/// The pause after a slice, in which other requests have their turn.
pub(super) const PAUSE: Duration = Duration::milliseconds(1);

/// The pause in the background: other requests have most of the time.
const BACKGROUND_PAUSE: Duration = Duration::milliseconds(20);

/// What became of a slice.
struct Slice {
    emails: u32,
    /// The hour, if it was the last slice of it.
    finished: Option<CountedHour>,
}

impl Metrics {
    /// Counts the hours of a range that have to be counted, newest first, until that has cost as much as `budget` emails. Returns the time up
    /// to which all counts are complete, or `None` if they are complete.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(super) async fn count(
        &self,
        range: HourRange,
        mut budget: u32,
        pause: Duration,
    ) -> Result<Option<OffsetDateTime>, Error> {
        let most = (budget / HOUR_COST) as usize;
        let found = HoursToCount::find(range, &self.stored(range)?, clock::now(), most, |hour| {
            self.emails.newest_hour(HourRange { to: hour.next(), ..range })
        })?;
        let mut incomplete = found.later_complete_until;
        let mut note = |until: OffsetDateTime| {
            incomplete = Some(incomplete.map_or(until, |known| known.min(until)));
        };
        let mut since_pause = 0;
        for to_count in found.now {
            loop {
                if budget == 0 {
                    note(to_count.complete_until);
                    break;
                }
                if since_pause >= SLICE {
                    since_pause = 0;
                    clock::sleep(pause).await;
                }
                let slice = self.count_slice(to_count.hour)?;
                let cost = slice.emails + HOUR_COST;
                since_pause += cost;
                budget = budget.saturating_sub(cost);
                match slice.finished.filter(|finished| finished.hour == to_count.hour) {
                    Some(CountedHour { counted_at, is_outdated: true, .. }) => {
                        note(counted_at);
                        break;
                    }
                    Some(_) => break,
                    None => {}
                }
            }
        }
        Ok(incomplete)
    }

    /// Counts more of a range after the response, unless hours are being counted already.
    pub(super) fn count_in_background(self: &Rc<Self>, range: HourRange) {
        if self.is_counting.replace(true) {
            return;
        }
        let this = Rc::clone(self);
        self.context.run_in_background(async move {
            if let Err(error) = this.count(range, IN_BACKGROUND, BACKGROUND_PAUSE).await {
                log::error("metrics_not_counted", json!({ "error": format!("{error:?}") }));
            }
            this.is_counting.set(false);
        });
    }

    fn stored(&self, range: HourRange) -> Result<Vec<StoredHour>, Error> {
        let values = [range.from.number().into(), range.to.number().into()];
        let read = |row: &Row| {
            let totals = EmailCounts::from_text(&row.text(3)?).ok_or_else(unreadable)?;
            Ok(StoredHour {
                hour: Hour::from_number(row.integer(0)?),
                counted_at: row.time(1)?,
                is_outdated: row.integer::<u8>(2)? != 0,
                emails: totals.accepted,
            })
        };
        self.context.sql.rows(STORED, values)?.iter().map(read).collect()
    }

    /// Counts the next emails of the hour that is being counted, or of `hour`.
    fn count_slice(&self, hour: Hour) -> Result<Slice, Error> {
        let mut changes = self.changes.hours.borrow_mut();
        let (hour, after) = changes.resume_or_start(hour, clock::now());
        let emails = self.emails.list_counted(hour, after, SLICE)?;
        for (id, email) in &emails {
            changes.add(*id, email);
        }
        let emails = u32::try_from(emails.len()).unwrap_or(u32::MAX);
        let finished = if emails < SLICE { changes.finish() } else { None };
        if let Some(counted) = &finished {
            self.store(counted)?;
        }
        Ok(Slice { emails, finished })
    }

    fn store(&self, counted: &CountedHour) -> Result<(), Error> {
        let mut rollup = counted.rollup.clone();
        if let Some(deleted) = self.changes.deleted(counted.hour)? {
            rollup.merge(&deleted);
        }
        let (totals, [domains, templates, regions, tags]) = rollup.into_texts();
        let values = [
            counted.hour.number().into(),
            sql::time(counted.counted_at),
            u8::from(counted.is_outdated).into(),
            totals.into(),
            domains.into(),
            templates.into(),
            regions.into(),
            tags.into(),
        ];
        self.context.sql.run(STORE, values).map(drop)
    }
}
