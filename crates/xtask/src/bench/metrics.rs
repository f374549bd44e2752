//! An organisation's metrics when many emails are stored.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use test_support::{Error, Result};

use super::{
    Bench,
    contender::{Contender, Variant},
    counts::control,
    email,
    line::{Line, Unit},
    load::{self, Connection},
    rounds::{milliseconds, with_cpu_time},
};

/// The time over which the emails are spread.
const DAYS: u64 = 30;

/// Pages that are measured together.
const PAGES: u32 = 20;

/// The longest time in which all emails are counted.
const MAX_COUNTING: Duration = Duration::from_mins(5);

/// Measures the page of 30 days by domain: the first one, for which nothing has been counted, and those after all emails are counted.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let emails = bench.emails();
    let contender = Contender::kraiter(bench.tools, &bench.aws, Variant::Counted)?;
    email::send_many(&contender, 1)?;
    let every = DAYS * 86_400_000 / emails;
    control(&contender, "POST", &format!("clone?table=emails&rows={emails}&every={every}"))?;
    let mut connection = Connection::open(contender.server.address)?;
    let authorization = format!("Bearer {}", contender.api_key);
    let path = "/v1/metrics?group=domain";
    let request = load::request("GET", path, &[("authorization", &authorization)], &[]);
    let mut page = || -> Result<Value> {
        let body = connection.expect(200, &request)?;
        serde_json::from_slice(&body).map_err(|error| Error::Unexpected(format!("{path}: {error}")))
    };
    let (_, first) = with_cpu_time(&contender.server, &mut page)?;
    let start = Instant::now();
    let mut counted = Value::Null;
    while counted["upToDate"] != true {
        if start.elapsed() > MAX_COUNTING {
            return Err(Error::Unexpected("the emails are not counted in time".into()));
        }
        // The pages share a limit.
        thread::sleep(Duration::from_secs(2));
        counted = page()?;
    }
    let total = counted["totals"]["accepted"].as_u64();
    if total.is_none_or(|total| total < emails) {
        return Err(Error::Unexpected(format!("{total:?} of {emails} emails were counted")));
    }
    let counting = start.elapsed();
    let ((), pages) = with_cpu_time(&contender.server, || (0..PAGES).try_for_each(|_| page().map(drop)))?;
    let name = |what: &str| format!("{what} with {emails} emails stored");
    let line = |what: &str, unit, value| Line::single(name(what), unit, value);
    Ok(vec![
        line("first metrics page", Unit::CpuMilliseconds, milliseconds(first))
            .checked_as("firstMetricsPageMilliseconds"),
        line("metrics page", Unit::CpuMilliseconds, milliseconds(pages / PAGES))
            .checked_as("metricsPageMilliseconds"),
        line("time until metrics are counted", Unit::Milliseconds, milliseconds(counting)),
    ])
}
