//! Which hours have to be counted, and the hour that is being counted.
//!
//! The counts of an hour are stored when somebody has asked for them. If an email of that hour changes afterwards, they are marked as
//! outdated, once. An hour that was never counted needs no mark.

use std::collections::HashSet;

use time::{Duration, OffsetDateTime};

use super::{CountedEmail, Hour, HourRange, Rollup};
use crate::EmailId;

/// An hour isn't counted again before this time has passed for each of its emails, so that counting takes a small share of the time.
const PAUSE_PER_EMAIL: Duration = Duration::MILLISECOND;

/// What is known of an hour with stored counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredHour {
    pub hour: Hour,
    pub counted_at: OffsetDateTime,
    pub is_outdated: bool,
    pub emails: u32,
}

/// An hour with emails to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourToCount {
    pub hour: Hour,
    /// The stored counts contain everything up to this time.
    pub complete_until: OffsetDateTime,
}

/// The hours of a range that have to be counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoursToCount {
    /// The hours to count now, newest first.
    pub now: Vec<HourToCount>,
    /// The counts of hours that have to be counted later contain everything up to this time. `None` if there is no such hour.
    pub later_complete_until: Option<OffsetDateTime>,
}

impl HoursToCount {
    /// Finds up to `most` hours. `stored` are the stored hours of the range, in ascending order; `newest_email` returns the hour of the newest
    /// email that was accepted in the range, before or in an hour.
    ///
    /// # Errors
    /// The error of `newest_email`.
    pub fn find<E>(
        range: HourRange,
        stored: &[StoredHour],
        now: OffsetDateTime,
        most: usize,
        mut newest_email: impl FnMut(Hour) -> Result<Option<Hour>, E>,
    ) -> Result<Self, E> {
        let mut found = Self::default();
        let mut stored = stored.iter().rev().peekable();
        let mut newest: Option<Option<Hour>> = None;
        for hour in range.newest_first() {
            let complete_until = match stored.next_if(|stored| stored.hour == hour) {
                Some(stored) if !stored.is_outdated => continue,
                Some(stored) => {
                    if stored.counted_at + PAUSE_PER_EMAIL * stored.emails > now {
                        found.add_later(stored.counted_at);
                        continue;
                    }
                    stored.counted_at
                }
                None => {
                    let known = match newest {
                        Some(known) if known.is_none_or(|known| known <= hour) => known,
                        _ => newest_email(hour)?,
                    };
                    newest = Some(known);
                    if known != Some(hour) {
                        continue;
                    }
                    hour.start()
                }
            };
            if found.now.len() == most {
                found.add_later(complete_until);
                // Older hours may have to be counted, too.
                found.add_later(range.from.start());
                break;
            }
            found.now.push(HourToCount { hour, complete_until });
        }
        Ok(found)
    }

    fn add_later(&mut self, complete_until: OffsetDateTime) {
        let earliest = self.later_complete_until.map_or(complete_until, |known| known.min(complete_until));
        self.later_complete_until = Some(earliest);
    }
}

/// An hour that is being counted, slice by slice.
#[derive(Clone, Debug)]
struct Counting {
    hour: Hour,
    started_at: OffsetDateTime,
    /// The last email that was counted.
    after: Option<EmailId>,
    rollup: Rollup,
    /// Whether an email of the hour has changed since.
    has_changed: bool,
}

/// The result of counting an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedHour {
    pub hour: Hour,
    /// The counts of the emails that aren't deleted.
    pub rollup: Rollup,
    pub counted_at: OffsetDateTime,
    /// Whether an email has changed meanwhile.
    pub is_outdated: bool,
}

/// What an instance knows about changes of emails.
#[derive(Clone, Debug, Default)]
pub struct HourChanges {
    /// Hours without stored counts, or with counts that are marked as outdated.
    marked: HashSet<Hour>,
    /// The database's count of rollbacks for which `marked` is known: a mark may have been rolled back.
    rollbacks: u32,
    counting: Option<Counting>,
}

impl HourChanges {
    /// Notes that an email of an hour is about to change. Returns whether the stored counts must be marked as outdated, if there are any.
    pub fn note(&mut self, hour: Hour, rollbacks: u32) -> bool {
        if self.rollbacks != rollbacks {
            self.rollbacks = rollbacks;
            self.marked.clear();
        }
        if let Some(counting) = self.counting.as_mut().filter(|counting| counting.hour == hour) {
            counting.has_changed = true;
        }
        self.marked.insert(hour)
    }

    /// Stops counting an hour, because some of its emails are deleted.
    pub fn discard(&mut self, hour: Hour) {
        self.counting.take_if(|counting| counting.hour == hour);
    }

    /// Returns the hour that is being counted, with the last email that was counted. Starts with `hour` if there is none.
    pub fn resume_or_start(&mut self, hour: Hour, now: OffsetDateTime) -> (Hour, Option<EmailId>) {
        let start =
            || Counting { hour, started_at: now, after: None, rollup: Rollup::default(), has_changed: false };
        let counting = self.counting.get_or_insert_with(start);
        (counting.hour, counting.after)
    }

    /// Counts an email of the hour that is being counted.
    pub fn add(&mut self, id: EmailId, email: &CountedEmail) {
        if let Some(counting) = &mut self.counting {
            counting.after = Some(id);
            counting.rollup.add(email);
        }
    }

    /// Ends counting. Store the result before anything else runs.
    pub fn finish(&mut self) -> Option<CountedHour> {
        let Counting { hour, started_at, rollup, has_changed, .. } = self.counting.take()?;
        if !has_changed {
            self.marked.remove(&hour);
        }
        Some(CountedHour { hour, rollup, counted_at: started_at, is_outdated: has_changed })
    }
}

#[cfg(test)]
mod tests;
