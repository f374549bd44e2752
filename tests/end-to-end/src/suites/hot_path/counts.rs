//! What a send and its events cost.

use http::StatusCode;
use time::Duration;

use super::{TestResult, assert_equal, assert_that, scenario::Scenario};
use crate::{
    harness::{Harness, string_at},
    test_entry::Boundary,
};

const MAX_STATEMENTS: usize = 6;

/// Rows of an email with three events, index entries included.
const MAX_ROWS: u64 = 7;

/// More than a lease lasts, so that the email is alone.
const PAUSE: Duration = Duration::seconds(10);

fn count(boundaries: &[Boundary], kind: &str, detail: &str) -> usize {
    boundaries.iter().filter(|boundary| boundary.kind == kind && boundary.detail.contains(detail)).count()
}

fn rows(boundaries: &[Boundary]) -> u64 {
    boundaries.iter().map(|boundary| boundary.rows_written).sum()
}

fn describe(boundaries: &[Boundary]) -> String {
    let line = |boundary: &Boundary| {
        let Boundary { actor, kind, detail, rows_written } = boundary;
        format!("  {actor} {kind} {detail} ({rows_written} rows)\n")
    };
    boundaries.iter().map(line).collect()
}

pub(super) fn warm_send(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-counts")?;
    for key in ["first", "second"] {
        let id = scenario.send_until_accepted(key)?;
        // The first event of a topic is noted once.
        let event = scenario.event(&id, "Send")?;
        scenario.post_until_accepted(&event)?;
        scenario.move_clock(PAUSE)?;
    }
    let mut id = String::new();
    let send = scenario.record(|| {
        let response = scenario.send("counted", &Scenario::email("counted"))?;
        id = string_at(&response.expect_status(StatusCode::ACCEPTED)?, "/id")?;
        Ok(())
    })?;
    assert_equal("status", &scenario.connected.email(&id)?["status"], "sent")?;
    let mut written = rows(&send);
    let mut description = describe(&send);
    for event_type in ["Send", "Delivery", "Open"] {
        let event = scenario.event(&id, event_type)?;
        let boundaries = scenario.record(|| scenario.post_until_accepted(&event))?;
        assert_equal("object calls of an event", count(&boundaries, "call", "ORGANISATION"), 1)?;
        assert_equal("D1 statements of an event", count(&boundaries, "d1", ""), 0)?;
        written += rows(&boundaries);
        description += &describe(&boundaries);
    }
    println!("\n{written} rows\n{description}");
    assert_equal("status", &scenario.connected.email(&id)?["status"], "opened")?;
    assert_equal("calls", count(&send, "call", ""), 1)?;
    assert_equal("object calls", count(&send, "call", "ORGANISATION"), 1)?;
    assert_equal("D1 statements", count(&send, "d1", ""), 0)?;
    assert_equal("other requests than to SES", count(&send, "fetch", ""), 1)?;
    assert_that(count(&send, "exec", "") <= MAX_STATEMENTS, format!("too many statements:\n{description}"))?;
    assert_that(written <= MAX_ROWS, format!("{written} rows are written:\n{description}"))
}
