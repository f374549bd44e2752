//! The state of an email in the outbox.

use serde::{Deserialize, Serialize};

/// The state of an email in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The email is scheduled, and not in the database yet.
    Accepted,
    /// The email is to be sent later.
    Scheduled,
    /// The email is to be sent as soon as possible. It was not sent yet, or SES did not accept it.
    Queued,
    /// SES is being called. Without a response, the email may have been sent.
    Sending,
    /// The response of SES was lost.
    Unconfirmed,
    /// The final result is known, and not in the database yet.
    Finished,
}

impl Phase {
    /// Returns the name in storage.
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

    /// Returns whether the email can be cancelled: SES was never called for it (`calls` is 0), and it is not being sent at the moment
    /// (`is_in_flight`).
    #[must_use]
    pub const fn can_be_cancelled(self, calls: u32, is_in_flight: bool) -> bool {
        matches!(self, Self::Accepted | Self::Scheduled | Self::Queued) && calls == 0 && !is_in_flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_has_the_same_name_in_json_and_in_storage() {
        use Phase::{Accepted, Finished, Queued, Scheduled, Sending, Unconfirmed};
        for phase in [Accepted, Scheduled, Queued, Sending, Unconfirmed, Finished] {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.name());
        }
    }

    #[test]
    fn an_email_can_be_cancelled_only_if_ses_was_never_called() {
        for phase in [Phase::Accepted, Phase::Scheduled, Phase::Queued] {
            assert!(phase.can_be_cancelled(0, false), "{phase:?}");
            // It may be a retry after a lost response.
            assert!(!phase.can_be_cancelled(1, false), "{phase:?}");
            assert!(!phase.can_be_cancelled(0, true), "{phase:?}");
        }
        for phase in [Phase::Sending, Phase::Unconfirmed, Phase::Finished] {
            assert!(!phase.can_be_cancelled(0, false), "{phase:?}");
        }
    }
}
