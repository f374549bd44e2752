//! Exact counts: what a send and its events call, write and store, counted by `benches/wrapper.mjs` inside the Worker.

use std::{collections::BTreeMap, thread, time::Duration};

use serde::{Deserialize, Serialize};
use test_support::{Error, Result};
use time::OffsetDateTime;

use super::{
    Bench,
    contender::{Contender, Variant},
    email,
    events::{self, Messages},
    fake_aws::MAX_SEND_RATE,
    load::{self, Connection, End, Load},
};

/// Without a call for this long, the Worker has finished what a request started.
const QUIET: Duration = Duration::from_millis(400);

/// How long emails flow before they are counted.
const WARM_UP: Duration = Duration::from_secs(5);

/// The longest wait for [`QUIET`].
const MAX_QUIET_CHECKS: usize = 40;

/// An email that follows this long after another one is alone: an organisation may send one per second without asking the rate limiter.
const LONE_INTERVAL: Duration = Duration::from_secs(1);

/// How far the clock is advanced to end the retention period of 30 days.
const AHEAD: time::Duration = time::Duration::days(32);

/// SES's latency while the billed time of objects is counted: about what a call within one region takes.
const SEND_LATENCY: Duration = Duration::from_millis(50);

/// Numbers by the names that `benches/wrapper.mjs` gives them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Counts(BTreeMap<String, f64>);

impl Counts {
    pub(super) fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Returns the rows written by D1 and by objects. Cloudflare bills an alarm as a row.
    pub(super) fn rows_written(&self) -> f64 {
        ["d1RowsWritten", "objectRowsWritten", "alarmsSet"].map(|name| self.get(name)).iter().sum()
    }

    /// Returns the rows written without those that alarms are billed as.
    pub(super) fn data_rows_written(&self) -> f64 {
        self.rows_written() - self.get("alarmsSet")
    }

    /// Returns the calls to the rate limiter's objects.
    pub(super) fn limiter_calls(&self) -> f64 {
        let is_limiter = |name: &str| name.starts_with("objectCalls:") && name.contains("LIMITER");
        // The sum of no numbers is -0.
        self.0.iter().filter(|(name, _)| is_limiter(name)).fold(0.0, |sum, (_, calls)| sum + calls)
    }

    /// Returns only the rows. The benchmark starts the deletion more often than the cron job and alarms would.
    pub(super) fn only_data_rows(&self) -> Self {
        let is_row = |name: &str| name.ends_with("RowsRead") || name.ends_with("RowsWritten");
        Self(
            self.0
                .iter()
                .filter(|(name, _)| is_row(name))
                .map(|(name, value)| (name.clone(), *value))
                .collect(),
        )
    }

    fn add(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            *self.0.entry(name.clone()).or_default() += value;
        }
    }

    /// Returns the counts divided by a number of emails or seconds.
    pub(super) fn per(&self, divisor: f64) -> Self {
        Self(self.0.iter().map(|(name, value)| (name.clone(), value / divisor)).collect())
    }
}

/// Takes the counts since the last call.
pub(super) fn take(contender: &Contender) -> Result<Counts> {
    let body = control(contender, "GET", "counts")?;
    serde_json::from_slice(&body).map_err(|error| Error::Unexpected(format!("the counts: {error}")))
}

/// Calls a path of `benches/wrapper.mjs`.
pub(super) fn control(contender: &Contender, method: &str, path: &str) -> Result<Vec<u8>> {
    let request = load::request(method, &format!("/__bench/{path}"), &[], &[]);
    Connection::open(contender.server.address)?.expect(200, &request)
}

/// Waits until the Worker is quiet and returns the counts since they were last taken.
pub(super) fn wait_until_quiet(contender: &Contender) -> Result<Counts> {
    let mut total = take(contender)?;
    for _ in 0..MAX_QUIET_CHECKS {
        thread::sleep(QUIET);
        let counts = take(contender)?;
        if counts.0.is_empty() {
            break;
        }
        total.add(&counts);
    }
    Ok(total)
}

/// Counts of one email in different situations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EmailCounts {
    /// A single email with an idempotency key, while nothing else happens.
    pub(super) lone: Counts,
    /// One of many emails with idempotency keys, over 20 connections.
    pub(super) busy: Counts,
    /// Emails per second in that load.
    pub(super) busy_rate: f64,
    /// Seconds of that load.
    pub(super) busy_seconds: f64,
    /// An email with an idempotency key and the events Send, Delivery and Open.
    pub(super) with_events: Counts,
    /// Its deletion when the retention period is over.
    pub(super) retention: Counts,
}

/// How many emails are counted.
pub(super) struct Scale {
    pub(super) lone: u32,
    /// As long as the interval of an organisation's reports, because each sets the alarm.
    pub(super) busy: Duration,
    pub(super) with_events: u32,
}

/// Counts emails on two fresh Workers.
pub(super) fn measure(bench: &Bench<'_>, scale: &Scale) -> Result<EmailCounts> {
    let start = || Contender::kraiter(bench.tools, &bench.aws, Variant::Counted);
    let contender = start()?;
    send_keyed(&contender, "warm", 10)?;
    wait_until_quiet(&contender)?;
    let mut lone = Counts::default();
    for number in 0..scale.lone {
        thread::sleep(LONE_INTERVAL);
        send_keyed(&contender, &format!("lone-{number}"), 1)?;
        lone.add(&wait_until_quiet(&contender)?);
    }
    let run_load = |key: &str, duration| {
        load::run(&Load {
            address: contender.server.address,
            connections: 20,
            end: End::After(duration),
            request: &|number| email::keyed(&contender, &format!("{key}-{number}")),
            status: 202,
        })
    };
    // When the load begins, the alarm is set for it.
    run_load("first", WARM_UP)?;
    take(&contender)?;
    let outcome = run_load("busy", scale.busy)?;
    let busy = take(&contender)?.per(outcome.requests());
    drop(contender);

    let contender = start()?;
    send_keyed(&contender, "warm", 10)?;
    wait_until_quiet(&contender)?;
    bench.aws.configure(SEND_LATENCY, MAX_SEND_RATE);
    let ids = send_keyed(&contender, "counted", scale.with_events)?;
    bench.aws.configure(Duration::ZERO, MAX_SEND_RATE);
    let messages = Messages::sign(&ids, &bench.aws)?;
    let mut connection = Connection::open(contender.server.address)?;
    for number in 0..messages.len() {
        connection.expect(events::STATUS, &messages.request(&contender, number))?;
    }
    let emails = f64::from(scale.with_events);
    let with_events = wait_until_quiet(&contender)?.per(emails);
    let retention = retain(&contender)?.per(emails);
    Ok(EmailCounts {
        lone: lone.per(scale.lone.into()),
        busy,
        busy_rate: outcome.per_second(),
        busy_seconds: outcome.elapsed.as_secs_f64(),
        with_events,
        retention,
    })
}

/// Sends emails with idempotency keys, one after the other, and returns their IDs.
fn send_keyed(contender: &Contender, key: &str, emails: u32) -> Result<Vec<String>> {
    let mut connection = Connection::open(contender.server.address)?;
    let mut send =
        |number| email::send(&mut connection, &email::keyed(contender, &format!("{key}-{number}")));
    (0..emails).map(&mut send).collect()
}

/// Lets the retention period pass and returns the counts of the deletion.
fn retain(contender: &Contender) -> Result<Counts> {
    let ahead = AHEAD.whole_milliseconds();
    control(contender, "POST", &format!("clock?ahead={ahead}"))?;
    let now = OffsetDateTime::now_utc() + AHEAD;
    let now = now.unix_timestamp() * 1000;
    let mut total = Counts::default();
    // Each run deletes a slice.
    for _ in 0..MAX_QUIET_CHECKS {
        control(contender, "POST", &format!("scheduled?time={now}"))?;
        control(contender, "POST", "alarms")?;
        let counts = wait_until_quiet(contender)?;
        let is_done = counts.data_rows_written() < 1.0;
        total.add(&counts);
        if is_done {
            break;
        }
    }
    control(contender, "POST", "clock?ahead=0")?;
    Ok(total)
}
