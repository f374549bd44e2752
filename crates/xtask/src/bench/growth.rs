//! What grows with the number of organisations and of emails.

use std::time::Duration;

use test_support::{Error, Result, test_env::ADMIN_TOKEN};

use super::{
    Bench,
    contender::{Contender, Variant},
    counts::control,
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
        clone(&contender, table, organisations)?;
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
        let ids = email::send_many(contender, FEW_EMAILS)?;
        let messages = Messages::sign(&ids, &bench.aws)?;
        let mut connection = Connection::open(contender.server.address)?;
        for number in 0..messages.len() {
            connection.expect(super::events::STATUS, &messages.request(contender, number))?;
        }
    }
    let written = clone(&grown, "emails", many)?;
    if written < many {
        return Err(Error::Unexpected(format!("only {written} emails could be copied")));
    }
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
    let mut lines = Vec::new();
    for (name, work) in [("keyed send", send), ("list", list)] {
        let name = format!("{name} with {many} emails stored");
        if let [ours, theirs] = &rounds::run(&contenders, &work, bench.effort())?[..] {
            lines.extend(of_rounds(&name, ours, &format!("with {FEW_EMAILS}"), theirs));
        }
    }
    Ok(lines)
}

/// Copies the newest row of a table, in D1 and in the objects, and returns the number of copies.
fn clone(contender: &Contender, table: &str, rows: u64) -> Result<u64> {
    let body = control(contender, "POST", &format!("clone?table={table}&rows={rows}"))?;
    let text = String::from_utf8_lossy(&body);
    text.parse().map_err(|_| Error::Unexpected(format!("clone returned {text}")))
}
