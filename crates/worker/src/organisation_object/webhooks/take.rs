//! The deliveries that begin now.

use domain::{
    EmailId, WebhookId,
    feed::FeedEventType,
    webhooks::{Lineup, Progress, Step, WebhookEndpoint, share, sign},
};
use time::{Duration, OffsetDateTime};

use super::{CALLS, InFlight, WebhookReport, WebhookRequest, WebhookWork, Webhooks, email_key, key};
use crate::{
    clock,
    http::Error,
    organisation_object::{feed::number, sql},
};

const DUE: &str = "SELECT number, attempts, email FROM webhook_deliveries WHERE endpoint = ? AND due_at <= ? ORDER BY due_at LIMIT ?";
const NEXT: &str = "SELECT f.number, f.type, f.email, d.number FROM feed f \
     LEFT JOIN webhook_deliveries d ON d.endpoint = ?1 AND d.number = f.number WHERE f.number > ?2 ORDER BY f.number LIMIT ?3";
const HAS_PENDING: &str =
    "SELECT 1 FROM webhook_deliveries WHERE endpoint = ? AND email = ? AND state = 0 AND number < ? LIMIT 1";
const QUEUE: &str =
    "INSERT INTO webhook_deliveries (endpoint, number, email, state, attempts) VALUES (?, ?, ?, 0, 0)";

/// Events that are looked at in one statement.
const WINDOW: u32 = 100;

/// Windows that one exchange looks at, if an endpoint wants none of the events in them.
const WINDOWS: u32 = 10;

/// After this time without a result, the lane counts as lost, and the event is delivered again.
const LOST_AFTER: Duration = Duration::seconds(60);

/// If a retry is due within this time, the lane waits for it.
const PATIENCE: Duration = Duration::seconds(5);

impl Webhooks {
    /// Records the lane's results, and gives it requests to make.
    ///
    /// # Errors
    /// Fails if the storage fails. Deliveries without a recorded result are repeated.
    pub(crate) async fn exchange(&self, report: WebhookReport) -> Result<WebhookWork, Error> {
        for result in report.results {
            self.record(result)?;
        }
        let now = clock::now();
        self.in_flight.borrow_mut().retain(|_, delivery| delivery.began_at > now - LOST_AFTER);
        let requests = self.take(report.room, now)?;
        let due = self.next_retry()?.filter(|at| *at <= now + PATIENCE);
        let is_busy = !self.in_flight.borrow().is_empty();
        let ask_after = due.map(|at| u32::try_from((at - now).whole_milliseconds().max(1)).unwrap_or(1));
        self.lane_until.set((is_busy || ask_after.is_some()).then_some(now + LOST_AFTER));
        if let Some(at) = self.next_due()? {
            self.context.alarm.ring_by(at).await?;
        }
        Ok(WebhookWork { requests, ask_after })
    }

    fn take(&self, room: usize, now: OffsetDateTime) -> Result<Vec<WebhookRequest>, Error> {
        let endpoints = self.all()?;
        let mut enabled: Vec<_> = endpoints.iter().filter(|endpoint| endpoint.disabled.is_none()).collect();
        if enabled.is_empty() {
            return Ok(Vec::new());
        }
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        let first = turn % enabled.len();
        enabled.rotate_left(first);
        let mut requests = Vec::new();
        for endpoint in &enabled {
            let used = self.in_flight.borrow().keys().filter(|(id, _)| *id == endpoint.id).count();
            let share = share(endpoint.failing_since().is_some(), enabled.len() == 1, CALLS);
            let free = share.saturating_sub(used).min(room.saturating_sub(requests.len()));
            let retries = self.take_retries(endpoint, free, now)?;
            let free = free.saturating_sub(retries.len());
            requests.extend(retries);
            requests.extend(self.take_new(endpoint, free, now)?);
        }
        Ok(requests)
    }

    /// Returns retries that are due.
    fn take_retries(
        &self,
        endpoint: &WebhookEndpoint,
        free: usize,
        now: OffsetDateTime,
    ) -> Result<Vec<WebhookRequest>, Error> {
        let mut requests = Vec::new();
        if free == 0 {
            return Ok(requests);
        }
        // Those in progress are among the rows.
        let limit = u32::try_from(free + CALLS).unwrap_or(WINDOW);
        for row in self.context.sql.rows(DUE, [key(endpoint.id), sql::time(now), limit.into()])? {
            let event: u64 = row.integer(0)?;
            if requests.len() == free || self.in_flight.borrow().contains_key(&(endpoint.id, event)) {
                continue;
            }
            let attempts: u32 = row.integer(1)?;
            let email = EmailId::from_bytes(row.array(2).unwrap_or_default());
            match self.request(endpoint, event, attempts + 1, email, now)? {
                Some(request) => requests.push(request),
                None => self.expire(endpoint.id, event)?,
            }
        }
        Ok(requests)
    }

    /// Goes through the events after the endpoint's position.
    fn take_new(
        &self,
        endpoint: &WebhookEndpoint,
        free: usize,
        now: OffsetDateTime,
    ) -> Result<Vec<WebhookRequest>, Error> {
        let start = self.position(endpoint.id)?;
        let (mut position, mut lineup, mut requests) = (start, Lineup::new(free), Vec::new());
        for _ in 0..WINDOWS {
            let rows = self.context.sql.rows(NEXT, [key(endpoint.id), number(position), WINDOW.into()])?;
            for row in &rows {
                let event: u64 = row.integer(0)?;
                let email = row.optional_array(2)?.and_then(EmailId::from_bytes);
                match lineup.next(email, self.progress(endpoint, event, email, row)?) {
                    Step::Deliver => requests.extend(self.request(endpoint, event, 1, email, now)?),
                    Step::Queue => {
                        let values = [key(endpoint.id), number(event), email_key(email)];
                        self.context.sql.run(QUEUE, values)?;
                    }
                    Step::Skip | Step::Later => {}
                }
                if lineup.is_contiguous() {
                    position = event;
                }
            }
            if !lineup.is_contiguous() || rows.len() < WINDOW as usize {
                break;
            }
        }
        if position != start {
            self.set_position(endpoint.id, Some(position))?;
        }
        Ok(requests)
    }

    /// Returns how far the endpoint has come with an event.
    fn progress(
        &self,
        endpoint: &WebhookEndpoint,
        event: u64,
        email: Option<EmailId>,
        row: &sql::Row,
    ) -> Result<Progress, Error> {
        let kind = FeedEventType::from_number(row.integer(1)?);
        let is_wanted = kind.is_some_and(|kind| endpoint.events.contains(kind));
        let is_recorded = row.optional_integer::<u64>(3)?.is_some();
        if !is_wanted || is_recorded {
            return Ok(Progress::Done);
        }
        if self.in_flight.borrow().contains_key(&(endpoint.id, event)) {
            return Ok(Progress::InFlight);
        }
        let values = [key(endpoint.id), email_key(email), number(event)];
        let is_behind_retry = self.context.sql.row(HAS_PENDING, values)?.is_some();
        Ok(if is_behind_retry { Progress::BehindRetry } else { Progress::New })
    }

    /// Returns the signed request for an event, or `None` if it has expired. It counts as in progress.
    fn request(
        &self,
        endpoint: &WebhookEndpoint,
        event: u64,
        attempt: u32,
        email: Option<EmailId>,
        now: OffsetDateTime,
    ) -> Result<Option<WebhookRequest>, Error> {
        let Some(found) = self.feed.event(event)? else { return Ok(None) };
        let body = serde_json::to_string(&found)?;
        let delivery = InFlight { attempt, email, began_at: now };
        self.in_flight.borrow_mut().insert((endpoint.id, event), delivery);
        Ok(Some(signed(endpoint, event, attempt, &found.id.to_string(), body, now)))
    }

    /// Returns when the next retry is due at an enabled endpoint.
    pub(super) fn next_retry(&self) -> Result<Option<OffsetDateTime>, Error> {
        const NEXT_DUE: &str =
            "SELECT min(due_at) FROM webhook_deliveries WHERE endpoint = ? AND due_at IS NOT NULL";
        let mut next = None;
        for endpoint in self.all()?.iter().filter(|endpoint| endpoint.disabled.is_none()) {
            let row = self.context.sql.row(NEXT_DUE, [key(endpoint.id)])?;
            let due = row.map_or(Ok(None), |row| row.optional_time(0))?;
            next = next.into_iter().chain(due).min();
        }
        Ok(next)
    }
}

/// Returns a signed request.
pub(super) fn signed(
    endpoint: &WebhookEndpoint,
    number: u64,
    attempt: u32,
    id: &str,
    body: String,
    now: OffsetDateTime,
) -> WebhookRequest {
    let signature = sign(endpoint.secrets(now), id, now, &body);
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("user-agent".to_owned(), "Kraiter-Webhooks/1".to_owned()),
    ];
    headers.extend(signature.map(|(name, value)| (name.to_owned(), value)));
    let (endpoint, url): (WebhookId, _) = (endpoint.id, endpoint.url.to_string());
    WebhookRequest { endpoint, number, attempt, url, headers, body }
}
