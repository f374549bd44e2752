//! How far a mail in the outbox has come.

use serde::{Deserialize, Serialize};

/// How far a mail in the outbox has come, which also says what may have happened if whoever keeps it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is for later, and isn't shown yet.
    Accepted,
    /// It is for later.
    Scheduled,
    /// It waits for its turn: SES wasn't asked, or took nothing.
    Queued,
    /// SES was asked; without an answer, nobody knows.
    Sending,
    /// SES's answer was lost.
    Unconfirmed,
    /// It has come to its end, which has still to be told.
    Finished,
}

impl Phase {
    /// The name, as it stands in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unconfirmed => "unconfirmed",
            Self::Finished => "finished",
        }
    }

    /// Whether it can be taken back: SES has never been asked to take it, and nobody is about to ask. `calls` is how often SES was asked,
    /// `is_in_flight` whether it is being handed over just now.
    #[must_use]
    pub const fn can_be_cancelled(self, calls: u32, is_in_flight: bool) -> bool {
        matches!(self, Self::Accepted | Self::Scheduled | Self::Queued) && calls == 0 && !is_in_flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_json_and_in_storage() {
        use Phase::{Accepted, Finished, Queued, Scheduled, Sending, Unconfirmed};
        for phase in [Accepted, Scheduled, Queued, Sending, Unconfirmed, Finished] {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.name());
        }
    }

    #[test]
    fn only_what_ses_was_never_asked_to_take_is_taken_back() {
        for phase in [Phase::Accepted, Phase::Scheduled, Phase::Queued] {
            assert!(phase.can_be_cancelled(0, false), "{phase:?}");
            // It may be a second attempt, after an answer that was lost.
            assert!(!phase.can_be_cancelled(1, false), "{phase:?}");
            assert!(!phase.can_be_cancelled(0, true), "{phase:?}");
        }
        for phase in [Phase::Sending, Phase::Unconfirmed, Phase::Finished] {
            assert!(!phase.can_be_cancelled(0, false), "{phase:?}");
        }
    }
}
