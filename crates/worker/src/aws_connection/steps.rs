//! What is done with mails, step by step: logged one by one, and counted.

use kraiter_core::{
    api::EmailId,
    aws::Region,
    mail::{Counter, Settlement, StepKind},
};
use serde_json::json;
use worker::D1PreparedStatement;

use super::AwsConnection;
use crate::{
    database::{self, organisations::Organisation},
    failure::Failure,
    log,
};

/// A step that was made with a mail.
pub(super) struct Made<'a> {
    /// The mail.
    pub(super) id: EmailId,
    /// Where it is sent from.
    pub(super) region: Region,
    /// What was done.
    pub(super) step: StepKind,
    /// Why: AWS's code, or ours.
    pub(super) code: Option<&'a str>,
    /// The attempt's number, where it was one.
    pub(super) attempt: Option<u32>,
    /// Whether SES asked for a lower rate.
    pub(super) throttled: bool,
}

impl<'a> Made<'a> {
    /// A step that is no attempt.
    pub(super) const fn new(id: EmailId, region: Region, step: StepKind, code: Option<&'a str>) -> Self {
        Self { id, region, step, code, attempt: None, throttled: false }
    }
}

/// What was counted and isn't in D1 yet.
pub(super) type Counts = Vec<(Region, Counter, u32)>;

impl AwsConnection {
    /// Logs a step, and counts it.
    pub(super) fn made(&self, organisation: &Organisation, made: &Made<'_>) {
        log::note(
            "email",
            json!({
                "organisationId": organisation.id,
                "emailId": made.id,
                "region": made.region,
                "step": made.step,
                "attempt": made.attempt,
                "code": made.code,
            }),
        );
        self.count(made.region, Counter::of_step(made.step, made.throttled), 1);
    }

    /// Counts something. It is written with what is written next of mails; what an instance that ends has counted since is lost.
    pub(super) fn count(&self, region: Region, counter: Counter, times: u32) {
        *self.counts.borrow_mut().entry((region, counter)).or_default() += times;
    }

    /// Counts once less what wasn't done after all.
    pub(super) fn uncount(&self, region: Region, counter: Counter) {
        if let Some(times) = self.counts.borrow_mut().get_mut(&(region, counter)) {
            *times = times.saturating_sub(1);
        }
    }

    /// The statement that adds what was counted, and what it adds.
    fn counted(&self) -> Result<(Option<D1PreparedStatement>, Counts), Failure> {
        let Some(organisation) = self.organisation()? else { return Ok((None, Counts::new())) };
        let counts: Counts = self
            .counts
            .take()
            .into_iter()
            .filter(|(_, times)| *times > 0)
            .map(|((region, counter), times)| (region, counter, times))
            .collect();
        Ok((database::counters::addition(&self.database()?, &organisation.id, &counts)?, counts))
    }

    /// Makes a write with the counts; where it fails, they are kept for the next one.
    pub(super) async fn with_counts(
        &self,
        write: impl AsyncFnOnce(Option<D1PreparedStatement>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (statement, counts) = self.counted()?;
        let written = write(statement).await;
        if written.is_err() {
            for (region, counter, times) in counts {
                self.count(region, counter, times);
            }
        }
        written
    }

    /// Tells D1 what is known of mails.
    pub(super) async fn settle(&self, settled: &[(EmailId, Settlement)]) -> Result<(), Failure> {
        let database = self.database()?;
        self.with_counts(async |counts| database::emails::settle(&database, settled, counts).await).await
    }
}
