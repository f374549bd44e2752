//! Sending emails over 20 connections, without and with an idempotency key.

use test_support::Result;

use super::{
    Bench, email,
    line::{Line, check_cpu_ratio, of_rounds},
    rounds::{self, Work},
};

const CONNECTIONS: usize = 20;

/// Measures sends without an idempotency key.
pub(super) fn unkeyed(bench: &Bench<'_>) -> Result<Vec<Line>> {
    measure(bench, "send", false)
}

/// Measures sends with an idempotency key, as the SDK sends them.
pub(super) fn keyed(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let mut lines = measure(bench, "keyed send", true)?;
    // The first ratio is that to aws4fetch.
    check_cpu_ratio(&mut lines, "keyedSendRatio");
    Ok(lines)
}

fn measure(bench: &Bench<'_>, name: &str, is_keyed: bool) -> Result<Vec<Line>> {
    let contenders = bench.contenders()?;
    let work = Work {
        connections: CONNECTIONS,
        status: 202,
        request: &|contender, number| {
            if is_keyed {
                email::keyed(contender, &format!("bench-{number}"))
            } else {
                email::unkeyed(contender)
            }
        },
    };
    let results = rounds::run(contenders, &work, bench.effort())?;
    let Some((ours, others)) = results.split_first() else { return Ok(Vec::new()) };
    let others = contenders.iter().skip(1).zip(others);
    Ok(others.flat_map(|(contender, theirs)| of_rounds(name, ours, &contender.name, theirs)).collect())
}
