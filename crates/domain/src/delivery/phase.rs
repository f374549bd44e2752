//! How far an email has come on its way to SES.

use serde::{Deserialize, Serialize};

/// How far an email has come on its way to SES. The number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Phase {
    /// The email is to be sent later.
    Scheduled = 1,
    /// The email is to be sent as soon as possible. It was not sent yet, or SES did not accept it.
    Queued = 2,
    /// SES is being called. Without a response, the email may have been sent.
    Sending = 3,
    /// The response of SES was lost.
    Unconfirmed = 4,
    /// The result is known, and the content has been deleted.
    Finished = 5,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 5] =
        [Self::Scheduled, Self::Queued, Self::Sending, Self::Unconfirmed, Self::Finished];

    /// Returns the number in storage.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the phase with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.number() == number)
    }

    /// Returns whether the email can be cancelled: SES was never called for it (`calls` is 0), and it is not being sent at the moment
    /// (`is_in_flight`).
    #[must_use]
    pub const fn can_be_cancelled(self, calls: u32, is_in_flight: bool) -> bool {
        matches!(self, Self::Scheduled | Self::Queued) && calls == 0 && !is_in_flight
    }

    /// Returns whether the email can be sent at another time: it has not joined the queue.
    #[must_use]
    pub const fn can_be_rescheduled(self) -> bool {
        matches!(self, Self::Scheduled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_one_phase() {
        for phase in Phase::ALL {
            assert_eq!(Phase::from_number(phase.number()), Some(phase));
        }
        assert_eq!(Phase::from_number(0), None);
    }

    #[test]
    fn only_an_email_that_waits_for_its_time_can_be_sent_at_another_one() {
        let movable: Vec<_> = Phase::ALL.into_iter().filter(|phase| phase.can_be_rescheduled()).collect();
        assert_eq!(movable, [Phase::Scheduled]);
    }

    #[test]
    fn an_email_can_be_cancelled_only_if_ses_was_never_called() {
        for phase in [Phase::Scheduled, Phase::Queued] {
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
