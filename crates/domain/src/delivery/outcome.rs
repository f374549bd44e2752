//! The outcome of a send attempt.

use aws_sans_io::{Error, Retry, ses::SentEmail};
use time::{Duration, OffsetDateTime};

use super::{AccountRefusal, DeliveryResult, EmailError, EmailStatus, EmailStepKind, History};
use crate::rate_limit::SendReport;

/// The maximum delay between two attempts.
const MAX_DELAY: Duration = Duration::minutes(1);

/// The time after the first attempt during which an email is retried, also while the connection is broken.
pub const RETRY_WINDOW: Duration = Duration::hours(24);

/// The delay after SES reported the daily quota as exceeded. The rate limiter may know a better time.
const QUOTA_DELAY: Duration = Duration::minutes(15);

/// The delay after AWS denied an email that was accepted earlier. Somebody has to change a policy.
const DENIAL_DELAY: Duration = Duration::minutes(15);

/// The outcome of a send attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SES accepted the email.
    Sent {
        /// SES's ID of the email.
        ses_message_id: String,
    },
    /// The email was not sent, and won't be retried.
    Failed(Error),
    /// The email was not sent, and may be retried.
    Requeued {
        error: Error,
        /// The time of the next attempt.
        until: OffsetDateTime,
    },
    /// The response was lost: the email may have been sent. See [`UnconfirmedSend`](super::UnconfirmedSend).
    Unconfirmed(Error),
}

impl Outcome {
    /// Returns the outcome of an SES call. `attempt` is counted from 1, and the first attempt was made at `first_attempt_at`.
    #[must_use]
    pub fn from_response(
        response: Result<SentEmail, Error>,
        attempt: u32,
        first_attempt_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        match response {
            Ok(sent) => Self::Sent { ses_message_id: sent.message_id },
            Err(error) if error.is_ambiguous() => Self::Unconfirmed(error),
            Err(error) if AccountRefusal::from_error(&error).is_some() => {
                Self::not_connected(error, attempt, first_attempt_at, now)
            }
            Err(error) => Self::not_sent(error, attempt, first_attempt_at, now),
        }
    }

    /// Returns the outcome of an error after which the email was certainly not sent.
    #[must_use]
    pub fn not_sent(
        error: Error,
        attempt: u32,
        first_attempt_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        if error.is_daily_quota_exceeded() {
            // Accepted emails are queued until the quota allows them, however long that takes.
            Self::Requeued { error, until: now + QUOTA_DELAY }
        } else if error.retry() == Retry::Never {
            Self::Failed(error)
        } else {
            Self::not_connected(error, attempt, first_attempt_at, now)
        }
    }

    /// Returns the outcome of an error that doesn't concern the email itself. Every error is retried: the connection may be fixed, and there
    /// is no request that could report the error.
    #[must_use]
    pub fn not_connected(
        error: Error,
        attempt: u32,
        first_attempt_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        if now - first_attempt_at >= RETRY_WINDOW {
            Self::Failed(error)
        } else {
            Self::Requeued { error, until: now + delay(attempt) }
        }
    }

    /// Returns the outcome of an email that was accepted earlier and that AWS denies because of the role's policies, which may be fixed.
    #[must_use]
    pub fn denied(error: Error, first_attempt_at: OffsetDateTime, now: OffsetDateTime) -> Self {
        match Self::not_connected(error, 1, first_attempt_at, now) {
            Self::Requeued { error, .. } => Self::Requeued { error, until: now + DENIAL_DELAY },
            other => other,
        }
    }

    /// Returns the report to the rate limiter for an email to this many recipients.
    #[must_use]
    pub fn report(&self, recipients: u32) -> SendReport {
        match self {
            Self::Sent { .. } => SendReport { accepted: 1, ..SendReport::default() },
            // The email may have been sent, so it counts.
            Self::Unconfirmed(_) => SendReport::default(),
            Self::Failed(_) => SendReport { unused: recipients, ..SendReport::default() },
            Self::Requeued { error, .. } => SendReport {
                accepted: 0,
                unused: recipients,
                throttled: error.retry() == Retry::Slower,
                daily_quota_exceeded: error.is_daily_quota_exceeded(),
            },
        }
    }

    /// Returns the result for the database, with this history.
    #[must_use]
    pub fn to_result(&self, history: History) -> DeliveryResult {
        let (ses_message_id, error) = match self {
            Self::Sent { ses_message_id } => (Some(ses_message_id.clone()), None),
            Self::Failed(error) | Self::Requeued { error, .. } | Self::Unconfirmed(error) => {
                (None, Some(error.into()))
            }
        };
        DeliveryResult { status: self.status(), ses_message_id, error, history }
    }

    /// Returns the status of the email, without its events.
    #[must_use]
    pub const fn status(&self) -> EmailStatus {
        match self {
            Self::Sent { .. } => EmailStatus::Sent,
            Self::Failed(_) => EmailStatus::Failed,
            Self::Requeued { .. } => EmailStatus::Queued,
            Self::Unconfirmed(_) => EmailStatus::Unconfirmed,
        }
    }

    /// Returns the step in the email's history, with its code.
    #[must_use]
    pub fn step(&self) -> (EmailStepKind, Option<String>) {
        let code = |error: &Error| Some(EmailError::from(error).code);
        match self {
            Self::Sent { .. } => (EmailStepKind::Sent, None),
            Self::Failed(error) => (EmailStepKind::Failed, code(error)),
            Self::Requeued { error, .. } => (EmailStepKind::Queued, code(error)),
            Self::Unconfirmed(error) => (EmailStepKind::Unconfirmed, code(error)),
        }
    }

    /// Returns the email's status for the response to its sender.
    ///
    /// # Errors
    /// The error of a [failed](Self::Failed) attempt.
    pub const fn response(&self) -> Result<EmailStatus, &Error> {
        match self {
            Self::Failed(error) => Err(error),
            other => Ok(other.status()),
        }
    }
}

/// Returns one second, doubled with each attempt up to [`MAX_DELAY`].
fn delay(attempt: u32) -> Duration {
    Duration::seconds(2_i64.saturating_pow(attempt.saturating_sub(1).min(10))).min(MAX_DELAY)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn error(status: u16, code: &str, message: &str) -> Error {
        Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), Some(message.into()), None)
    }

    #[test]
    fn only_a_failed_email_is_responded_to_with_an_error() {
        let failed = Outcome::Failed(error(400, "MessageRejected", "not verified"));
        assert_eq!(failed.response().unwrap_err().code(), Some("MessageRejected"));
        assert_eq!(failed.to_result(History::default()).error.unwrap().code, "MessageRejected");
        let lost = Outcome::Unconfirmed(Error::Unreachable("time-out".into()));
        assert_eq!(lost.response(), Ok(EmailStatus::Unconfirmed));
        let requeued = Outcome::Requeued { error: error(429, "TooManyRequestsException", ""), until: NOW };
        assert_eq!(requeued.response(), Ok(EmailStatus::Queued));
        let sent = Outcome::Sent { ses_message_id: "0102".into() };
        assert_eq!(sent.response(), Ok(EmailStatus::Sent));
        assert_eq!(sent.to_result(History::default()).ses_message_id, Some("0102".into()));
    }

    #[test]
    fn an_email_that_ses_refuses_has_failed() {
        let refusals = [
            error(400, "MessageRejected", "Email address is not verified."),
            error(403, "AccessDeniedException", "not authorized"),
        ];
        for refusal in refusals {
            let outcome = Outcome::from_response(Err(refusal.clone()), 1, NOW, NOW);
            assert_eq!(outcome, Outcome::Failed(refusal));
        }
    }

    #[test]
    fn an_email_that_may_have_been_sent_is_unconfirmed() {
        let ambiguous = [
            Error::Unreachable("time-out".into()),
            Error::InvalidResponse("cut off".into()),
            error(500, "InternalFailure", ""),
            error(503, "ServiceUnavailable", ""),
        ];
        for error in ambiguous {
            let outcome = Outcome::from_response(Err(error.clone()), 1, NOW, NOW);
            assert_eq!(outcome, Outcome::Unconfirmed(error));
        }
    }

    #[test]
    fn a_throttled_email_is_retried_with_growing_delays_and_fails_after_a_day() {
        let throttled = || error(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
        let delays: Vec<_> = [1, 2, 3, 6, 7, u32::MAX]
            .map(|attempt| match Outcome::from_response(Err(throttled()), attempt, NOW, NOW) {
                Outcome::Requeued { until, .. } => (until - NOW).whole_seconds(),
                other => panic!("{other:?}"),
            })
            .into();
        assert_eq!(delays, [1, 2, 4, 32, 60, 60]);
        let yesterday = NOW - Duration::hours(24);
        let outcome = Outcome::from_response(Err(throttled()), 9, yesterday, NOW);
        assert_eq!(outcome, Outcome::Failed(throttled()));
    }

    #[test]
    fn an_email_that_was_accepted_and_is_denied_is_tried_for_a_day() {
        let denied = || error(403, "AccessDeniedException", "not authorized");
        let outcome = Outcome::denied(denied(), NOW, NOW);
        assert_eq!(outcome, Outcome::Requeued { error: denied(), until: NOW + DENIAL_DELAY });
        assert_eq!(Outcome::denied(denied(), NOW - Duration::hours(24), NOW), Outcome::Failed(denied()));
    }

    #[test]
    fn an_email_that_ses_refuses_because_of_the_account_is_held_for_a_day() {
        let paused = || error(400, "MessageRejected", "Sending paused for this account.");
        let outcome = Outcome::from_response(Err(paused()), 1, NOW, NOW);
        assert_eq!(outcome, Outcome::Requeued { error: paused(), until: NOW + Duration::SECOND });
        assert_eq!(outcome.report(2), SendReport { unused: 2, ..SendReport::default() });
        let yesterday = NOW - Duration::hours(24);
        assert_eq!(Outcome::from_response(Err(paused()), 9, yesterday, NOW), Outcome::Failed(paused()));
    }

    #[test]
    fn an_email_over_the_daily_quota_is_queued_without_a_time_limit() {
        let exceeded = || error(400, "LimitExceededException", "Daily message quota exceeded.");
        let last_week = NOW - Duration::days(7);
        let outcome = Outcome::from_response(Err(exceeded()), 3, last_week, NOW);
        assert_eq!(outcome, Outcome::Requeued { error: exceeded(), until: NOW + QUOTA_DELAY });
        let report = SendReport { unused: 2, daily_quota_exceeded: true, ..SendReport::default() };
        assert_eq!(outcome.report(2), report);
    }

    #[test]
    fn the_rate_limiter_gets_a_report_of_accepted_unused_and_throttled_emails() {
        let slower = error(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
        let throttled = Outcome::from_response(Err(slower), 1, NOW, NOW).report(3);
        assert_eq!(throttled, SendReport { unused: 3, throttled: true, ..SendReport::default() });
        let sent = Outcome::Sent { ses_message_id: "0102".into() };
        assert_eq!(sent.report(3), SendReport { accepted: 1, ..SendReport::default() });
        let failed = Outcome::Failed(error(400, "MessageRejected", "not verified"));
        assert_eq!(failed.report(3), SendReport { unused: 3, ..SendReport::default() });
        let unconfirmed = Outcome::Unconfirmed(Error::Unreachable("cut".into()));
        assert_eq!(unconfirmed.report(3), SendReport::default());
    }

    #[test]
    fn an_accepted_email_is_retried_for_a_day_while_the_role_can_t_be_assumed() {
        let denied = error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole");
        let requeued = Outcome::not_connected(denied.clone(), 1, NOW, NOW);
        let until = NOW + Duration::seconds(1);
        assert_eq!(requeued, Outcome::Requeued { error: denied.clone(), until });
        let yesterday = NOW - Duration::hours(24);
        let failed = Outcome::not_connected(denied.clone(), 9, yesterday, NOW);
        assert_eq!(failed, Outcome::Failed(denied));
    }

    #[test]
    fn an_email_is_retried_if_assume_role_got_no_response() {
        let lost = Error::Unreachable("time-out".into());
        let until = NOW + Duration::seconds(1);
        let outcome = Outcome::not_sent(lost.clone(), 1, NOW, NOW);
        assert_eq!(outcome, Outcome::Requeued { error: lost, until });
    }
}
