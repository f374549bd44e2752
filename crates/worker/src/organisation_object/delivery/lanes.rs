//! Lanes: objects that send what this one has queued, each with connections of its own.
//!
//! A lane gets signed requests and returns SES's responses, so credentials stay in this object's memory. It stores nothing: if
//! a lane is lost, the responses to its emails count as lost after their deadline.

use aws_sans_io::{Error as AwsError, Operation, Region, signed_request};
use domain::{EmailId, delivery::Phase, email::SendOptions, onboarding::SessionLimits};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    Delivery,
    attempt::{Called, Caller},
    queue::{Next, Taken},
};
use crate::{
    clock,
    fetch::{WireRequest, WireResponse},
    http::Error,
    log, sender_object,
};

/// How long a lane waits for more emails before it ends.
const PATIENCE: Duration = Duration::seconds(2);

/// The calls that one object has in progress.
const CALLS_PER_LANE: f64 = 5.0;

/// The most lanes of a region.
const MAX_LANES: u32 = 64;

/// The queued emails that are worth a lane: what this object's own connections send in a moment needs none.
const MIN_QUEUE_PER_LANE: u32 = 20;

/// More connections than the rate and the duration of calls require on average.
const HEADROOM: f64 = 1.2;

/// The longest time from the moment of an email until its lane has called SES.
const LANE_DELAY: Duration = Duration::milliseconds(250);

/// What a lane brings.
#[derive(Serialize, Deserialize)]
pub(crate) struct LaneReport {
    pub(crate) region: Region,
    pub(crate) results: Vec<LaneResult>,
    /// The emails that the lane can send now.
    pub(crate) room: u32,
}

/// The result of one call.
#[derive(Serialize, Deserialize)]
pub(crate) struct LaneResult {
    pub(crate) id: EmailId,
    /// The attempt that the lane was given.
    pub(crate) attempt: u32,
    /// SES's response, or why there is none.
    pub(crate) response: Result<WireResponse, String>,
    /// The duration of the call in milliseconds.
    pub(crate) duration: u32,
}

/// What a lane gets.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct LaneWork {
    pub(crate) emails: Vec<LaneEmail>,
    /// Milliseconds after which to ask again; `None` if there is nothing more to send.
    pub(crate) ask_after: Option<u32>,
}

/// An email to send.
#[derive(Serialize, Deserialize)]
pub(crate) struct LaneEmail {
    pub(crate) id: EmailId,
    pub(crate) attempt: u32,
    /// When to send it.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub(crate) at: OffsetDateTime,
    pub(crate) request: WireRequest,
}

impl Delivery {
    /// Stores a lane's results, and gives it emails to send.
    ///
    /// # Errors
    /// Fails if the storage fails. The lane keeps results that were not stored.
    pub(crate) async fn exchange(&self, report: LaneReport) -> Result<LaneWork, Error> {
        for result in report.results {
            self.store_lane_result(result).await?;
        }
        let mut work = LaneWork::default();
        for _ in 0..report.room {
            if self.emails.next_is_mime(report.region)? {
                // This object sends it itself, from its chunks.
                work.ask_after = Some(milliseconds(PATIENCE));
                break;
            }
            match self.next(report.region).await? {
                Next::Email(taken) => {
                    if let Some(email) = self.sign(&taken).await? {
                        self.lanes_send_until.set(self.lanes_send_until.get().max(Some(email.at)));
                        work.emails.push(email);
                    }
                }
                Next::Ended => {}
                Next::Wait(Some(at)) if at - clock::now() <= PATIENCE => {
                    work.ask_after = Some(milliseconds(at - clock::now()));
                    break;
                }
                Next::Wait(_) => break,
            }
        }
        if !work.emails.is_empty() && work.ask_after.is_none() {
            work.ask_after = Some(0);
        }
        Ok(work)
    }

    /// Waits until lanes have sent what they were given: an organisation that was deleted must send nothing after the response.
    pub(crate) async fn wait_for_lanes(&self) {
        if let Some(until) = self.lanes_send_until.get() {
            clock::sleep(until + LANE_DELAY - clock::now()).await;
        }
    }

    /// Starts as many lanes as the region's rate needs beside this object's own connections, if the queue is long enough for them.
    pub(super) fn start_lanes(&self, region: Region) -> Result<(), Error> {
        let rate = self.with_pacer(region, |pacer| pacer.rate(clock::now()))?.unwrap_or_default();
        let needed = HEADROOM * rate * self.call_duration.get().as_seconds_f64() / CALLS_PER_LANE;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the number is small and positive"
        )]
        let needed = (needed.ceil() as u32).saturating_sub(1);
        let lanes = needed.min(self.queue_length(region)? / MIN_QUEUE_PER_LANE).min(MAX_LANES);
        let organisation = self.context.organisation()?.id;
        for number in 0..lanes {
            let (env, number) = (self.context.env.clone(), number);
            // This object never waits for a lane.
            wasm_bindgen_futures::spawn_local(async move {
                if let Err(error) = sender_object::start(&env, organisation, region, number).await {
                    log::error("lane_not_started", serde_json::json!({ "error": format!("{error:?}") }));
                }
            });
        }
        Ok(())
    }

    /// Records the duration of a call, as a moving average that rises faster than it falls.
    pub(super) fn record_duration(&self, duration: Duration) {
        let known = self.call_duration.get();
        let weight = if duration > known { 0.2 } else { 0.05 };
        self.call_duration.set(known + (duration - known) * weight);
    }

    async fn sign(&self, taken: &Taken) -> Result<Option<LaneEmail>, Error> {
        let outgoing = &taken.outgoing;
        self.in_flight.borrow_mut().remove(&outgoing.id);
        let limits = SessionLimits::sending(outgoing.email.restriction());
        let credentials = match self.connection.credentials(&taken.target, &limits).await? {
            Ok(credentials) => credentials,
            Err(error) => {
                self.end_attempt(outgoing, Called::Nobody(error), Caller::Queue, &|_| None).await?;
                return Ok(None);
            }
        };
        let options = self.connection.send_options(&taken.target, outgoing.email.tracking())?;
        let send = outgoing.email.send_email(&options, &outgoing.id.to_string());
        let endpoint = &self.context.settings()?.endpoint;
        let request = signed_request(&send, endpoint, taken.target.region, &credentials, clock::now())
            .map_err(|error| Error::internal(error.to_string()))?;
        let (id, attempt) = (outgoing.id, outgoing.attempts.count);
        Ok(Some(LaneEmail { id, attempt, at: taken.at, request: WireRequest::from(request) }))
    }

    async fn store_lane_result(&self, result: LaneResult) -> Result<(), Error> {
        let LaneResult { id, attempt, response, duration } = result;
        self.record_duration(Duration::milliseconds(duration.into()));
        // A result counts only for the attempt that the lane was given.
        let Some(outgoing) = self.emails.find_outgoing(id)? else { return Ok(()) };
        if outgoing.phase != Phase::Sending || outgoing.attempts.count != attempt {
            return Ok(());
        }
        let send = outgoing.email.send_email(&SendOptions::default(), "");
        let response = match response {
            Ok(response) => response.into_http().and_then(|response| send.parse_response(&response)),
            Err(reason) => Err(AwsError::Unreachable(reason)),
        };
        if response.as_ref().is_err_and(AwsError::rejects_credentials) {
            self.connection.forget_credentials();
            if let Err(error) = response {
                self.record_repeated_send(outgoing.region, &error);
                return self
                    .end_attempt(&outgoing, Called::Nobody(error), Caller::Queue, &|_| None)
                    .await
                    .map(drop);
            }
            return Ok(());
        }
        match response {
            Err(error) if error.rejects_configuration_overrides() => {
                self.record_repeated_send(outgoing.region, &error);
                self.connection.record_refused_overrides(outgoing.region)?;
                self.end_attempt(&outgoing, Called::Nobody(error), Caller::Queue, &|_| None).await.map(drop)
            }
            response => {
                self.end_attempt(&outgoing, Called::Ses(response), Caller::Queue, &|_| None).await.map(drop)
            }
        }
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.whole_milliseconds().max(1)).unwrap_or(u32::MAX)
}
