//! Delivery: from the acceptance of an email to its result.
//!
//! | file | contents |
//! |---|---|
//! | `accept` | accepting one email |
//! | `batch` | accepting the emails of a batch |
//! | `attempt` | calling SES, and what becomes of the email |
//! | `pace` | leases of the send rate, and reading the account's limits |
//! | `queue`, `lanes` | sending queued emails, from this object and from others |
//! | `due` | emails that are due; recovery after a restart |
//! | `rollback` | a storage that was put back |
//! | `reconcile` | emails for which SES's response was lost |
//! | `dry_run` | what would happen to an email |
//! | `cancel`, `end_all` | cancellation, and the end of a connection |
//! | `reschedule` | another time for a scheduled email |
//! | `events` | SES's events |
//! | `silence` | notices that no events arrive |
//! | `status` | what is shown of the queue |
//! | `permits`, `waiters` | at most five SES calls at a time; requests that wait for an outcome |

mod accept;
mod attempt;
mod batch;
mod cancel;
mod dry_run;
mod due;
mod end_all;
mod events;
mod lanes;
mod pace;
mod permits;
mod queue;
mod reconcile;
mod reschedule;
mod rollback;
mod silence;
mod status;
mod waiters;

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    rc::{Rc, Weak},
};

use api_contract::{Hold as HoldView, SentEmail, StoredResponse};
use aws_sans_io::Region;
use domain::{
    EmailId,
    delivery::{Counter, DeliveryResult, DeniedSends, EmailStatus, EmailStepKind, EventWatch},
    feed::FeedEntry,
    rate_limit::{Hold, Pacer},
};
use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};

pub(crate) use self::{
    accept::Accepted,
    accept::WATCH,
    batch::BatchEmail,
    events::StoreEvent,
    lanes::{LaneEmail, LaneReport, LaneResult, LaneWork},
};
use self::{events::RegionTimes, permits::Permits, waiters::Waiters};
use super::{
    connection::ConnectionManager, context::Context, emails::Emails, feed::Feed, reputation::Reputation,
    stored::Stored, suppression::SuppressionList, totals::TotalsReporter,
};
use crate::{clock, http::Error, log};

/// The longest time that a call to SES can take, with a renewal of credentials and a second call.
const LONGEST_CALL: Duration = Duration::minutes(1);

/// The same for a message in chunks, which may be slow to upload.
const LONGEST_UPLOAD: Duration = Duration::minutes(5);

/// Returns the longest time that sending an email can take.
const fn longest_call(is_mime: bool) -> Duration {
    if is_mime { LONGEST_UPLOAD } else { LONGEST_CALL }
}

/// What is known of emails that requests are sending, without an index of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// Emails that requests may still be sending were accepted at this time or later, in milliseconds since 1970.
    since: i64,
    /// Rises with each mark. If it is lower than before, the storage was put back.
    epoch: u64,
}

/// Sends the organisation's emails.
pub(crate) struct Delivery {
    this: Weak<Self>,
    context: Rc<Context>,
    emails: Rc<Emails>,
    feed: Rc<Feed>,
    connection: Rc<ConnectionManager>,
    suppression: Rc<SuppressionList>,
    reputation: Rc<Reputation>,
    totals: Rc<TotalsReporter>,
    permits: Rc<Permits>,
    waiters: Waiters,
    /// Emails that this instance is sending.
    in_flight: RefCell<HashSet<EmailId>>,
    pacers: RefCell<HashMap<Region, Pacer>>,
    /// Held while the rate limiter of a region is asked.
    asking: RefCell<HashMap<Region, Rc<Mutex<()>>>>,
    /// Regions from which nothing is sent because the connection doesn't work. A new instance finds them again.
    holds: RefCell<HashMap<Region, Hold>>,
    /// Regions in which SES refused an email because of the account, until the next email is tried. A new instance finds them again.
    refusals: RefCell<HashMap<Region, Hold>>,
    /// Emails in a row that AWS denied, by region.
    denied: RefCell<HashMap<Region, DeniedSends>>,
    mark: Stored<Mark>,
    /// When an event last arrived from each region, to the minute.
    last_events: RegionTimes,
    /// When the webhook last failed for each region's topic, to the minute.
    webhook_failures: RegionTimes,
    event_watches: Stored<HashMap<Region, EventWatch>>,
    is_recovered: Cell<bool>,
    /// Whether there may be a queue. Unknown after a restart.
    has_queue: Cell<bool>,
    /// The length of each region's queue, and when it was counted.
    queue_lengths: RefCell<HashMap<Region, (OffsetDateTime, u32)>>,
    /// How long calls to SES take.
    call_duration: Cell<Duration>,
    /// When queued emails are sent next.
    next_queue_run: Cell<Option<OffsetDateTime>>,
    /// Whether queued emails are being sent.
    is_sending_queue: Cell<bool>,
    /// When the last email that was given to a lane is to be sent.
    lanes_send_until: Cell<Option<OffsetDateTime>>,
}

impl Delivery {
    pub(crate) fn new(
        context: Rc<Context>,
        emails: Rc<Emails>,
        feed: Rc<Feed>,
        connection: Rc<ConnectionManager>,
        suppression: Rc<SuppressionList>,
        reputation: Rc<Reputation>,
        totals: Rc<TotalsReporter>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            context,
            emails,
            feed,
            connection,
            suppression,
            reputation,
            totals,
            permits: Rc::default(),
            waiters: Waiters::default(),
            in_flight: RefCell::default(),
            pacers: RefCell::default(),
            asking: RefCell::default(),
            holds: RefCell::default(),
            refusals: RefCell::default(),
            denied: RefCell::default(),
            mark: Stored::new("mark"),
            last_events: Stored::new("last_events"),
            webhook_failures: Stored::new("webhook_failures"),
            event_watches: Stored::new("event_watches"),
            is_recovered: Cell::default(),
            has_queue: Cell::new(true),
            queue_lengths: RefCell::default(),
            call_duration: Cell::new(Duration::milliseconds(100)),
            next_queue_run: Cell::default(),
            is_sending_queue: Cell::default(),
            lanes_send_until: Cell::default(),
        })
    }

    /// Returns the response to the request that created an email, if it is known.
    pub(crate) fn stored_response(&self, id: EmailId) -> Result<Option<StoredResponse>, Error> {
        let Some(text) = self.emails.response(id)? else { return Ok(None) };
        let unreadable = || Error::internal("the storage holds an unreadable response");
        let (status, body) = text.split_once(' ').ok_or_else(unreadable)?;
        let status = status.parse().map_err(|_| unreadable())?;
        Ok(Some(StoredResponse { status, body: body.to_owned() }))
    }

    /// Returns why nothing is sent from a region at `now`.
    fn hold(&self, region: Region, now: OffsetDateTime) -> Option<Hold> {
        let connection = self.holds.borrow().get(&region).copied().filter(|hold| hold.retry_at > now);
        connection
            .or_else(|| self.refusal(region, now))
            .or_else(|| self.pacers.borrow().get(&region).and_then(|pacer| pacer.hold(now)))
    }

    /// Returns the hold of a region in which SES refused the last email because of the account.
    fn refusal(&self, region: Region, now: OffsetDateTime) -> Option<Hold> {
        self.refusals.borrow().get(&region).copied().filter(|hold| hold.retry_at > now)
    }

    /// Returns the response for an accepted email: a queued one says why.
    fn sent_email(&self, id: EmailId, region: Region, status: EmailStatus) -> SentEmail {
        let hold = (status == EmailStatus::Queued).then(|| self.hold(region, clock::now())).flatten();
        SentEmail { hold: hold.map(HoldView::from), ..SentEmail::new(id, status) }
    }

    fn set_hold(&self, region: Region, hold: Option<Hold>) {
        let mut holds = self.holds.borrow_mut();
        match hold {
            Some(hold) => holds.insert(region, hold),
            None => holds.remove(&region),
        };
    }

    /// Records an email's final result, and appends it to the feed unless the email had finished, or an event had proved that
    /// it was sent.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is written.
    fn finish(
        &self,
        id: EmailId,
        result: &DeliveryResult,
        response: Option<&str>,
        has_chunks: bool,
    ) -> Result<(), Error> {
        // Without a feed, one statement is enough.
        if !self.feed.is_on()? {
            return self.emails.finish(id, result, response, has_chunks).map(drop);
        }
        self.context.sql.transaction(|| {
            // SES's event may have come before its response.
            let is_known = self.emails.status(id)?.is_some_and(|status| status >= EmailStatus::Sent);
            if self.emails.finish(id, result, response, has_chunks)? && !is_known {
                self.feed.append(FeedEntry::finished(id, result, clock::now()))?;
            }
            Ok(())
        })
    }

    /// Logs and counts a step of an email.
    pub(super) fn record_step(&self, step: &Step<'_>) -> Result<(), Error> {
        log::info(
            "email",
            json!({
                "organisationId": self.context.organisation()?.id,
                "emailId": step.id,
                "region": step.region,
                "step": step.kind,
                "attempt": step.attempt,
                "code": step.code,
            }),
        );
        self.count_step(step);
        Ok(())
    }

    fn count_step(&self, step: &Step<'_>) {
        if let Some(counter) = Counter::of_step(step.kind, step.throttled) {
            self.totals.count(step.region, counter, 1);
        }
    }
}

/// A step of an email, for logs and metrics.
pub(super) struct Step<'a> {
    id: EmailId,
    region: Region,
    kind: EmailStepKind,
    /// AWS's error code, or Kraiter's.
    code: Option<&'a str>,
    /// The number of the attempt, if it was one.
    attempt: Option<u32>,
    /// Whether SES throttled.
    throttled: bool,
}

impl<'a> Step<'a> {
    /// Returns a step that is no attempt.
    pub(super) const fn new(id: EmailId, region: Region, kind: EmailStepKind, code: Option<&'a str>) -> Self {
        Self { id, region, kind, code, attempt: None, throttled: false }
    }
}
