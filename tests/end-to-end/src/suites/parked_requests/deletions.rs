//! Deletions that are interrupted, or that fail.

use std::process::Command;

use http::StatusCode;
use test_support::{
    Error, Result,
    api::Api,
    test_env::{ADMIN_TOKEN, Organisation},
};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_that};
use crate::{
    environment::Environment,
    harness::{Harness, create_organisation},
    stored_rows::StoredRows,
    test_entry::Fault,
};

/// More boundaries than a deletion has.
const MAX_BOUNDARIES: usize = 40;

fn path(organisation: &Organisation) -> String {
    format!("/v1/organisations/{}", organisation.id)
}

/// Interrupts a deletion at each of its boundaries, by removing the object from memory. Once the mark of the deletion is stored, nobody
/// has access.
pub(super) fn interrupted(harness: &Harness) -> TestResult {
    let (environment, _customer) = harness.create_environment_with_clock("interrupted-deletion")?;
    let worker = environment.start_worker(&harness.tools)?;
    let administrator = worker.api().with_key(ADMIN_TOKEN);
    let mut is_erasing = false;
    for at in 1..MAX_BOUNDARIES {
        let organisation = create_organisation(worker.api())?;
        worker.inject(Fault::Evict, at)?;
        let status = administrator.delete(&path(&organisation))?.status;
        let boundaries = worker.stop_recording()?;
        // The statement of the interrupted boundary itself may not be committed.
        is_erasing |=
            boundaries.iter().take(at - 1).any(|boundary| boundary.detail.contains("SET erased_at"));
        if is_erasing || status == StatusCode::NO_CONTENT {
            let status = organisation.api.get("/v1/emails")?.status;
            assert_equal(&format!("access after boundary {at}"), status, StatusCode::UNAUTHORIZED)?;
        }
        worker.run_scheduled(OffsetDateTime::now_utc())?;
        let status = organisation.api.get("/v1/emails")?.status;
        assert_equal(&format!("access after the cron job, boundary {at}"), status, StatusCode::UNAUTHORIZED)?;
        if boundaries.len() < at {
            worker.kill()?;
            let stored = StoredRows::read(&harness.tools, environment.state.path())?;
            assert_equal("organisations", stored.count("organisations")?, 0)?;
            return assert_that(is_erasing, "no deletion was interrupted");
        }
    }
    Err("a deletion has too many boundaries".into())
}

/// Runs SQL in the D1 database of a Worker that is stopped.
fn run_sql(harness: &Harness, environment: &Environment, sql: &str) -> Result<()> {
    const SCRIPT: &str = r#"
import pathlib, sqlite3, sys
for path in pathlib.Path(sys.argv[1]).rglob("*.sqlite"):
    database = sqlite3.connect(path)
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'role_claims'").fetchone():
        database.executescript(sys.argv[2])
        break
else:
    sys.exit("there is no D1 database")
"#;
    let mut python = Command::new(harness.tools.python()?);
    let output = python.args(["-c", SCRIPT]).arg(environment.state.path()).arg(sql).output();
    let output = output.map_err(Error::io("run Python"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Unexpected(String::from_utf8_lossy(&output.stderr).into_owned()))
}

pub(super) fn failing(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("failing-deletion")?;
    let worker = environment.start_worker(&harness.tools)?;
    let [deleted, remaining] = [create_organisation(worker.api())?, create_organisation(worker.api())?];
    worker.kill()?;
    // The first can't be deleted. The second has a row that came late.
    let sql = format!(
        "INSERT INTO organisations (id, name, external_id, created_at, deleted_at) VALUES ('broken', '', 'broken', 1, 1);
         UPDATE organisations SET deleted_at = 2 WHERE id = '{id}';
         INSERT INTO role_claims (role_arn, organisation_id) VALUES ('late', '{id}');",
        id = deleted.id,
    );
    run_sql(harness, &environment, &sql)?;

    let worker = environment.start_worker(&harness.tools)?;
    let now = OffsetDateTime::now_utc();
    worker.run_scheduled(now)?;
    let key = |organisation: &Organisation| Api::new(worker.api().origin()).with_key(&organisation.api_key);
    assert_equal("access", key(&deleted).get("/v1/emails")?.status, StatusCode::UNAUTHORIZED)?;
    key(&remaining).get("/v1/emails")?.expect_status(StatusCode::OK)?;
    let log = worker.log();
    for line in ["\"event\":\"organisation_not_deleted\"", "\"organisationId\":\"broken\"", "\"failed\":1"] {
        assert_that(log.contains(line), format!("the log has no {line}"))?;
    }
    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("role claims", stored.count("role_claims")?, 0)?;
    assert_equal("organisations", stored.count("organisations")?, 2)?;
    assert_equal("tables with the deleted one", stored.tables_with_id(&deleted.id), ["deleted_organisations"])
}
