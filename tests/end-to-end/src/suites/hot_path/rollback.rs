//! The storage of an organisation's object is put back to an earlier time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use http::StatusCode;
use test_support::{Error, Result, temp_dir::TempDir, workerd::copy_dir};

use super::{TestResult, assert_equal, scenario::Scenario};
use crate::harness::{Harness, string_at};

pub(super) fn put_back(harness: &Harness) -> TestResult {
    let mut scenario = Scenario::start(harness, "hot-path-put-back")?;
    let old = TempDir::new()?;
    let throttle = scenario.environment().aws_proxy.throttle_emails(&scenario.connected.role_arn);
    let queued = scenario.send("queued", &Scenario::email("queued"))?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("status", &queued["status"], "queued")?;
    let id = string_at(&queued, "/id")?;
    scenario.restart(|scenario| copy_dir(&object_dir(scenario.environment().state.path())?, old.path()))?;
    drop(throttle);
    scenario
        .advance_until("the queued email to be sent", |scenario| Ok(scenario.sent_count("queued") == 1))?;
    let event = scenario.event(&id, "Send")?;
    scenario.post_until_accepted(&event)?;
    // The rate limiter learns that the storage has moved on: a lone email doesn't ask it, but a second one does.
    scenario.advance()?;
    for key in ["alone", "second", "third"] {
        scenario.send_until_accepted(key)?;
    }

    scenario.restart(|scenario| {
        let dir = object_dir(scenario.environment().state.path())?;
        fs::remove_dir_all(&dir).map_err(Error::io(format!("delete {}", dir.display())))?;
        copy_dir(old.path(), &dir)
    })?;
    scenario.ring()?;
    let email = scenario.connected.wait_for_email(&id, "unconfirmed")?;
    let steps = email["history"].as_array().cloned().unwrap_or_default();
    assert_equal("steps", steps.iter().filter(|step| step["code"] == "storage_put_back").count(), 1)?;
    for _ in 0..3 {
        scenario.advance()?;
    }
    assert_equal("sends", scenario.sent_count("queued"), 1)?;
    assert_equal("status", &scenario.connected.email(&id)?["status"], "unconfirmed")?;
    // What is accepted from now on is sent.
    let next = scenario.send_until_accepted("next")?;
    scenario.advance_until("the next email to be sent", |scenario| Ok(scenario.sent_count("next") == 1))?;
    scenario.connected.wait_for_email(&next, "sent").map(drop).map_err(Into::into)
}

/// Returns the directory with the storage of all organisations' objects.
fn object_dir(state: &Path) -> Result<PathBuf> {
    let objects = state.join("v3").join("do");
    let entries = fs::read_dir(&objects).map_err(Error::io(format!("read {}", objects.display())))?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    let found = paths.find(|path| path.to_string_lossy().ends_with("OrganisationObject"));
    found.ok_or_else(|| Error::Unexpected("the Worker has stored no organisation".into()))
}
