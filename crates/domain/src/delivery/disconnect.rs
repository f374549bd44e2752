//! What becomes of mails that are on their way when the AWS account is disconnected.

use time::OffsetDateTime;

use super::{EmailError, EmailStatus, EmailStepKind, History, Phase, Settlement};

/// Why they end.
const CODE: &str = "disconnected";

/// How a mail ends that isn't being handed over just now; none where it has come to its end already, or isn't shown yet.
#[must_use]
pub fn ended_by_disconnection(phase: Phase, mut history: History, now: OffsetDateTime) -> Option<Settlement> {
    let may_have_been_sent = match phase {
        Phase::Accepted | Phase::Finished => return None,
        Phase::Sending | Phase::Unconfirmed => true,
        Phase::Scheduled | Phase::Queued => history.tells_of_doubt(),
    };
    if may_have_been_sent {
        history.add(now, EmailStepKind::GaveUp, Some(CODE));
        return Some(Settlement::known(EmailStatus::Unconfirmed, history));
    }
    history.add(now, EmailStepKind::Cancelled, Some(CODE));
    let message = "The AWS account was disconnected before the email was sent.".to_owned();
    let error = Some(EmailError { code: CODE.to_owned(), message });
    Some(Settlement { error, ..Settlement::known(EmailStatus::Cancelled, history) })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn end(phase: Phase, steps: &[EmailStepKind]) -> Option<(EmailStatus, EmailStepKind)> {
        let mut history = History::default();
        for step in steps {
            history.add(NOW, *step, None);
        }
        let settlement = ended_by_disconnection(phase, history, NOW)?;
        let last = settlement.history.0.last()?;
        assert_eq!(last.code.as_deref(), Some(CODE));
        assert_eq!(settlement.error.is_some(), settlement.status == EmailStatus::Cancelled);
        Some((settlement.status, last.step))
    }

    #[test]
    fn what_ses_never_took_is_cancelled_and_what_it_may_have_taken_is_not() {
        let cancelled = Some((EmailStatus::Cancelled, EmailStepKind::Cancelled));
        let left = Some((EmailStatus::Unconfirmed, EmailStepKind::GaveUp));
        assert_eq!(end(Phase::Scheduled, &[]), cancelled);
        assert_eq!(end(Phase::Queued, &[EmailStepKind::Queued]), cancelled);
        assert_eq!(end(Phase::Queued, &[EmailStepKind::Unconfirmed, EmailStepKind::Retried]), left);
        assert_eq!(end(Phase::Sending, &[]), left);
        assert_eq!(end(Phase::Unconfirmed, &[EmailStepKind::Unconfirmed]), left);
        assert_eq!(end(Phase::Finished, &[EmailStepKind::Sent]), None);
        assert_eq!(end(Phase::Accepted, &[]), None);
    }
}
