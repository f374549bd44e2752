//! What an email calls, writes and costs at list prices.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use test_support::{Error, Result, tools::Tools};

use super::{
    counts::{Counts, EmailCounts},
    line::{Line, Unit},
    storage::Usage,
};

/// An object's memory is billed as 128 MB.
const OBJECT_GIGABYTES: f64 = 0.128;

/// The largest D1 database, and the largest Durable Object, in bytes.
const MAX_BYTES: f64 = 10e9;

/// Days that emails are stored, by default.
const RETENTION_DAYS: f64 = 30.0;

/// List prices, from `benches/prices.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Prices {
    dollars_per_million: BTreeMap<String, f64>,
    dollars_per_gigabyte_month: BTreeMap<String, f64>,
}

impl Prices {
    pub(super) fn read(tools: &Tools) -> Result<Self> {
        let path = tools.root().join("benches").join("prices.json");
        let text = fs::read(&path).map_err(Error::io(format!("read {}", path.display())))?;
        serde_json::from_slice(&text)
            .map_err(|error| Error::Unexpected(format!("{}: {error}", path.display())))
    }

    /// Returns the dollars of a million emails that each have these counts.
    fn of_counts(&self, counts: &Counts) -> f64 {
        let objects = ["objectCalls", "alarmsRun"].map(|name| counts.get(name)).iter().sum();
        let seconds = counts.get("objectMilliseconds") / 1000.0;
        [
            ("workerRequests", counts.get("requests")),
            ("objectRequests", objects),
            ("objectGigabyteSeconds", seconds * OBJECT_GIGABYTES),
            ("rowsRead", counts.get("d1RowsRead") + counts.get("objectRowsRead")),
            ("rowsWritten", counts.rows_written()),
        ]
        .iter()
        .map(|(name, quantity)| self.per_million(name) * quantity)
        .sum()
    }

    /// Returns the dollars of a million emails that each use this CPU time and are stored for a month.
    fn of_usage(&self, usage: &Usage) -> f64 {
        let month = |name| self.dollars_per_gigabyte_month.get(name).copied().unwrap_or_default();
        // A million emails of one byte are one megabyte.
        let storage = (usage.d1_bytes * month("d1") + usage.object_bytes * month("object")) / 1000.0;
        self.per_million("workerCpuMilliseconds") * usage.cpu_milliseconds + storage
    }

    fn per_million(&self, name: &str) -> f64 {
        self.dollars_per_million.get(name).copied().unwrap_or_default()
    }
}

/// Returns the lines of the counts.
pub(super) fn of_counts(counts: &EmailCounts) -> Vec<Line> {
    let EmailCounts { lone, busy, busy_rate, busy_seconds: seconds, with_events, retention } = counts;
    let number = |name: &str, value| Line::single(name, Unit::Number, value);
    // The first alarm in the measured seconds may be the one of that minute.
    let further_alarms = (busy.get("alarmsSet") * busy_rate * seconds - 1.0).max(0.0);
    let rows = with_events.rows_written();
    vec![
        number("object calls per keyed send", lone.get("objectCalls")).checked_as("objectCalls"),
        number("D1 round trips per keyed send", lone.get("d1RoundTrips")).checked_as("d1RoundTrips"),
        number("SES and STS calls per keyed send", lone.get("fetches")),
        number("timers that run on after a keyed send", lone.get("timersLeft")).checked_as("timersLeft"),
        number("SQL statements in objects per keyed send", lone.get("execs")),
        number("alarms set per minute under load", further_alarms / seconds * 60.0)
            .checked_as("alarmsPerMinute"),
        number("limiter calls per second under load", busy.limiter_calls() * busy_rate)
            .checked_as("limiterCallsPerSecond"),
        number("limiter calls of a lone email", lone.limiter_calls()).checked_as("limiterCallsLone"),
        number("rows written per email with three events", rows).checked_as("rowsWritten"),
        number("the same with retention's deletes", rows + retention.data_rows_written())
            .checked_as("rowsWrittenWithRetention"),
    ]
}

/// Returns the lines about storage.
pub(super) fn of_usage(usage: &Usage) -> Vec<Line> {
    let bytes = usage.d1_bytes + usage.object_bytes;
    let largest = usage.d1_bytes.max(usage.object_bytes);
    let scope = if usage.d1_bytes > usage.object_bytes { "of all organisations" } else { "per organisation" };
    vec![
        Line::single("stored per email with three events", Unit::Bytes, bytes.round())
            .checked_as("bytesPerEmail"),
        Line::single(
            format!("emails per day {scope} at 30 days' retention"),
            Unit::Number,
            (MAX_BYTES / largest / RETENTION_DAYS).round(),
        )
        .checked_as("emailsPerDay"),
        Line::single("CPU time of an email with three events", Unit::CpuMilliseconds, usage.cpu_milliseconds),
    ]
}

/// Returns the line with the price of a million emails.
pub(super) fn of_prices(prices: &Prices, counts: &EmailCounts, usage: &Usage) -> Line {
    let retention = counts.retention.only_data_rows();
    let dollars =
        prices.of_counts(&counts.with_events) + prices.of_counts(&retention) + prices.of_usage(usage);
    Line::single("a million emails with three events, list prices", Unit::Dollars, dollars)
        .checked_as("dollarsPerMillion")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_the_sum_of_counts_cpu_time_and_storage() {
        let prices = Prices::read(&Tools::locate().unwrap()).unwrap();
        let counts: Counts = serde_json::from_str(
            r#"{ "requests": 4, "objectCalls": 3, "alarmsRun": 1, "objectMilliseconds": 100, "objectRowsWritten": 5,
                 "d1RowsWritten": 1, "alarmsSet": 1, "d1RowsRead": 1000 }"#,
        )
        .unwrap();
        let of_counts = prices.of_counts(&counts);
        // 4 × 0.30 + 4 × 0.15 + 0.0128 GB-s × 12.50 + 1,000 × 0.001 + 7 × 1.00
        assert!((of_counts - 9.96).abs() < 1e-9, "{of_counts}");
        let usage = Usage { d1_bytes: 1000.0, object_bytes: 1000.0, cpu_milliseconds: 10.0 };
        let of_usage = prices.of_usage(&usage);
        assert!((of_usage - (0.75 + 0.2 + 0.2)).abs() < 1e-9, "{of_usage}");
    }
}
