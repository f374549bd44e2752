//! The history in storage: a list of `[milliseconds, step]`, `[milliseconds, step, code]` or, if the step reports calls to SES,
//! `[milliseconds, step, code, request ID]`, with their number at the end if there were several.

use aws_sans_io::json;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::delivery::{EmailStep, EmailStepKind, History, SesCall};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredStep {
    WithCalls(i64, EmailStepKind, Option<String>, Option<String>, u32),
    WithCall(i64, EmailStepKind, Option<String>, Option<String>),
    WithCode(i64, EmailStepKind, String),
    Plain(i64, EmailStepKind),
}

impl History {
    /// Returns the stored form, or `None` if there is no step.
    #[must_use]
    pub fn to_stored(&self) -> Option<String> {
        let steps = self.0.iter().map(|EmailStep { at, step, code, ses_call }| {
            let at = i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
            match (code.clone(), ses_call.clone()) {
                (code, Some(SesCall { aws_request_id, count: 1 })) => {
                    StoredStep::WithCall(at, *step, code, aws_request_id)
                }
                (code, Some(SesCall { aws_request_id, count })) => {
                    StoredStep::WithCalls(at, *step, code, aws_request_id, count)
                }
                (Some(code), None) => StoredStep::WithCode(at, *step, code),
                (None, None) => StoredStep::Plain(at, *step),
            }
        });
        let steps: Vec<_> = steps.collect();
        // A list of numbers and texts can always be written.
        if steps.is_empty() { None } else { serde_json::to_string(&steps).ok() }
    }

    /// Parses the stored form.
    ///
    /// # Errors
    /// Fails if the text wasn't written by [`Self::to_stored`].
    pub fn from_stored(text: Option<&str>) -> Result<Self, json::Error> {
        let Some(text) = text else { return Ok(Self::default()) };
        let steps: Vec<StoredStep> = json::parse(text.as_bytes())?;
        let steps = steps.into_iter().map(|step| {
            let (at, step, code, ses_call) = match step {
                StoredStep::WithCalls(at, step, code, aws_request_id, count) => {
                    (at, step, code, Some(SesCall { aws_request_id, count }))
                }
                StoredStep::WithCall(at, step, code, aws_request_id) => {
                    (at, step, code, Some(SesCall { aws_request_id, count: 1 }))
                }
                StoredStep::WithCode(at, step, code) => (at, step, Some(code), None),
                StoredStep::Plain(at, step) => (at, step, None, None),
            };
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
            EmailStep { at: at.unwrap_or(OffsetDateTime::UNIX_EPOCH), step, code, ses_call }
        });
        Ok(Self(steps.collect()))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_history_is_restored_from_its_stored_form() {
        let mut history = History::default();
        assert_eq!(history.to_stored(), None);
        history.add(datetime!(2026-11-28 12:00 UTC), EmailStepKind::Queued, Some("rate"));
        history.add(datetime!(2026-11-28 12:00:00.5 UTC), EmailStepKind::Confirmed, None);
        let call = |id: Option<&str>, count| Some(SesCall { aws_request_id: id.map(str::to_owned), count });
        let at = datetime!(2026-11-28 12:00:01 UTC);
        history.add_with_call(at, EmailStepKind::Queued, Some("429"), call(Some("a"), 2));
        history.add_with_call(at, EmailStepKind::Unconfirmed, Some("lost"), call(None, 1));
        history.add_with_call(at, EmailStepKind::Sent, None, call(Some("b"), 1));
        let stored = history.to_stored().unwrap();
        let expected = r#"[[1795867200000,"queued","rate"],[1795867200500,"confirmed"],[1795867201000,"queued","429","a",2],[1795867201000,"unconfirmed","lost",null],[1795867201000,"sent",null,"b"]]"#;
        assert_eq!(stored, expected);
        assert_eq!(History::from_stored(Some(&stored)).unwrap(), history);
        assert_eq!(History::from_stored(None).unwrap(), History::default());
    }
}
