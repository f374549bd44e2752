//! What operators count about emails.

use super::EmailStepKind;

/// A counted event of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counter {
    /// Kraiter accepted the email.
    Accepted,
    /// SES accepted the email.
    Sent,
    /// SES throttled, and the email was requeued.
    Throttled,
    /// The email could not be sent for now, for another reason.
    Requeued,
    /// The response of SES was lost.
    Unconfirmed,
    /// No event confirmed the email, so it was sent again.
    Retried,
    /// An event confirmed that SES had accepted the email.
    Confirmed,
    /// Kraiter stopped trying. Whether SES accepted the email is unknown.
    GaveUp,
    /// SES refused the email, or it could not be sent.
    Failed,
    Cancelled,
    /// A bounce or complaint named no recipient of the email, so no address was suppressed.
    UnmatchedEvent,
}

impl Counter {
    /// All counters. Counts are stored in this order, so a new counter goes to the end.
    pub const ALL: [Self; 11] = [
        Self::Accepted,
        Self::Sent,
        Self::Throttled,
        Self::Requeued,
        Self::Unconfirmed,
        Self::Retried,
        Self::Confirmed,
        Self::GaveUp,
        Self::Failed,
        Self::Cancelled,
        Self::UnmatchedEvent,
    ];

    /// Returns the value of the label `event`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Throttled => "throttled",
            Self::Requeued => "requeued",
            Self::Unconfirmed => "unconfirmed",
            Self::Retried => "retried",
            Self::Confirmed => "confirmed",
            Self::GaveUp => "gave_up",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::UnmatchedEvent => "unmatched_event",
        }
    }

    /// Returns the counter of a step, or `None` if it isn't counted. `throttled` is whether SES throttled.
    #[must_use]
    pub const fn of_step(step: EmailStepKind, throttled: bool) -> Option<Self> {
        Some(match step {
            EmailStepKind::Queued if throttled => Self::Throttled,
            EmailStepKind::Queued => Self::Requeued,
            EmailStepKind::Sent => Self::Sent,
            EmailStepKind::Failed => Self::Failed,
            EmailStepKind::Unconfirmed => Self::Unconfirmed,
            EmailStepKind::Retried => Self::Retried,
            EmailStepKind::Confirmed => Self::Confirmed,
            EmailStepKind::Cancelled => Self::Cancelled,
            EmailStepKind::GaveUp => Self::GaveUp,
            EmailStepKind::UnmatchedEvent => Self::UnmatchedEvent,
            EmailStepKind::Rescheduled => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_counter_has_its_own_name() {
        let names: BTreeSet<_> = Counter::ALL.iter().map(|counter| counter.name()).collect();
        assert_eq!(names.len(), Counter::ALL.len());
    }

    #[test]
    fn a_step_is_counted_by_its_kind_and_a_throttled_one_separately() {
        assert_eq!(Counter::of_step(EmailStepKind::Queued, true), Some(Counter::Throttled));
        assert_eq!(Counter::of_step(EmailStepKind::Queued, false), Some(Counter::Requeued));
        assert_eq!(Counter::of_step(EmailStepKind::Confirmed, false), Some(Counter::Confirmed));
    }
}
