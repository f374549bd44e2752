//! One organisation that sends at its account's full rate while SES is slow and Cloudflare's limit of six connections holds.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use test_support::{
    Error, Result,
    wait::{self, Poll},
};

use super::{
    Bench,
    contender::{Contender, Variant},
    counts, email,
    fake_aws::MAX_SEND_RATE,
    line::{Line, Unit},
    load::{self, Connection},
};

/// The account's send rate, in emails per second.
const RATE: u32 = 200;

/// SES's response time.
const LATENCY: Duration = Duration::from_millis(250);

/// Connections of a request of the Worker, and of an object, that wait for a response at the same time.
const CONNECTIONS: u32 = 6;

/// Requests that the senders can have open: more than arrive while a request waits two seconds for its outcome.
const SENDERS: u32 = 600;

/// The rate is measured after this time, in which lanes may start.
const RAMP: Duration = Duration::from_secs(5);

/// How long a sender waits for a response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the queue may take to empty.
const DRAIN: Duration = Duration::from_secs(90);

/// Submits emails at [`RATE`] and measures how many SES receives.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let duration = Duration::from_secs(if bench.options.quick { 15 } else { 60 });
    bench.aws.configure(Duration::ZERO, RATE.into());
    let contender = Contender::kraiter(bench.tools, &bench.aws, Variant::Limited(CONNECTIONS))?;
    bench.aws.configure(LATENCY, RATE.into());
    let measured = run(bench, &contender, duration);
    bench.aws.configure(Duration::ZERO, MAX_SEND_RATE);
    let Outcome { share, failures, statuses } = measured?;
    let unconfirmed = statuses.get("unconfirmed").copied().unwrap_or_default();
    Ok(vec![
        Line::single("share of 200 emails/s sent, SES at 250 ms", Unit::Number, share)
            .checked_as("burstShare"),
        Line::single("unconfirmed although SES responded", Unit::Number, f64::from(unconfirmed))
            .checked_as("falselyUnconfirmed"),
        Line::single("requests without a response in 20 s", Unit::Number, f64::from(failures)),
    ])
}

/// What happened to the emails.
struct Outcome {
    /// Share of the rate that SES received.
    share: f64,
    /// Requests without a response.
    failures: u32,
    /// Number of emails by status after the queue is empty.
    statuses: BTreeMap<String, u32>,
}

fn run(bench: &Bench<'_>, contender: &Contender, duration: Duration) -> Result<Outcome> {
    let start = Instant::now();
    let total = RATE * u32::try_from(duration.as_secs()).unwrap_or_default();
    let (received, failures) = thread::scope(|scope| {
        let senders: Vec<_> =
            (0..SENDERS).map(|sender| scope.spawn(move || submit(contender, start, sender, total))).collect();
        thread::sleep(RAMP);
        let first = bench.aws.sent();
        thread::sleep((start + duration).saturating_duration_since(Instant::now()));
        let received = bench.aws.sent() - first;
        let failures = senders.into_iter().map(|sender| sender.join().unwrap_or(1)).sum();
        (received, failures)
    });
    drain(bench)?;
    counts::wait_until_quiet(contender)?;
    let expected = f64::from(RATE) * duration.saturating_sub(RAMP).as_secs_f64();
    let share = f64::from(u32::try_from(received).unwrap_or(u32::MAX)) / expected;
    Ok(Outcome { share, failures, statuses: statuses(contender)? })
}

/// Waits until SES receives nothing more.
fn drain(bench: &Bench<'_>) -> Result<()> {
    let mut last = bench.aws.sent();
    wait::until("the queue to be empty", DRAIN, Duration::from_secs(3), || {
        let sent = bench.aws.sent();
        let is_quiet = sent == last;
        last = sent;
        Ok(if is_quiet { Poll::Ready(()) } else { Poll::Pending(format!("{sent} emails sent")) })
    })
}

/// Submits every [`SENDERS`]th email at its time. Returns the number of requests without a response.
fn submit(contender: &Contender, start: Instant, sender: u32, total: u32) -> u32 {
    let mut failures = 0;
    let mut connection = None;
    for number in (sender..total).step_by(SENDERS as usize) {
        let at = start + Duration::from_secs(1) / RATE * number;
        thread::sleep(at.saturating_duration_since(Instant::now()));
        let request = email::keyed(contender, &format!("burst-{number}"));
        let open = || Connection::with_timeout(contender.server.address, RESPONSE_TIMEOUT);
        let result = connection.take().map_or_else(open, Ok).and_then(|mut connection| {
            connection.expect(email::ACCEPTED, &request)?;
            Ok(connection)
        });
        match result {
            Ok(open) => connection = Some(open),
            Err(_) => failures += 1,
        }
    }
    failures
}

/// Counts the organisation's emails by status.
fn statuses(contender: &Contender) -> Result<BTreeMap<String, u32>> {
    let mut connection = Connection::open(contender.server.address)?;
    let authorization = format!("Bearer {}", contender.api_key);
    let mut statuses = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let target = format!("/v1/emails?limit=100{cursor}");
        let request = load::request("GET", &target, &[("authorization", &authorization)], &[]);
        let page: Value = serde_json::from_slice(&connection.expect(200, &request)?)
            .map_err(|error| Error::Unexpected(format!("the list of emails: {error}")))?;
        for email in page["data"].as_array().into_iter().flatten() {
            *statuses.entry(email["status"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(statuses),
        }
    }
}
