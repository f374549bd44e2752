//! Restoring emails from a backup. An email that was sent after the backup must not be sent again.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{EmailStepKind, History, Phase};

/// The code of the step that the restore adds.
const CODE: &str = "restored";

/// The policy for emails that may have been sent since the backup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UncertainEmailPolicy {
    /// Don't send them: they stay `unconfirmed`.
    #[default]
    GiveUp,
    /// Reconcile them: they are sent unless an event confirms them. Events that arrived after the backup may be lost, so nothing must have
    /// been sent since.
    Retry,
}

impl UncertainEmailPolicy {
    /// The names in the query.
    pub const NAMES: [&str; 2] = ["give_up", "retry"];

    /// Returns the policy with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "give_up" => Some(Self::GiveUp),
            "retry" => Some(Self::Retry),
            _ => None,
        }
    }
}

/// The decision about an email that is restored because it doesn't exist any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestoreAction {
    /// Restore it with its final result.
    Finished,
    /// Schedule the email. It can't have been sent yet.
    Schedule,
    /// Wait for an event, and send the email if none arrives. Contains the new history.
    Retry(History),
    /// Leave the email unconfirmed. Contains the new history.
    GiveUp(History),
}

impl RestoreAction {
    /// Returns what to do at `now` with an email that was in `phase` and due at `due_at` when the backup was taken.
    #[must_use]
    pub fn new(
        phase: Phase,
        due_at: OffsetDateTime,
        mut history: History,
        policy: UncertainEmailPolicy,
        now: OffsetDateTime,
    ) -> Self {
        match (phase, policy) {
            (Phase::Finished, _) => Self::Finished,
            (Phase::Scheduled, _) if due_at > now => Self::Schedule,
            (_, UncertainEmailPolicy::GiveUp) => {
                history.add(now, EmailStepKind::GaveUp, Some(CODE));
                Self::GiveUp(history)
            }
            (_, UncertainEmailPolicy::Retry) => {
                history.add(now, EmailStepKind::Unconfirmed, Some(CODE));
                Self::Retry(history)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);
    const BEFORE: OffsetDateTime = datetime!(2026-11-26 11:00 UTC);

    const POLICIES: [UncertainEmailPolicy; 2] = [UncertainEmailPolicy::GiveUp, UncertainEmailPolicy::Retry];

    fn action(phase: Phase, due_at: OffsetDateTime, policy: UncertainEmailPolicy) -> RestoreAction {
        RestoreAction::new(phase, due_at, History::default(), policy, NOW)
    }

    #[test]
    fn a_finished_email_is_restored_as_it_was() {
        for policy in POLICIES {
            assert_eq!(action(Phase::Finished, BEFORE, policy), RestoreAction::Finished);
        }
    }

    #[test]
    fn an_email_that_may_have_been_sent_since_is_not_sent_immediately() {
        for phase in Phase::ALL.into_iter().filter(|phase| *phase != Phase::Finished) {
            let RestoreAction::GiveUp(history) = action(phase, BEFORE, UncertainEmailPolicy::GiveUp) else {
                panic!("{phase:?}")
            };
            assert!(history.0.last().is_some_and(|step| step.step == EmailStepKind::GaveUp));
            let RestoreAction::Retry(history) = action(phase, BEFORE, UncertainEmailPolicy::Retry) else {
                panic!("{phase:?}")
            };
            assert!(history.may_have_been_sent(), "{phase:?}");
        }
    }

    #[test]
    fn an_email_scheduled_in_the_future_is_scheduled_again() {
        for policy in POLICIES {
            let due_at = |due_at| action(Phase::Scheduled, due_at, policy);
            assert_eq!(due_at(NOW + Duration::SECOND), RestoreAction::Schedule);
            assert_ne!(due_at(NOW), RestoreAction::Schedule);
        }
    }
}
