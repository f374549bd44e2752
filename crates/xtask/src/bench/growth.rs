//! What grows with the number of organisations and of emails.

use std::time::Duration;

use test_support::{Error, Result, test_env::ADMIN_TOKEN};

use super::{
    Bench,
    contender::{Contender, Variant},
    counts::{control, take},
    email,
    events::Messages,
    line::{Line, Unit, of_rounds},
    load::{self, Connection, End, Load},
    rounds::{self, Work, milliseconds},
};

/// Organisations in the smaller directory.
const FEW_ORGANISATIONS: u64 = 10;

/// Emails with events that both objects have stored.
const FEW_EMAILS: u64 = 100;

/// The recipient of one email.
const RARE: &str = "rare@example.org";

/// The milliseconds between two emails, so that a million are spread over less than the retention period.
const INTERVAL: u32 = 2_000;

/// More alarms than a million emails need for their summaries.
const MAX_ALARMS: usize = 200;

/// Searches that are measured, fewer than the request limit.
const SEARCHES: u32 = 20;

/// D1's tables with rows per organisation. Tables that a build doesn't have stay empty.
const ORGANISATION_TABLES: [&str; 3] = ["organisations", "counters", "depths"];

/// Measures `/metrics` with few and with many organisations.
pub(super) fn organisations(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let many = bench.options.organisations;
    let few = start(bench, FEW_ORGANISATIONS)?;
    let grown = start(bench, many)?;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..bench.effort().rounds {
        for (contender, times) in [&grown, &few].into_iter().zip(&mut times) {
            times.push(milliseconds(metrics(contender)?));
        }
    }
    let name = format!("/metrics with {many} organisations");
    let other = format!("with {FEW_ORGANISATIONS}");
    let line = Line::less_is_better(&name, Unit::Milliseconds, &times[0], &other, &times[1]);
    let median = line.as_ref().map(|line| line.kraiter.median);
    let mut lines: Vec<_> = line.into_iter().collect();
    lines.extend(
        median.map(|median| Line::single(name, Unit::Milliseconds, median).checked_as("metricsMilliseconds")),
    );
    Ok(lines)
}

/// Starts a Worker with an organisation that has sent, and copies of it.
fn start(bench: &Bench<'_>, organisations: u64) -> Result<Contender> {
    let contender = Contender::kraiter(bench.tools, &bench.aws, Variant::Counted)?;
    email::send_many(&contender, FEW_EMAILS)?;
    for table in ORGANISATION_TABLES {
        clone(&contender, table, organisations, "")?;
    }
    Ok(contender)
}

/// Returns the median time of five calls of `/metrics`, by region: by organisation, this many have too many series.
fn metrics(contender: &Contender) -> Result<Duration> {
    let authorization = format!("Bearer {ADMIN_TOKEN}");
    let load = Load {
        address: contender.server.address,
        connections: 1,
        end: End::Requests(5),
        request: &|_| load::request("GET", "/metrics?by=region", &[("authorization", &authorization)], &[]),
        status: 200,
    };
    Ok(load::run(&load)?.percentile(50))
}

/// Measures sends and lists of an organisation with many emails beside one with few.
pub(super) fn emails(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let many = bench.emails();
    let grown = Contender::kraiter(bench.tools, &bench.aws, Variant::Counted)?;
    let few = Contender::kraiter(bench.tools, &bench.aws, Variant::Counted)?;
    for contender in [&grown, &few] {
        let mut connection = Connection::open(contender.server.address)?;
        email::send(&mut connection, &email::to(contender, RARE))?;
        let ids = email::send_many(contender, FEW_EMAILS)?;
        let messages = Messages::sign(&ids, &bench.aws)?;
        for number in 0..messages.len() {
            connection.expect(super::events::STATUS, &messages.request(contender, number))?;
        }
    }
    let written = clone(&grown, "emails", many, &format!("&unique=success&every={INTERVAL}"))?;
    if written < many {
        return Err(Error::Unexpected(format!("only {written} emails could be copied")));
    }
    let mut lines = searches(&grown, many)?;
    let contenders = [grown, few];
    let send = Work {
        connections: 20,
        status: email::ACCEPTED,
        request: &|contender, number| email::keyed(contender, &format!("growth-{number}")),
    };
    let list = Work {
        connections: 20,
        status: 200,
        request: &|contender, _| {
            let authorization = format!("Bearer {}", contender.api_key);
            load::request("GET", "/v1/emails?limit=20", &[("authorization", &authorization)], &[])
        },
    };
    for (name, work) in [("keyed send", send), ("list", list)] {
        let name = format!("{name} with {many} emails stored");
        if let [ours, theirs] = &rounds::run(&contenders, &work, bench.effort())?[..] {
            lines.extend(of_rounds(&name, ours, &format!("with {FEW_EMAILS}"), theirs));
        }
    }
    Ok(lines)
}

/// Measures searches in many emails that the object has summarised: for one email, which reads every summary, and for a part of subjects, which
/// has no summary.
fn searches(contender: &Contender, emails: u64) -> Result<Vec<Line>> {
    for _ in 0..MAX_ALARMS {
        control(contender, "POST", "alarms")?;
        if rows_written(contender)? < 1.0 {
            break;
        }
    }
    let rare = search(contender, &format!("to={RARE}"), 1)?;
    let subject = search(contender, "subject=nothing", 0)?;
    Ok(vec![
        Line::single(format!("search for one of {emails} emails"), Unit::CpuMilliseconds, rare)
            .checked_as("searchMilliseconds"),
        Line::single("search in the subjects of 5000 emails", Unit::CpuMilliseconds, subject),
    ])
}

/// Returns the rows that objects have written since the last call.
fn rows_written(contender: &Contender) -> Result<f64> {
    Ok(take(contender)?.get("objectRowsWritten"))
}

/// Returns the CPU time of a page of a search that finds so many emails, in milliseconds.
fn search(contender: &Contender, query: &str, expected: usize) -> Result<f64> {
    let authorization = format!("Bearer {}", contender.api_key);
    let request =
        load::request("GET", &format!("/v1/emails?{query}"), &[("authorization", &authorization)], &[]);
    let mut connection = Connection::open(contender.server.address)?;
    let mut run = || {
        let body = connection.expect(200, &request)?;
        let page: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let found = page["data"].as_array().map_or(0, Vec::len);
        if found == expected {
            Ok(())
        } else {
            Err(Error::Unexpected(format!("{query} found {found}: {page}")))
        }
    };
    for _ in 0..SEARCHES {
        run()?;
    }
    let ((), cpu) = rounds::with_cpu_time(&contender.server, || (0..SEARCHES).try_for_each(|_| run()))?;
    Ok(milliseconds(cpu) / f64::from(SEARCHES))
}

/// Copies the newest row of a table, in D1 and in the objects, and returns the number of copies. `how` is what `benches/wrapper.mjs` is asked for
/// besides.
fn clone(contender: &Contender, table: &str, rows: u64, how: &str) -> Result<u64> {
    let body = control(contender, "POST", &format!("clone?table={table}&rows={rows}{how}"))?;
    let text = String::from_utf8_lossy(&body);
    text.parse().map_err(|_| Error::Unexpected(format!("clone returned {text}")))
}
