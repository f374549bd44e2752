//! Restoring emails from a backup. An email that was sent after the backup must not be sent again.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{EmailStatus, EmailStepKind, History, Phase};

/// The code of the step that the restore adds.
const CODE: &str = "restored";

/// The policy for emails that may have been sent since the backup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UncertainEmailPolicy {
    /// Don't send them: they stay `unconfirmed`.
    #[default]
    GiveUp,
    /// Reconcile them: they are sent unless an event confirms them. The database contains the events, so it must not have been restored
    /// to an earlier state.
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

/// The decision about a restored email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestoreAction {
    /// Nothing: the database has a final status.
    AlreadyFinished,
    /// Write the final result of the backup to the database.
    WriteResult,
    /// Schedule the email. It can't have been sent yet.
    Schedule,
    /// Wait for an event, and send the email if none arrives. Contains the new history.
    Retry(History),
    /// Leave the email unconfirmed. Contains the new history.
    GiveUp(History),
}

impl RestoreAction {
    /// Returns what to do at `now` with an email that was in `phase` and due at `due_at` when the backup was taken. `known` is what the
    /// database contains.
    #[must_use]
    pub fn new(
        phase: Phase,
        due_at: OffsetDateTime,
        history: History,
        known: Option<(EmailStatus, History)>,
        policy: UncertainEmailPolicy,
        now: OffsetDateTime,
    ) -> Self {
        let known_history = known.as_ref().map(|(_, history)| history.clone()).unwrap_or_default();
        if known.is_some_and(|(status, history)| status.is_final(&history)) {
            return Self::AlreadyFinished;
        }
        match phase {
            Phase::Finished => return Self::WriteResult,
            Phase::Scheduled if due_at > now => return Self::Schedule,
            _ => {}
        }
        // Either may lack steps of the other; the longer one is the newer one.
        let mut history = if known_history.0.len() > history.0.len() { known_history } else { history };
        match policy {
            UncertainEmailPolicy::GiveUp => {
                history.add(now, EmailStepKind::GaveUp, Some(CODE));
                Self::GiveUp(history)
            }
            UncertainEmailPolicy::Retry => {
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

    const PHASES: [Phase; 6] = [
        Phase::Accepted,
        Phase::Scheduled,
        Phase::Queued,
        Phase::Sending,
        Phase::Unconfirmed,
        Phase::Finished,
    ];

    const POLICIES: [UncertainEmailPolicy; 2] = [UncertainEmailPolicy::GiveUp, UncertainEmailPolicy::Retry];

    fn action(phase: Phase, known: Option<EmailStatus>, policy: UncertainEmailPolicy) -> RestoreAction {
        let known = known.map(|status| (status, History::default()));
        RestoreAction::new(phase, BEFORE, History::default(), known, policy, NOW)
    }

    #[test]
    fn an_email_with_a_final_status_in_the_database_is_not_changed() {
        for policy in POLICIES {
            for phase in PHASES {
                for status in EmailStatus::ALL.into_iter().filter(|status| *status >= EmailStatus::Failed) {
                    let finished = action(phase, Some(status), policy);
                    assert_eq!(finished, RestoreAction::AlreadyFinished, "{phase:?} {status}");
                }
                let mut history = History::default();
                history.add(BEFORE, EmailStepKind::GaveUp, None);
                let known = Some((EmailStatus::Unconfirmed, history));
                let gave_up = RestoreAction::new(phase, BEFORE, History::default(), known, policy, NOW);
                assert_eq!(gave_up, RestoreAction::AlreadyFinished);
            }
        }
    }

    #[test]
    fn an_email_that_may_have_been_sent_since_is_not_sent_immediately() {
        for phase in PHASES.into_iter().filter(|phase| *phase != Phase::Finished) {
            for known in [
                None,
                Some(EmailStatus::Queued),
                Some(EmailStatus::Scheduled),
                Some(EmailStatus::Unconfirmed),
            ] {
                let RestoreAction::GiveUp(history) = action(phase, known, UncertainEmailPolicy::GiveUp)
                else {
                    panic!("{phase:?} {known:?}")
                };
                assert!(history.0.last().is_some_and(|step| step.step == EmailStepKind::GaveUp));
                let RestoreAction::Retry(history) = action(phase, known, UncertainEmailPolicy::Retry) else {
                    panic!("{phase:?} {known:?}")
                };
                assert!(history.may_have_been_sent(), "{phase:?}");
            }
        }
        let finished = action(Phase::Finished, Some(EmailStatus::Queued), UncertainEmailPolicy::GiveUp);
        assert_eq!(finished, RestoreAction::WriteResult);
    }

    #[test]
    fn an_email_scheduled_in_the_future_is_scheduled_again() {
        let due_at = |due_at| {
            let policy = UncertainEmailPolicy::GiveUp;
            RestoreAction::new(Phase::Scheduled, due_at, History::default(), None, policy, NOW)
        };
        assert_eq!(due_at(NOW + Duration::SECOND), RestoreAction::Schedule);
        assert!(matches!(due_at(NOW), RestoreAction::GiveUp(_)));
    }
}
