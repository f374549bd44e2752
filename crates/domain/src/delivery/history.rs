//! The history of an email.

use aws_sans_io::{Error, ses::SentEmail};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "schemars")]
use crate::schema::Timestamp;

/// The maximum number of steps. The first and the last ones are stored.
const MAX_STEPS: usize = 32;

/// An action of Kraiter on an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EmailStepKind {
    /// Kraiter queued the email because of a sending limit or because SES could not accept it.
    Queued,
    /// SES accepted the email.
    Sent,
    /// SES refused the email, or it could not be sent.
    Failed,
    /// The response of SES was lost.
    Unconfirmed,
    /// No event confirmed the email, so Kraiter sent it again.
    Retried,
    /// An event confirmed that SES had accepted the email.
    Confirmed,
    /// The email was scheduled for another time.
    Rescheduled,
    /// The email was cancelled before it was sent.
    Cancelled,
    /// Kraiter stopped trying. Whether SES accepted the email is unknown.
    GaveUp,
    /// A bounce or complaint named no recipient of the email, which had several. So no address was suppressed.
    UnmatchedEvent,
}

/// A step in the history of an email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailStep {
    /// Time of the step.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub at: OffsetDateTime,
    /// The action.
    pub step: EmailStepKind,
    /// The reason: AWS's error code, or Kraiter's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The call to SES that the step reports; absent if it reports none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ses_call: Option<SesCall>,
}

/// A call to SES (`SendEmail`), or several in a row with the same result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SesCall {
    /// AWS's ID of the request, of the first one if there were several. `null` if no response arrived.
    pub aws_request_id: Option<String>,
    /// The number of calls.
    pub count: u32,
}

impl SesCall {
    /// A call without a response.
    pub const LOST: Self = Self { aws_request_id: None, count: 1 };

    /// Returns the call with this response.
    #[must_use]
    pub fn new(response: &Result<SentEmail, Error>) -> Self {
        let aws_request_id = match response {
            Ok(sent) => sent.request_id.as_deref(),
            Err(error) => error.request_id(),
        };
        Self { aws_request_id: aws_request_id.map(str::to_owned), count: 1 }
    }
}

/// The steps of an email, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(inline))]
#[serde(transparent)]
pub struct History(pub Vec<EmailStep>);

impl History {
    /// Adds a step unless it equals the last one. Returns whether it was added.
    pub fn add(&mut self, at: OffsetDateTime, step: EmailStepKind, code: Option<&str>) -> bool {
        self.add_with_call(at, step, code, None)
    }

    /// As [`Self::add`], for a step that reports a call to SES. If the step equals the last one, its call is counted there.
    pub fn add_with_call(
        &mut self,
        at: OffsetDateTime,
        step: EmailStepKind,
        code: Option<&str>,
        ses_call: Option<SesCall>,
    ) -> bool {
        if let Some(last) = self.0.last_mut().filter(|last| last.step == step && last.code.as_deref() == code)
        {
            match (&mut last.ses_call, ses_call) {
                (Some(known), Some(call)) => known.count = known.count.saturating_add(call.count),
                (known @ None, call) => *known = call,
                (Some(_), None) => {}
            }
            return false;
        }
        if self.0.len() == MAX_STEPS {
            // Remove queued steps first: the others show whether the email may have been sent.
            let is_queued = |step: &EmailStep| step.step == EmailStepKind::Queued;
            let index = self.0[MAX_STEPS / 2..].iter().position(is_queued).unwrap_or_default();
            self.0.remove(MAX_STEPS / 2 + index);
        }
        self.0.push(EmailStep { at, step, code: code.map(str::to_owned), ses_call });
        true
    }

    /// Returns whether a response of SES was lost, so that the email may have been sent.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.0.iter().any(|step| matches!(step.step, EmailStepKind::Unconfirmed | EmailStepKind::Retried))
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn a_repeated_step_is_not_added() {
        let mut history = History::default();
        assert!(history.add(NOW, EmailStepKind::Queued, Some("rate")));
        assert!(!history.add(NOW + Duration::SECOND, EmailStepKind::Queued, Some("rate")));
        assert!(history.add(NOW + Duration::SECOND, EmailStepKind::Queued, Some("daily_quota")));
        assert_eq!(history.0.len(), 2);
    }

    #[test]
    fn repeated_calls_with_the_same_result_are_counted_in_one_step() {
        let call = |id: &str| Some(SesCall { aws_request_id: Some(id.into()), count: 1 });
        let mut history = History::default();
        let throttled = Some("TooManyRequestsException");
        assert!(history.add_with_call(NOW, EmailStepKind::Queued, throttled, call("a")));
        assert!(!history.add_with_call(NOW, EmailStepKind::Queued, throttled, call("b")));
        assert!(!history.add(NOW, EmailStepKind::Queued, throttled));
        assert!(history.add_with_call(NOW, EmailStepKind::Sent, None, call("c")));
        let calls: Vec<_> = history.0.into_iter().map(|step| step.ses_call).collect();
        assert_eq!(calls, [Some(SesCall { aws_request_id: Some("a".into()), count: 2 }), call("c")]);
    }

    #[test]
    fn a_call_whose_response_was_lost_has_no_request_id() {
        let lost = SesCall::new(&Err(Error::Unreachable("time-out".into())));
        assert_eq!(lost, SesCall::LOST);
    }

    #[test]
    fn a_long_history_contains_the_first_and_the_last_steps() {
        let mut history = History::default();
        for second in 0..1000 {
            history.add(NOW + Duration::seconds(second), EmailStepKind::Queued, Some(&second.to_string()));
        }
        history.add(NOW + Duration::hours(1), EmailStepKind::Sent, None);
        assert_eq!(history.0.len(), MAX_STEPS);
        assert_eq!(history.0.first().and_then(|step| step.code.as_deref()), Some("0"));
        assert_eq!(history.0.last().map(|step| step.step), Some(EmailStepKind::Sent));
        assert!(history.0.is_sorted_by_key(|step| step.at));
    }

    #[test]
    fn an_unconfirmed_step_is_never_removed() {
        let mut history = History::default();
        for second in 0..1000 {
            assert_eq!(history.may_have_been_sent(), second > 20);
            let step = if second == 20 { EmailStepKind::Unconfirmed } else { EmailStepKind::Queued };
            history.add(NOW + Duration::seconds(second), step, Some(&second.to_string()));
        }
        assert_eq!(history.0.len(), MAX_STEPS);
    }
}
