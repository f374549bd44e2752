use std::collections::BTreeMap;

use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::delivery::EmailStatus;

const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

fn hour(ago: i32) -> Hour {
    Hour::from_number(Hour::of(NOW).number() - ago)
}

fn stored(ago: i32, is_outdated: bool, emails: u32) -> StoredHour {
    StoredHour { hour: hour(ago), counted_at: NOW - Duration::minutes(1), is_outdated, emails }
}

/// Returns how many hours ago the hours to count are, if emails were accepted `emails` hours ago.
fn find(stored: &[StoredHour], emails: &[i32], most: usize) -> (Vec<i32>, HoursToCount) {
    let range = HourRange { from: hour(5), to: hour(-1) };
    let newest = |before: Hour| {
        Ok::<_, ()>(
            emails
                .iter()
                .map(|ago| hour(*ago))
                .filter(|known| *known <= before && range.contains(*known))
                .max(),
        )
    };
    let found = HoursToCount::find(range, stored, NOW, most, newest).unwrap();
    (found.now.iter().map(|found| hour(0).number() - found.hour.number()).collect(), found)
}

#[test]
fn hours_with_emails_are_counted_if_their_counts_are_missing_or_outdated() {
    let known = [stored(4, true, 1), stored(3, false, 1), stored(1, false, 1)];
    let (hours, found) = find(&known, &[0, 1, 2, 3, 4, 9], 10);
    assert_eq!(hours, [0, 2, 4]);
    assert_eq!(found.later_complete_until, None);
    assert_eq!(found.now[0].complete_until, hour(0).start());
    assert_eq!(found.now[2].complete_until, NOW - Duration::minutes(1));
    // Its emails are deleted.
    assert_eq!(find(&known[..1], &[], 10).0, [4]);
    assert_eq!(find(&[], &[], 10), (Vec::new(), HoursToCount::default()));
}

#[test]
fn an_hour_with_many_emails_is_not_counted_again_at_once() {
    assert_eq!(find(&[stored(0, true, 60_000)], &[0], 10).0, [0]);
    let (hours, found) = find(&[stored(0, true, 60_001)], &[0], 10);
    assert!(hours.is_empty());
    assert_eq!(found.later_complete_until, Some(NOW - Duration::minutes(1)));
}

#[test]
fn hours_beyond_the_limit_are_counted_later() {
    let (hours, found) = find(&[], &[0, 1, 2], 2);
    assert_eq!(hours, [0, 1]);
    assert_eq!(found.later_complete_until, Some(hour(5).start()));
    assert_eq!(find(&[], &[0, 1], 2).1.later_complete_until, None);
}

/// What happens to emails and counts.
#[derive(Clone, Debug)]
enum Operation {
    Insert {
        ago: u8,
        random: u16,
    },
    Change {
        index: usize,
        status: usize,
    },
    /// A transaction that changes an email, and is rolled back.
    RollBack {
        index: usize,
    },
    Delete {
        index: usize,
    },
    /// Counts a slice.
    Count {
        ago: u8,
    },
    /// The instance ends.
    Crash,
}

fn operation() -> impl Strategy<Value = Operation> {
    let index = 0..20_usize;
    prop_oneof![
        3 => (0..3_u8, any::<u16>()).prop_map(|(ago, random)| Operation::Insert { ago, random }),
        3 => (index.clone(), 0..EmailStatus::ALL.len()).prop_map(|(index, status)| Operation::Change { index, status }),
        1 => index.clone().prop_map(|index| Operation::RollBack { index }),
        1 => index.prop_map(|index| Operation::Delete { index }),
        6 => (0..3_u8).prop_map(|ago| Operation::Count { ago }),
        1 => Just(Operation::Crash),
    ]
}

/// The database, and what it would hold if nothing was ever deleted.
#[derive(Default)]
struct Model {
    changes: HourChanges,
    rollbacks: u32,
    emails: BTreeMap<EmailId, CountedEmail>,
    deleted_emails: BTreeMap<EmailId, CountedEmail>,
    deleted: BTreeMap<Hour, Rollup>,
    /// The counts, and whether they are marked as outdated.
    stored: BTreeMap<Hour, (Rollup, bool)>,
}

impl Model {
    fn note(&mut self, hour: Hour) {
        if self.changes.note(hour, self.rollbacks)
            && let Some((_, is_outdated)) = self.stored.get_mut(&hour)
        {
            *is_outdated = true;
        }
    }

    fn id(&self, index: usize) -> Option<EmailId> {
        self.emails.keys().nth(index).copied()
    }

    fn run(&mut self, operation: &Operation) {
        match *operation {
            Operation::Insert { ago, random } => {
                let at = hour(ago.into()).start();
                let id = EmailId::new(at, random.into());
                if self.emails.contains_key(&id) || self.deleted_emails.contains_key(&id) {
                    return;
                }
                self.note(Hour::of_email(id));
                self.emails.insert(id, email(random));
            }
            Operation::Change { index, status } => {
                let Some(id) = self.id(index) else { return };
                self.note(Hour::of_email(id));
                self.emails.get_mut(&id).unwrap().status = EmailStatus::ALL[status];
            }
            Operation::RollBack { index } => {
                let Some(id) = self.id(index) else { return };
                let before = self.stored.clone();
                self.note(Hour::of_email(id));
                self.stored = before;
                self.rollbacks += 1;
            }
            Operation::Delete { index } => {
                let Some(id) = self.id(index) else { return };
                let hour = Hour::of_email(id);
                self.changes.discard(hour);
                let email = self.emails.remove(&id).unwrap();
                self.deleted.entry(hour).or_default().add(&email);
                self.deleted_emails.insert(id, email);
            }
            Operation::Count { ago } => self.count(hour(ago.into())),
            Operation::Crash => self.changes = HourChanges::default(),
        }
    }

    fn count(&mut self, hour: Hour) {
        let (hour, after) = self.changes.resume_or_start(hour, NOW);
        let next = |id: &EmailId| Hour::of_email(*id) == hour && after.is_none_or(|after| *id > after);
        let slice: Vec<_> = self.emails.iter().filter(|(id, _)| next(id)).take(2).collect();
        for (id, email) in &slice {
            self.changes.add(**id, email);
        }
        if slice.len() < 2 {
            let CountedHour { hour, mut rollup, is_outdated, .. } = self.changes.finish().unwrap();
            if let Some(deleted) = self.deleted.get(&hour) {
                rollup.merge(deleted);
            }
            self.stored.insert(hour, (rollup, is_outdated));
        }
    }

    fn recount(&self, hour: Hour) -> Rollup {
        let mut rollup = Rollup::default();
        for (id, email) in self.emails.iter().chain(&self.deleted_emails) {
            if Hour::of_email(*id) == hour {
                rollup.add(email);
            }
        }
        rollup
    }

    fn check(&self) {
        for (hour, (rollup, is_outdated)) in &self.stored {
            assert!(*is_outdated || *rollup == self.recount(*hour));
        }
    }
}

fn email(random: u16) -> CountedEmail {
    let tags = serde_json::json!({ "campaign": format!("c{}", random % 3) });
    let head = serde_json::json!({ "f": format!("a@{}.example", random % 2), "t": ["b@example.com"], "s": "", "g": tags });
    CountedEmail {
        status: EmailStatus::Queued,
        region: "eu-west-1".parse().unwrap(),
        head: serde_json::from_value(head).unwrap(),
        events: Vec::new(),
    }
}

proptest! {
    #[test]
    fn counts_that_are_not_marked_as_outdated_equal_a_recount_of_all_emails(
        operations in prop::collection::vec(operation(), 0..80)
    ) {
        let mut model = Model::default();
        for operation in &operations {
            model.run(operation);
            model.check();
        }
        // Once nothing changes any more, every hour is up to date.
        for ago in 0..3 {
            while !matches!(model.stored.get(&hour(ago)), Some((_, false))) {
                model.count(hour(ago));
            }
        }
        model.check();
    }
}
