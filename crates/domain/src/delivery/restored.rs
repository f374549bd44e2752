//! What becomes of a mail that is brought back from a backup: what was sent since must not be sent once more.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{EmailStatus, EmailStepKind, History, Phase};

/// Why a mail is in doubt that comes from a backup.
const CODE: &str = "restored";

/// What whoever restores wants of mails that may have been sent since the backup was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MayHaveBeenSent {
    /// They aren't sent: each ends `unconfirmed`.
    #[default]
    Leave,
    /// They are taken for mails whose answer was lost: D1 was not put back, so an event tells what was sent, and what none tells of is sent.
    Resume,
}

impl MayHaveBeenSent {
    /// The names, as they stand in the query.
    pub const NAMES: [&str; 2] = ["leave", "resume"];

    /// What is wanted by that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "leave" => Some(Self::Leave),
            "resume" => Some(Self::Resume),
            _ => None,
        }
    }
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Nothing: it has come to its end since.
    Over,
    /// It has come to its end, as the backup says: that has still to be told.
    Settled,
    /// It is for later: it can't have been sent.
    Scheduled,
    /// It is in doubt: it waits for its event.
    InDoubt(History),
    /// It is left unconfirmed.
    Left(History),
}

/// What becomes at `now` of a mail that was in `phase` when the backup was taken, and was due at `due_at`. `known` is what D1 knows of it.
#[must_use]
pub fn restored(
    phase: Phase,
    due_at: OffsetDateTime,
    history: History,
    known: Option<(EmailStatus, History)>,
    wanted: MayHaveBeenSent,
    now: OffsetDateTime,
) -> Restored {
    let known_history = known.as_ref().map(|(_, history)| history.clone()).unwrap_or_default();
    if known.is_some_and(|(status, history)| status.is_end(&history)) {
        return Restored::Over;
    }
    match phase {
        Phase::Finished => return Restored::Settled,
        Phase::Scheduled if due_at > now => return Restored::Scheduled,
        _ => {}
    }
    // Each has what the other may lack, and the longer one is the later one.
    let mut history = if known_history.0.len() > history.0.len() { known_history } else { history };
    match wanted {
        MayHaveBeenSent::Leave => {
            history.add(now, EmailStepKind::GaveUp, Some(CODE));
            Restored::Left(history)
        }
        MayHaveBeenSent::Resume => {
            history.add(now, EmailStepKind::Unconfirmed, Some(CODE));
            Restored::InDoubt(history)
        }
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);
    const BEFORE: OffsetDateTime = datetime!(2026-11-26 11:00 UTC);

    const PHASES: [Phase; 6] = [
        Phase::Accepted,
        Phase::Scheduled,
        Phase::Queued,
        Phase::Sending,
        Phase::Unconfirmed,
        Phase::Finished,
    ];

    fn one(phase: Phase, known: Option<EmailStatus>, wanted: MayHaveBeenSent) -> Restored {
        let known = known.map(|status| (status, History::default()));
        restored(phase, BEFORE, History::default(), known, wanted, NOW)
    }

    #[test]
    fn what_is_over_by_now_stays_so_whatever_the_backup_says() {
        for wanted in [MayHaveBeenSent::Leave, MayHaveBeenSent::Resume] {
            for phase in PHASES {
                for status in EmailStatus::ALL.into_iter().filter(|status| *status >= EmailStatus::Failed) {
                    assert_eq!(one(phase, Some(status), wanted), Restored::Over, "{phase:?} {status}");
                }
                let mut left = History::default();
                left.add(BEFORE, EmailStepKind::GaveUp, None);
                let known = Some((EmailStatus::Unconfirmed, left));
                assert_eq!(restored(phase, BEFORE, History::default(), known, wanted, NOW), Restored::Over);
            }
        }
    }

    #[test]
    fn nothing_goes_at_once_that_may_have_been_sent_since() {
        for phase in PHASES.into_iter().filter(|phase| *phase != Phase::Finished) {
            for known in [
                None,
                Some(EmailStatus::Queued),
                Some(EmailStatus::Scheduled),
                Some(EmailStatus::Unconfirmed),
            ] {
                let left = one(phase, known, MayHaveBeenSent::Leave);
                assert!(matches!(left, Restored::Left(ref history)
                    if history.0.last().is_some_and(|step| step.step == EmailStepKind::GaveUp)));
                let doubt = one(phase, known, MayHaveBeenSent::Resume);
                assert!(
                    matches!(doubt, Restored::InDoubt(ref history) if history.tells_of_doubt()),
                    "{phase:?}"
                );
            }
        }
        assert_eq!(
            one(Phase::Finished, Some(EmailStatus::Queued), MayHaveBeenSent::Leave),
            Restored::Settled
        );
    }

    #[test]
    fn what_is_for_later_cannot_have_been_sent() {
        let at = |due_at| {
            restored(Phase::Scheduled, due_at, History::default(), None, MayHaveBeenSent::Leave, NOW)
        };
        assert_eq!(at(NOW + Duration::SECOND), Restored::Scheduled);
        assert!(matches!(at(NOW), Restored::Left(_)));
    }
}
