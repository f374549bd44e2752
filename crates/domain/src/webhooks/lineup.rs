//! Which deliveries to an endpoint begin now.
//!
//! Deliveries of one email, or of the connection, are made one after the other, in the order of the feed: one begins after the one before
//! was delivered, or given up. Those of different emails don't wait for each other.

use std::collections::HashSet;

use crate::EmailId;

/// The most deliveries to an endpoint at a time if it isn't the only one.
const SHARED: usize = 3;

/// Returns how many deliveries to an endpoint may be in progress of `total`. One that fails gets one, so that it can't occupy the
/// connections of the others until its time limit.
#[must_use]
pub const fn share(is_failing: bool, is_only: bool, total: usize) -> usize {
    match (is_failing, is_only) {
        (true, _) => 1,
        (false, true) => total,
        (false, false) if total < SHARED => total,
        (false, false) => SHARED,
    }
}

/// How far an endpoint has come with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The endpoint doesn't want it, or it is recorded as delivered, given up or to be retried.
    Done,
    /// It is being delivered.
    InFlight,
    /// Not begun, and an earlier event of the same email is to be retried.
    BehindRetry,
    /// Not begun.
    New,
}

/// What to do with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing, now and later.
    Skip,
    /// Deliver it now.
    Deliver,
    /// Record that it waits for an earlier one that is retried.
    Queue,
    /// Nothing now: it is looked at again.
    Later,
}

/// Goes through the events after the last one that an endpoint has dealt with.
#[derive(Debug)]
pub struct Lineup {
    free: usize,
    busy: HashSet<Option<EmailId>>,
    is_contiguous: bool,
}

impl Lineup {
    /// Starts a pass with connections for `free` deliveries.
    #[must_use]
    pub fn new(free: usize) -> Self {
        Self { free, busy: HashSet::new(), is_contiguous: true }
    }

    /// Returns what to do with the next event. `email` is `None` if it is about the connection.
    pub fn next(&mut self, email: Option<EmailId>, progress: Progress) -> Step {
        let step = match progress {
            Progress::Done => Step::Skip,
            Progress::InFlight => Step::Later,
            _ if self.busy.contains(&email) => Step::Later,
            Progress::BehindRetry => Step::Queue,
            Progress::New if self.free > 0 => {
                self.free -= 1;
                Step::Deliver
            }
            Progress::New => Step::Later,
        };
        if matches!(step, Step::Deliver | Step::Later) {
            self.busy.insert(email);
            self.is_contiguous = false;
        }
        step
    }

    /// Returns whether every event so far is dealt with for good, so that the next pass can begin after it.
    #[must_use]
    pub const fn is_contiguous(&self) -> bool {
        self.is_contiguous
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::{collection::vec, prelude::*};
    use time::OffsetDateTime;

    use super::*;

    fn email(number: u8) -> Option<EmailId> {
        (number > 0).then(|| EmailId::new(OffsetDateTime::UNIX_EPOCH, number.into()))
    }

    #[test]
    fn the_next_event_of_an_email_waits_for_the_one_before_and_others_do_not() {
        let mut lineup = Lineup::new(5);
        let steps = [1, 1, 2, 0, 0].map(|number| lineup.next(email(number), Progress::New));
        assert_eq!(steps, [Step::Deliver, Step::Later, Step::Deliver, Step::Deliver, Step::Later]);
        let mut lineup = Lineup::new(5);
        assert_eq!(lineup.next(email(1), Progress::InFlight), Step::Later);
        assert_eq!(lineup.next(email(1), Progress::New), Step::Later);
    }

    #[test]
    fn an_event_behind_a_retry_is_recorded_so_that_it_does_not_hold_up_the_pass() {
        let mut lineup = Lineup::new(5);
        assert_eq!(lineup.next(email(1), Progress::BehindRetry), Step::Queue);
        assert_eq!(lineup.next(email(2), Progress::Done), Step::Skip);
        assert!(lineup.is_contiguous());
        assert_eq!(lineup.next(email(2), Progress::New), Step::Deliver);
        assert!(!lineup.is_contiguous());
    }

    #[test]
    fn a_failing_endpoint_gets_one_connection_and_none_gets_all_if_there_are_others() {
        assert_eq!([share(true, true, 5), share(false, true, 5), share(false, false, 5)], [1, 5, 3]);
        assert_eq!(share(false, false, 2), 2);
    }

    /// A receiver that fails for some events several times, with everything that the object records.
    #[derive(Default)]
    struct Simulation {
        position: usize,
        /// The events to be retried (true) or that wait behind one (false).
        pending: BTreeMap<usize, bool>,
        finished: BTreeSet<usize>,
        received: Vec<usize>,
    }

    impl Simulation {
        fn run(emails: &[u8], failures: &[u8], free: usize) -> Self {
            let mut state = Self::default();
            let mut left: Vec<u8> = failures.to_vec();
            while state.position < emails.len() || state.finished.len() < emails.len() {
                let mut attempts: Vec<usize> =
                    state.pending.iter().filter(|(_, is_due)| **is_due).map(|(number, _)| *number).collect();
                attempts.truncate(free);
                let mut lineup = Lineup::new(free - attempts.len());
                for number in state.position..emails.len() {
                    let is_same = |other: &usize| emails[*other] == emails[number];
                    let is_recorded = state.finished.contains(&number) || state.pending.contains_key(&number);
                    let progress = if is_recorded {
                        Progress::Done
                    } else if state.pending.keys().any(is_same) {
                        Progress::BehindRetry
                    } else {
                        Progress::New
                    };
                    let step = lineup.next(email(emails[number]), progress);
                    match step {
                        Step::Deliver => attempts.push(number),
                        Step::Queue => drop(state.pending.insert(number, false)),
                        Step::Skip | Step::Later => {}
                    }
                    if lineup.is_contiguous() {
                        state.position = number + 1;
                    }
                }
                for number in attempts {
                    if left[number] > 0 {
                        left[number] -= 1;
                        state.pending.insert(number, true);
                        continue;
                    }
                    state.received.push(number);
                    state.pending.remove(&number);
                    state.finished.insert(number);
                    let next = state.pending.keys().copied().find(|other| emails[*other] == emails[number]);
                    next.map(|next| state.pending.insert(next, true));
                }
            }
            state
        }
    }

    proptest! {
        #[test]
        fn every_event_is_received_and_those_of_an_email_in_order(
            events in vec((0..4_u8, 0..3_u8), 1..40),
            free in 1..=5_usize,
        ) {
            let (emails, failures): (Vec<u8>, Vec<u8>) = events.into_iter().unzip();
            let state = Simulation::run(&emails, &failures, free);
            prop_assert_eq!(state.received.len(), emails.len());
            for email in 0..4 {
                let of_email: Vec<_> = state.received.iter().filter(|number| emails[**number] == email).collect();
                prop_assert!(of_email.is_sorted());
            }
        }
    }
}
