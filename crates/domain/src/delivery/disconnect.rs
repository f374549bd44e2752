//! Results of queued emails when the AWS account is disconnected.

use time::OffsetDateTime;

use super::{DeliveryResult, EmailError, EmailStatus, EmailStepKind, History, Phase};

/// The code of the error and of the step.
const CODE: &str = "disconnected";

/// Returns the final result of an email that isn't being sent at the moment; `None` if it is finished already.
#[must_use]
pub fn result_of_disconnect(
    phase: Phase,
    mut history: History,
    now: OffsetDateTime,
) -> Option<DeliveryResult> {
    let may_have_been_sent = match phase {
        Phase::Finished => return None,
        Phase::Sending | Phase::Unconfirmed => true,
        Phase::Scheduled | Phase::Queued => history.may_have_been_sent(),
    };
    if may_have_been_sent {
        history.add(now, EmailStepKind::GaveUp, Some(CODE));
        return Some(DeliveryResult::new(EmailStatus::Unconfirmed, history));
    }
    history.add(now, EmailStepKind::Cancelled, Some(CODE));
    let message = "The AWS account was disconnected before the email was sent.".to_owned();
    let error = Some(EmailError { code: CODE.to_owned(), message });
    Some(DeliveryResult { error, ..DeliveryResult::new(EmailStatus::Cancelled, history) })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    /// Returns the status and the last step of an email with these steps after the account is disconnected.
    fn disconnect(phase: Phase, steps: &[EmailStepKind]) -> Option<(EmailStatus, EmailStepKind)> {
        let mut history = History::default();
        for step in steps {
            history.add(NOW, *step, None);
        }
        let result = result_of_disconnect(phase, history, NOW)?;
        let last = result.history.0.last()?;
        assert_eq!(last.code.as_deref(), Some(CODE));
        assert_eq!(result.error.is_some(), result.status == EmailStatus::Cancelled);
        Some((result.status, last.step))
    }

    #[test]
    fn an_email_that_was_never_sent_is_cancelled_and_one_that_may_have_been_stays_unconfirmed() {
        use EmailStepKind::{GaveUp, Queued, Retried, Sent, Unconfirmed};
        let cancelled = Some((EmailStatus::Cancelled, EmailStepKind::Cancelled));
        let gave_up = Some((EmailStatus::Unconfirmed, GaveUp));
        assert_eq!(disconnect(Phase::Scheduled, &[]), cancelled);
        assert_eq!(disconnect(Phase::Queued, &[Queued]), cancelled);
        assert_eq!(disconnect(Phase::Queued, &[Unconfirmed, Retried]), gave_up);
        assert_eq!(disconnect(Phase::Sending, &[]), gave_up);
        assert_eq!(disconnect(Phase::Unconfirmed, &[Unconfirmed]), gave_up);
        assert_eq!(disconnect(Phase::Finished, &[Sent]), None);
    }
}
