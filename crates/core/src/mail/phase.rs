//! How far a mail in the outbox has come.

use serde::{Deserialize, Serialize};

/// How far a mail in the outbox has come, which also says what may have happened if whoever keeps it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is for later, and isn't shown yet.
    Unshown,
    /// It is for later.
    Scheduled,
    /// It waits for its turn: SES wasn't asked, or took nothing.
    Waiting,
    /// SES was asked; without an answer, nobody knows.
    Sending,
    /// SES's answer was lost.
    Unconfirmed,
    /// It has come to its end, which has still to be told.
    Settled,
}

impl Phase {
    /// The name, as it stands in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unshown => "unshown",
            Self::Scheduled => "scheduled",
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Unconfirmed => "unconfirmed",
            Self::Settled => "settled",
        }
    }

    /// Whether it can be taken back: SES has never been asked to take it, and nobody is about to ask. `calls` is how often SES was asked,
    /// `is_in_flight` whether it is being handed over just now.
    #[must_use]
    pub const fn can_be_cancelled(self, calls: u32, is_in_flight: bool) -> bool {
        matches!(self, Self::Unshown | Self::Scheduled | Self::Waiting) && calls == 0 && !is_in_flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_json_and_in_storage() {
        use Phase::{Scheduled, Sending, Settled, Unconfirmed, Unshown, Waiting};
        for phase in [Unshown, Scheduled, Waiting, Sending, Unconfirmed, Settled] {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.name());
        }
    }

    #[test]
    fn only_what_ses_was_never_asked_to_take_is_taken_back() {
        for phase in [Phase::Unshown, Phase::Scheduled, Phase::Waiting] {
            assert!(phase.can_be_cancelled(0, false), "{phase:?}");
            // It may be a second attempt, after an answer that was lost.
            assert!(!phase.can_be_cancelled(1, false), "{phase:?}");
            assert!(!phase.can_be_cancelled(0, true), "{phase:?}");
        }
        for phase in [Phase::Sending, Phase::Unconfirmed, Phase::Settled] {
            assert!(!phase.can_be_cancelled(0, false), "{phase:?}");
        }
    }
}
