//! Listing emails.

use test_support::Result;

use super::{
    Bench, email,
    line::{Line, check_cpu_ratio, of_rounds},
    load,
    rounds::{self, Work},
};

/// Emails that are stored before the measurement, many pages.
const EMAILS: u64 = 500;

/// Measures the first page of 20 emails.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Line>> {
    // Lists call no AWS service, so the Worker with the AWS SDK would be the same.
    let contenders = bench.contenders()?.get(..2).unwrap_or_default();
    for contender in contenders {
        email::send_many(contender, EMAILS)?;
    }
    let work = Work {
        connections: 20,
        status: 200,
        request: &|contender, _| {
            let authorization = format!("Bearer {}", contender.api_key);
            load::request("GET", "/v1/emails?limit=20", &[("authorization", &authorization)], &[])
        },
    };
    let results = rounds::run(contenders, &work, bench.effort())?;
    let [ours, theirs] = &results[..] else { return Ok(Vec::new()) };
    let mut lines = of_rounds("list of 20 emails", ours, "JavaScript and D1", theirs);
    check_cpu_ratio(&mut lines, "listRatio");
    Ok(lines)
}
