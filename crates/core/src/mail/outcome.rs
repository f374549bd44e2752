//! What SES's answer to a send makes of a message.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::EmailStatus;
use crate::{
    api::{ApiError, EmailErrorView},
    aws::{Error, Retry},
    ses::SentEmail,
};

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::minutes(1);

/// How long a message waits for its turn before it is given up.
const PATIENCE: Duration = Duration::hours(24);

/// What became of an attempt to hand a message to SES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SES took it.
    Sent {
        /// SES's id of it.
        ses_message_id: String,
    },
    /// SES refused it, and nothing was sent.
    Refused(Error),
    /// SES took nothing for now; the next attempt may be made at this time.
    Postponed {
        /// Why.
        error: Error,
        /// When.
        until: OffsetDateTime,
    },
    /// Nobody knows: it may have been sent. It is never sent again by itself; an event with our tag tells.
    Unconfirmed(Error),
}

impl Outcome {
    /// Reads SES's answer to attempt number `attempt` (from 1) for a message that was taken at `since`.
    #[must_use]
    pub fn of(
        answer: Result<SentEmail, Error>,
        attempt: u32,
        since: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        match answer {
            Ok(sent) => Self::Sent { ses_message_id: sent.message_id },
            Err(error) if error.leaves_outcome_open() => Self::Unconfirmed(error),
            Err(error) => Self::not_taken(error, attempt, since, now),
        }
    }

    /// What is made of an error that came before SES was asked, so that nothing can have been sent.
    #[must_use]
    pub fn not_taken(error: Error, attempt: u32, since: OffsetDateTime, now: OffsetDateTime) -> Self {
        if error.retry() == Retry::Never || now - since >= PATIENCE {
            Self::Refused(error)
        } else {
            Self::Postponed { error, until: now + pause(attempt) }
        }
    }
}

/// What is kept of an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// What has become of the message.
    pub status: EmailStatus,
    /// SES's id of it.
    pub ses_message_id: Option<String>,
    /// Why it wasn't sent, or why nobody knows.
    pub error: Option<EmailErrorView>,
}

impl Outcome {
    /// What is kept of it.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        let (status, error) = match self {
            Self::Sent { ses_message_id } => {
                let ses_message_id = Some(ses_message_id.clone());
                return Settlement { status: EmailStatus::Sent, ses_message_id, error: None };
            }
            Self::Refused(error) => (EmailStatus::Failed, error),
            Self::Postponed { error, .. } => (EmailStatus::Queued, error),
            Self::Unconfirmed(error) => (EmailStatus::Unconfirmed, error),
        };
        Settlement { status, ses_message_id: None, error: Some(error.into()) }
    }

    /// What the customer who waits for it is answered.
    ///
    /// # Errors
    /// [`ApiError`] where SES refused the message.
    pub fn answer(&self) -> Result<EmailStatus, ApiError> {
        match self {
            Self::Refused(error) => Err(error.into()),
            other => Ok(other.settlement().status),
        }
    }
}

/// One second, doubled with each attempt, up to [`LONGEST_PAUSE`].
fn pause(attempt: u32) -> Duration {
    Duration::seconds(2_i64.saturating_pow(attempt.saturating_sub(1).min(10))).min(LONGEST_PAUSE)
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
    fn only_a_refusal_is_answered_with_an_error() {
        let refused = Outcome::Refused(error(400, "MessageRejected", "not verified"));
        assert_eq!(refused.answer().unwrap_err().code(), "aws_refused");
        assert_eq!(refused.settlement().error.unwrap().code, "MessageRejected");
        let lost = Outcome::Unconfirmed(Error::Unreachable("time-out".into()));
        assert_eq!(lost.answer(), Ok(EmailStatus::Unconfirmed));
        let later = Outcome::Postponed { error: error(429, "TooManyRequestsException", ""), until: NOW };
        assert_eq!(later.answer(), Ok(EmailStatus::Queued));
        let sent = Outcome::Sent { ses_message_id: "0102".into() };
        assert_eq!(
            (sent.answer(), sent.settlement().ses_message_id),
            (Ok(EmailStatus::Sent), Some("0102".into()))
        );
    }

    #[test]
    fn a_clear_refusal_is_final() {
        let refusals = [
            error(400, "MessageRejected", "Email address is not verified."),
            error(400, "LimitExceededException", "Daily message quota exceeded."),
            error(403, "AccessDeniedException", "not authorized"),
        ];
        for refusal in refusals {
            assert_eq!(Outcome::of(Err(refusal.clone()), 1, NOW, NOW), Outcome::Refused(refusal));
        }
    }

    #[test]
    fn what_may_have_been_sent_is_not_sent_again() {
        let open = [
            Error::Unreachable("time-out".into()),
            Error::Unreadable("cut off".into()),
            error(500, "InternalFailure", ""),
            error(503, "ServiceUnavailable", ""),
        ];
        for open in open {
            assert_eq!(Outcome::of(Err(open.clone()), 1, NOW, NOW), Outcome::Unconfirmed(open));
        }
    }

    #[test]
    fn throttling_postpones_with_growing_pauses_and_ends_after_a_day() {
        let slower = || error(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
        let pauses: Vec<_> = [1, 2, 3, 6, 7, u32::MAX]
            .map(|attempt| match Outcome::of(Err(slower()), attempt, NOW, NOW) {
                Outcome::Postponed { until, .. } => (until - NOW).whole_seconds(),
                other => panic!("{other:?}"),
            })
            .into();
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60]);
        let yesterday = NOW - Duration::hours(24);
        assert_eq!(Outcome::of(Err(slower()), 9, yesterday, NOW), Outcome::Refused(slower()));
    }

    #[test]
    fn a_role_that_could_not_be_assumed_for_lack_of_an_answer_is_tried_again() {
        let lost = Error::Unreachable("time-out".into());
        let until = NOW + Duration::seconds(1);
        assert_eq!(Outcome::not_taken(lost.clone(), 1, NOW, NOW), Outcome::Postponed { error: lost, until });
    }
}
