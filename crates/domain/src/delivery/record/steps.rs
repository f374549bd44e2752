//! The history in storage: a list of `[milliseconds, step]` or `[milliseconds, step, code]`.

use aws_sans_io::json;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::delivery::{EmailStep, EmailStepKind, History};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredStep {
    WithCode(i64, EmailStepKind, String),
    Plain(i64, EmailStepKind),
}

impl History {
    /// Returns the stored form, or `None` if there is no step.
    #[must_use]
    pub fn to_stored(&self) -> Option<String> {
        let steps = self.0.iter().map(|EmailStep { at, step, code }| {
            let at = i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
            match code {
                Some(code) => StoredStep::WithCode(at, *step, code.clone()),
                None => StoredStep::Plain(at, *step),
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
            let (at, step, code) = match step {
                StoredStep::WithCode(at, step, code) => (at, step, Some(code)),
                StoredStep::Plain(at, step) => (at, step, None),
            };
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
            EmailStep { at: at.unwrap_or(OffsetDateTime::UNIX_EPOCH), step, code }
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
        history.add(datetime!(2026-11-28 12:00:00.5 UTC), EmailStepKind::Sent, None);
        let stored = history.to_stored().unwrap();
        assert_eq!(stored, r#"[[1795867200000,"queued","rate"],[1795867200500,"sent"]]"#);
        assert_eq!(History::from_stored(Some(&stored)).unwrap(), history);
        assert_eq!(History::from_stored(None).unwrap(), History::default());
    }
}
