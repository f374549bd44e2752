//! What SES's answer to a send makes of a message.

use aws_sans_io::{Error, Retry, ses::SentEmail};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{EmailStatus, EmailStepKind, History};
use crate::rate_limit::Report;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::minutes(1);

/// How long a message is tried before it is given up, and how long it waits for a connection that doesn't work.
pub const PATIENCE: Duration = Duration::hours(24);

/// When a full day is tried again; who paces the account knows better.
const DAY_IS_FULL: Duration = Duration::minutes(15);

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
    /// Nobody knows: it may have been sent. An event with our tag tells; [`Doubt`](super::Doubt) says what to do meanwhile.
    Unconfirmed(Error),
}

impl Outcome {
    /// Reads SES's answer to attempt number `attempt` (from 1) for a message that was first tried at `since`.
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
        if error.says_that_the_day_is_full() {
            // Mail that was accepted waits for the window, however many days of mail wait before it.
            Self::Postponed { error, until: now + DAY_IS_FULL }
        } else if error.retry() == Retry::Never || now - since >= PATIENCE {
            Self::Refused(error)
        } else {
            Self::Postponed { error, until: now + pause(attempt) }
        }
    }
}

impl Outcome {
    /// What is made of an error that came before SES was asked for a mail that was accepted earlier: whatever it is, it may be mended, and whoever
    /// sent the mail isn't there any more to be told. So it is tried again for as long as a mail is tried.
    #[must_use]
    pub fn held(error: Error, attempt: u32, since: OffsetDateTime, now: OffsetDateTime) -> Self {
        if now - since >= PATIENCE {
            Self::Refused(error)
        } else {
            Self::Postponed { error, until: now + pause(attempt) }
        }
    }
}

/// Why an email was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailError {
    /// AWS's error code, or Kraiter's.
    pub code: String,
    /// What went wrong.
    pub message: String,
}

impl From<&Error> for EmailError {
    fn from(error: &Error) -> Self {
        let (code, message) = match error {
            Error::Service { code, message, .. } => (code.as_str(), message.clone()),
            Error::Unreadable(_) => ("aws_unreadable", error.to_string()),
            Error::Unreachable(_) => ("aws_unreachable", error.to_string()),
        };
        Self { code: code.to_owned(), message }
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
    pub error: Option<EmailError>,
    /// What was done with it.
    #[serde(default)]
    pub history: History,
}

impl Settlement {
    /// That a message is now this, for a reason that was told before.
    #[must_use]
    pub const fn known(status: EmailStatus, history: History) -> Self {
        Self { status, ses_message_id: None, error: None, history }
    }
}

impl Outcome {
    /// What whoever paces the account has to know of an attempt to write to so many recipients.
    #[must_use]
    pub fn report(&self, recipients: u32) -> Report {
        match self {
            Self::Sent { .. } => Report { taken: 1, ..Report::default() },
            // It may have been sent: it counts.
            Self::Unconfirmed(_) => Report::default(),
            Self::Refused(_) => Report { returned: recipients, ..Report::default() },
            Self::Postponed { error, .. } => Report {
                taken: 0,
                returned: recipients,
                throttled: error.retry() == Retry::Slower,
                day_is_full: error.says_that_the_day_is_full(),
            },
        }
    }

    /// What is kept of it, with what was done before.
    #[must_use]
    pub fn settlement(&self, history: History) -> Settlement {
        let (ses_message_id, error) = match self {
            Self::Sent { ses_message_id } => (Some(ses_message_id.clone()), None),
            Self::Refused(error) | Self::Postponed { error, .. } | Self::Unconfirmed(error) => {
                (None, Some(error.into()))
            }
        };
        Settlement { status: self.status(), ses_message_id, error, history }
    }

    /// What the message is now, as far as we know ourselves.
    #[must_use]
    pub const fn status(&self) -> EmailStatus {
        match self {
            Self::Sent { .. } => EmailStatus::Sent,
            Self::Refused(_) => EmailStatus::Failed,
            Self::Postponed { .. } => EmailStatus::Queued,
            Self::Unconfirmed(_) => EmailStatus::Unconfirmed,
        }
    }

    /// The step that it is in the message's history, and why.
    #[must_use]
    pub fn step(&self) -> (EmailStepKind, Option<String>) {
        let code = |error: &Error| Some(EmailError::from(error).code);
        match self {
            Self::Sent { .. } => (EmailStepKind::Sent, None),
            Self::Refused(error) => (EmailStepKind::Failed, code(error)),
            Self::Postponed { error, .. } => (EmailStepKind::Queued, code(error)),
            Self::Unconfirmed(error) => (EmailStepKind::Unconfirmed, code(error)),
        }
    }

    /// Returns the email's status for the response to its sender.
    ///
    /// # Errors
    /// The AWS error if SES refused the message.
    pub const fn answer(&self) -> Result<EmailStatus, &Error> {
        match self {
            Self::Refused(error) => Err(error),
            other => Ok(other.status()),
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
        assert_eq!(refused.answer().unwrap_err().code(), Some("MessageRejected"));
        assert_eq!(refused.settlement(History::default()).error.unwrap().code, "MessageRejected");
        let lost = Outcome::Unconfirmed(Error::Unreachable("time-out".into()));
        assert_eq!(lost.answer(), Ok(EmailStatus::Unconfirmed));
        let later = Outcome::Postponed { error: error(429, "TooManyRequestsException", ""), until: NOW };
        assert_eq!(later.answer(), Ok(EmailStatus::Queued));
        let sent = Outcome::Sent { ses_message_id: "0102".into() };
        assert_eq!(
            (sent.answer(), sent.settlement(History::default()).ses_message_id),
            (Ok(EmailStatus::Sent), Some("0102".into()))
        );
    }

    #[test]
    fn a_clear_refusal_is_final() {
        let refusals = [
            error(400, "MessageRejected", "Email address is not verified."),
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
    fn a_full_day_is_waited_for_whatever_it_takes() {
        let full = || error(400, "LimitExceededException", "Daily message quota exceeded.");
        let last_week = NOW - Duration::days(7);
        let outcome = Outcome::of(Err(full()), 3, last_week, NOW);
        assert_eq!(outcome, Outcome::Postponed { error: full(), until: NOW + DAY_IS_FULL });
        assert_eq!(outcome.report(2), Report { returned: 2, day_is_full: true, ..Report::default() });
    }

    #[test]
    fn who_paces_is_told_what_was_taken_what_was_not_and_to_go_slower() {
        let slower = error(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
        let throttled = Outcome::of(Err(slower), 1, NOW, NOW).report(3);
        assert_eq!(throttled, Report { returned: 3, throttled: true, ..Report::default() });
        let sent = Outcome::Sent { ses_message_id: "0102".into() };
        assert_eq!(sent.report(3), Report { taken: 1, ..Report::default() });
        let refused = Outcome::Refused(error(400, "MessageRejected", "not verified"));
        assert_eq!(refused.report(3), Report { returned: 3, ..Report::default() });
        assert_eq!(Outcome::Unconfirmed(Error::Unreachable("cut".into())).report(3), Report::default());
    }

    #[test]
    fn a_mail_that_was_accepted_earlier_outlives_a_role_that_is_refused_for_a_while() {
        let refused = error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole");
        let until = NOW + Duration::seconds(1);
        let held = Outcome::held(refused.clone(), 1, NOW, NOW);
        assert_eq!(held, Outcome::Postponed { error: refused.clone(), until });
        let yesterday = NOW - Duration::hours(24);
        assert_eq!(Outcome::held(refused.clone(), 9, yesterday, NOW), Outcome::Refused(refused));
    }

    #[test]
    fn a_role_that_could_not_be_assumed_for_lack_of_an_answer_is_tried_again() {
        let lost = Error::Unreachable("time-out".into());
        let until = NOW + Duration::seconds(1);
        assert_eq!(Outcome::not_taken(lost.clone(), 1, NOW, NOW), Outcome::Postponed { error: lost, until });
    }
}
