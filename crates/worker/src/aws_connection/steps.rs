//! What is done with mails, step by step: logged one by one, and counted.

use std::collections::HashMap;

use aws_sans_io::Region;
use domain::{
    EmailId,
    delivery::{Counter, DeliveryResult, EmailStepKind},
};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use worker::D1PreparedStatement;

use super::{AwsConnection, outbox::Depth};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
    log,
};

/// A step that was made with a mail.
pub(super) struct Made<'a> {
    /// The mail.
    pub(super) id: EmailId,
    /// Where it is sent from.
    pub(super) region: Region,
    /// What was done.
    pub(super) step: EmailStepKind,
    /// Why: AWS's code, or ours.
    pub(super) code: Option<&'a str>,
    /// The attempt's number, where it was one.
    pub(super) attempt: Option<u32>,
    /// Whether SES asked for a lower rate.
    pub(super) throttled: bool,
}

impl<'a> Made<'a> {
    /// A step that is no attempt.
    pub(super) const fn new(id: EmailId, region: Region, step: EmailStepKind, code: Option<&'a str>) -> Self {
        Self { id, region, step, code, attempt: None, throttled: false }
    }
}

/// What was counted and isn't in D1 yet.
pub(super) type Counts = HashMap<(Region, Counter), u32>;

/// When it was told how many mails are on their way, and whether there were none.
pub(super) type DepthTold = (OffsetDateTime, bool);

/// How often it is told how many mails are on their way, while there are any.
const DEPTH_EVERY: Duration = Duration::seconds(10);

impl AwsConnection {
    /// Logs a step, and counts it.
    pub(super) fn made(&self, organisation: &Organisation, made: &Made<'_>) {
        log::info(
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

    /// Makes a write with the counts; where it fails, they are kept for the next one.
    pub(super) async fn with_counts(
        &self,
        write: impl AsyncFnOnce(Option<D1PreparedStatement>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(organisation) = self.organisation()? else { return write(None).await };
        let database = self.database()?;
        let counted = self.counts.take().into_iter().filter(|(_, times)| *times > 0);
        let rows: Vec<_> = counted.map(|((region, counter), times)| (region, counter, times)).collect();
        let written = async {
            let statement = database::counters::addition(&database, &organisation.id, &rows)?;
            write(statement).await
        };
        let written = written.await;
        if written.is_err() {
            for (region, counter, times) in rows {
                self.count(region, counter, times);
            }
        }
        written
    }

    /// The statements that tell how many mails are on their way, where that is news.
    fn depth_if_news(&self) -> Result<Option<(Vec<D1PreparedStatement>, DepthTold)>, Error> {
        let Some(organisation) = self.organisation()? else { return Ok(None) };
        let (now, is_empty) = (clock::now(), !self.outbox()?.is_any_on_its_way()?);
        let is_news = self
            .depth_told
            .get()
            .is_none_or(|(at, was_empty)| is_empty != was_empty || (!is_empty && now - at >= DEPTH_EVERY));
        if !is_news {
            return Ok(None);
        }
        let depths: Vec<_> = self.outbox()?.depths()?.into_iter().map(Depth::told).collect();
        let statements = database::depths::told(&self.database()?, &organisation.id, &depths)?;
        Ok(Some((statements, (now, is_empty))))
    }

    /// Tells D1 what is known of mails, and how many are on their way.
    pub(super) async fn settle(&self, settled: &[(EmailId, DeliveryResult)]) -> Result<(), Error> {
        let database = self.database()?;
        let (depth, told) = self.depth_if_news()?.unzip();
        self.with_counts(async |counts| {
            let besides = counts.into_iter().chain(depth.unwrap_or_default());
            database::emails::settle(&database, settled, besides).await
        })
        .await?;
        if told.is_some() {
            self.depth_told.set(told);
        }
        Ok(())
    }
}
