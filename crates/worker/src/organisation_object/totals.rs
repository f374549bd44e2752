//! Counts for operators' metrics, and reports of them.
//!
//! Counts are absolute, from the organisation's creation on. They are collected in memory and saved in table `state`, in one row, at most
//! once a second: an object that is idle may leave memory after ten seconds, so counts can't wait there for long. What an instance has
//! counted in its last second is lost if it is killed.
//!
//! While there is something new, the organisation reports to its `Totals` object every five minutes (`METRICS_INTERVAL_SECONDS`), at a time
//! that depends on its id.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use aws_sans_io::Region;
use domain::{
    delivery::Counter,
    totals::{Depth, Ledger, ReportSchedule, RequestRate, Usage},
};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Context, emails, stored::Stored};
use crate::{clock, http::Error, log, totals_object};

/// The shortest time between two writes.
const SAVE_INTERVAL: Duration = Duration::seconds(1);

/// Counts what happens to the organisation's emails, and reports it.
pub(crate) struct TotalsReporter {
    context: Rc<Context>,
    ledger: Stored<Ledger>,
    schedule: OnceCell<ReportSchedule>,
    /// Counts that aren't in the ledger yet.
    unsaved: RefCell<Vec<(Region, Counter, u32)>>,
    saved_at: Cell<Option<OffsetDateTime>>,
    is_save_scheduled: Cell<bool>,
    request_rate: RefCell<RequestRate>,
    /// When a report is due because of something that isn't in the ledger.
    due_at: Cell<Option<OffsetDateTime>>,
    /// Whether the alarm may not be set for the report.
    needs_alarm: Cell<bool>,
}

impl TotalsReporter {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self {
            context,
            ledger: Stored::new("totals"),
            schedule: OnceCell::default(),
            unsaved: RefCell::default(),
            saved_at: Cell::default(),
            is_save_scheduled: Cell::default(),
            request_rate: RefCell::default(),
            due_at: Cell::default(),
            needs_alarm: Cell::default(),
        }
    }

    /// Counts something, in memory. Call it after the transaction has returned.
    pub(crate) fn count(&self, region: Region, counter: Counter, count: u32) {
        let mut unsaved = self.unsaved.borrow_mut();
        match unsaved.iter_mut().find(|(other, kind, _)| (*other, *kind) == (region, counter)) {
            Some((.., sum)) => *sum = sum.saturating_add(count),
            None => unsaved.push((region, counter, count)),
        }
        self.expect_report();
    }

    /// Returns how many emails SES has accepted from a region.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn sent_count(&self, region: Region) -> Result<u64, Error> {
        let unsaved = self.unsaved.borrow();
        let unsaved = unsaved.iter().filter(|(of, counter, _)| (*of, *counter) == (region, Counter::Sent));
        Ok(self.ledger()?.count_of(region, Counter::Sent)
            + unsaved.map(|(.., count)| u64::from(*count)).sum::<u64>())
    }

    /// Counts a request to the object. A high rate is reported even if no email is counted.
    pub(crate) fn count_request(&self) {
        let is_high = {
            let mut rate = self.request_rate.borrow_mut();
            rate.count(clock::now());
            rate.highest() > 0
        };
        if is_high {
            self.expect_report();
        }
    }

    /// Saves what a request has counted, now or a second after the last time, and makes sure that the alarm rings for the report. An email
    /// that is accepted and sent in one request costs at most one row.
    ///
    /// Failures are logged; the counts stay in memory.
    pub(crate) async fn finish_request(self: &Rc<Self>) {
        self.save();
        if self.needs_alarm.take()
            && self.context.organisation().is_ok()
            && let Some(due_at) = self.due_at.get().or_else(|| self.next_due().ok().flatten())
        {
            self.context.try_ring_by(due_at).await;
        }
    }

    fn save(self: &Rc<Self>) {
        if self.unsaved.borrow().is_empty() || self.is_save_scheduled.get() {
            return;
        }
        let now = clock::now();
        let wait = self.saved_at.get().map_or(Duration::ZERO, |saved_at| saved_at + SAVE_INTERVAL - now);
        if !wait.is_positive() {
            self.save_or_log(now);
            return;
        }
        self.is_save_scheduled.set(true);
        let this = Rc::clone(self);
        self.context.run_in_background(async move {
            clock::sleep(wait).await;
            this.is_save_scheduled.set(false);
            this.save_or_log(clock::now());
        });
    }

    /// Returns when [`report`](Self::report) is to be called.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let stored = self.ledger.get(&self.context.sql)?.and_then(|ledger| ledger.due_at());
        Ok(stored.into_iter().chain(self.due_at.get()).min())
    }

    /// Saves what was counted. If a report is due and says something new, sends it to the organisation's `Totals` object. `depths` returns
    /// an entry per region with queued or unconfirmed emails; it is only called if a report is due.
    ///
    /// # Errors
    /// Fails if the storage fails. If the `Totals` object can't be reached, logs that, and the report is due again at the next time.
    pub(crate) async fn report(
        &self,
        depths: impl FnOnce() -> Result<Vec<(Region, emails::Depth)>, Error>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        self.write_unsaved(now)?;
        if self.next_due()?.is_none_or(|due_at| due_at > now) {
            return Ok(());
        }
        self.due_at.set(None);
        let organisation = self.context.organisation()?.id;
        let next = self.schedule()?.next_after(now);
        let database_bytes = self.context.sql.size();
        let usage = Usage::new(database_bytes, self.request_rate.borrow_mut().take_highest(now));
        let depths: Vec<_> =
            depths()?.into_iter().map(|(region, depth)| (region, reported_depth(depth))).collect();
        let Some(report) = self.ledger()?.report(&depths, usage, now) else {
            return self.update(|ledger| ledger.schedule(next));
        };
        let result = totals_object::report(&self.context.env, organisation, report.clone()).await;
        if let Err(error) = &result {
            log::error(
                "totals_report_failed",
                json!({ "organisationId": organisation, "error": format!("{error:?}") }),
            );
        }
        // The ledger may have changed meanwhile.
        self.update(|ledger| {
            match result {
                Ok(()) => ledger.set_reported(&report),
                Err(_) => ledger.set_not_reported(),
            }
            ledger.schedule(next);
        })
    }

    fn save_or_log(&self, now: OffsetDateTime) {
        if let Err(error) = self.write_unsaved(now) {
            log::error("totals_not_saved", json!({ "error": format!("{error:?}") }));
        }
    }

    /// Moves what was counted into the ledger.
    fn write_unsaved(&self, now: OffsetDateTime) -> Result<(), Error> {
        if self.unsaved.borrow().is_empty() || self.context.organisation().is_err() {
            return Ok(());
        }
        let due_at = self.due_at.get();
        self.update(|ledger| {
            for (region, counter, count) in self.unsaved.borrow().iter() {
                ledger.count(*region, *counter, *count);
            }
            if let Some(due_at) = due_at {
                ledger.report_by(due_at);
            }
        })?;
        self.unsaved.borrow_mut().clear();
        self.due_at.set(None);
        self.saved_at.set(Some(now));
        Ok(())
    }

    /// Makes a report due at the next time, unless one is due.
    fn expect_report(&self) {
        if self.due_at.get().is_none()
            && let Ok(schedule) = self.schedule()
        {
            self.due_at.set(Some(schedule.next_after(clock::now())));
            self.needs_alarm.set(true);
        }
    }

    fn schedule(&self) -> Result<ReportSchedule, Error> {
        if let Some(schedule) = self.schedule.get() {
            return Ok(*schedule);
        }
        let organisation = self.context.organisation()?.id;
        let schedule = ReportSchedule::new(organisation, self.context.settings()?.metrics_interval);
        Ok(*self.schedule.get_or_init(|| schedule))
    }

    fn ledger(&self) -> Result<Ledger, Error> {
        Ok(self.ledger.get(&self.context.sql)?.map(|ledger| (*ledger).clone()).unwrap_or_default())
    }

    fn update(&self, change: impl FnOnce(&mut Ledger)) -> Result<(), Error> {
        let mut ledger = self.ledger()?;
        change(&mut ledger);
        self.ledger.set(&self.context.sql, Some(ledger))
    }
}

fn reported_depth(depth: emails::Depth) -> Depth {
    let queued = u64::from(depth.queued) + u64::from(depth.queued_in_batches);
    Depth { queued, unconfirmed: depth.unconfirmed.into() }
}
