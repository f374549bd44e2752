//! Backups of organisations, and D1 restored to an earlier time.

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::Api,
    operator::{self, backup},
    temp_dir::TempDir,
    test_env::ADMIN_TOKEN,
    wait::Poll,
    workerd::copy_dir,
};

use super::{TestResult, administrator, assert_equal, assert_that};
use crate::{
    aws_proxy::{FaultGuard, SEND_EMAIL, fault},
    connected_organisation::{ConnectedOrganisation, last_history_step},
    environment::Environment,
    harness::{Harness, string_at},
    polling::{WAIT_TIMEOUT, wait_for, wait_until},
    stored_rows::StoredRows,
    test_email::{SUCCESS, email_to, scheduled_tomorrow},
};

/// Subject of the email that SES accepts while it throttles all others.
const UNTHROTTLED_SUBJECT: &str = "Not throttled";

/// Returns the directory of the D1 database.
fn d1_dir(environment: &Environment) -> PathBuf {
    environment.state.path().join("v3").join("d1")
}

/// Deletes the storage of all Durable Objects.
fn delete_durable_objects(environment: &Environment) -> Result<()> {
    let objects = environment.state.path().join("v3").join("do");
    fs::remove_dir_all(&objects).map_err(Error::io(format!("delete {}", objects.display())))
}

/// Returns the operator's client of an environment's Worker.
fn operator(environment: &Environment) -> operator::Api {
    operator::Api::new(environment.webhook_proxy.origin(), Some(ADMIN_TOKEN.to_owned()))
}

/// Backs up an organisation as `cargo xtask admin backup` does. Returns the file's content.
fn save(environment: &Environment, connected: &ConnectedOrganisation) -> Result<Vec<u8>> {
    let dir = TempDir::new()?;
    backup::save(&operator(environment), dir.path(), &connected.organisation.id)?;
    let (_, file) = backup::complete_files(dir.path())?.remove(0);
    fs::read(&file).map_err(Error::io(format!("read {}", file.display())))
}

/// Restores a backup as `cargo xtask admin restore` does. `policy` decides what happens to emails that may have been sent.
fn restore(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    policy: &str,
    backup: &[u8],
) -> Result<Value> {
    let dir = TempDir::new()?;
    let file = dir.path().join("organisation.backup");
    fs::write(&file, backup).map_err(Error::io(format!("write {}", file.display())))?;
    backup::restore(&operator(environment), &file, &connected.organisation.id, policy)
}

/// Returns the number of emails by restore result.
fn restore_counts(restored: &Value) -> [Option<u64>; 4] {
    ["scheduled", "retried", "gaveUp", "alreadyFinished"].map(|name| restored[name].as_u64())
}

/// Returns how often SES processed each email.
fn processed_counts(
    environment: &Environment,
    connected: &ConnectedOrganisation,
    ids: &[&str],
) -> Vec<usize> {
    let calls = environment.aws_proxy.processed_emails(&connected.role_arn);
    ids.iter().map(|id| calls.iter().filter(|call| call.body.contains(id)).count()).collect()
}

/// Returns an email with an attachment that fills more than one page of a backup.
fn email_with_large_attachment() -> Value {
    let mut email = email_to(SUCCESS);
    let content = "TWFueSB3b3Jkcy4g".repeat(400_000);
    email["attachments"] = json!([{ "filename": "words.txt", "content": content }]);
    email
}

fn unthrottled_email() -> Value {
    let mut email = email_to(SUCCESS);
    email["subject"] = json!(UNTHROTTLED_SUBJECT);
    email
}

/// Makes SES throttle all emails except those with the subject [`UNTHROTTLED_SUBJECT`].
fn throttle_others(environment: &Environment, connected: &ConnectedOrganisation) -> FaultGuard {
    environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |call| {
        let is_throttled = !call.body.contains(UNTHROTTLED_SUBJECT);
        is_throttled.then(fault::throttle)
    })
}

/// Returns the rows of a table in a page of a backup.
fn rows<'a>(page: &'a Value, table: &str) -> &'a Value {
    let tables = page["tables"].as_array().map(Vec::as_slice).unwrap_or_default();
    tables.iter().find(|rows| rows["name"] == table).map_or(&Value::Null, |found| &found["rows"])
}

/// Returns the bytes of an id in base64.
fn base64_of_id(id: &str) -> Result<String> {
    let digits = id.rsplit('_').next().unwrap_or_default();
    let number = u128::from_str_radix(digits, 16).map_err(|error| Error::Unexpected(error.to_string()))?;
    Ok(STANDARD.encode(number.to_be_bytes()))
}

pub(super) fn existing_data(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let scheduled = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    let path = |rest: &str| format!("/v1/organisations/{}/{rest}", connected.organisation.id);
    let administrator = administrator(harness);
    let page = administrator.get(&path("backup"))?.expect_status(StatusCode::OK)?;
    assert_equal("connected", page["connection"]["state"]["connected"].is_object(), true)?;
    assert_equal("cursor of the next page", &page["nextCursor"], &Value::Null)?;
    assert_equal("id of the email", &rows(&page, "emails")[0][0][0], base64_of_id(&scheduled)?.as_str())?;
    let secrets = [
        connected.customer.credentials().secret_access_key(),
        connected.organisation.api_key.as_str(),
        "SessionToken",
        "secretAccessKey",
    ];
    for secret in secrets {
        assert_that(!page.to_string().contains(secret), "the backup contains a secret")?;
    }
    let restored = administrator.post(&path("restore"), &page)?.expect_status(StatusCode::OK)?;
    assert_equal("restored connection", &restored["connection"], &json!(false))?;
    assert_equal("rescheduled emails", &restored["scheduled"], &json!(0))?;
    let again = administrator.get(&path("backup"))?.expect_status(StatusCode::OK)?;
    assert_equal("tables after the restore", &again["tables"], &page["tables"])?;
    assert_equal("connection", &connected.binding()?["status"], "connected")?;
    assert_equal("email", &connected.email(&scheduled)?["status"], "scheduled")
}

pub(super) fn lost_durable_object(harness: &Harness) -> TestResult {
    let mut environment = harness.create_environment("lost-durable-object")?;
    environment.settings.push(("UNCONFIRMED_GRACE_SECONDS", "5".to_owned()));
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let api = &connected.organisation.api;
    let send_with_key = |email: &Value| {
        let body = ("application/json", email.to_string().into());
        api.send(Method::POST, "/v1/emails", Some(body), &[("idempotency-key", "once")])
    };
    let settings = json!({ "tracking": true });
    api.call(Method::PUT, "/v1/settings", Some(&settings))?.expect_status(StatusCode::OK)?;
    let delivered =
        string_at(&send_with_key(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?, "/id")?;
    connected.wait_for_delivery(&delivered)?;
    let scheduled = connected.send(&scheduled_tomorrow(email_to(SUCCESS)), "scheduled")?;
    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    let large = connected.send(&email_with_large_attachment(), "queued")?;
    let backup = save(&environment, &connected)?;
    assert_that(backup.split(|byte| *byte == b'\n').count() > 4, "the backup has too few pages")?;
    worker.kill()?;
    delete_durable_objects(&environment)?;
    drop(throttle);

    let _worker = environment.start_worker(&harness.tools)?;
    let before = api.get("/v1/aws-binding")?.status;
    assert_equal("status of a request before the restore", before, StatusCode::UNAUTHORIZED)?;
    // The first page has all emails but the large one.
    let first_page = backup.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let administrator = Api::new(environment.webhook_proxy.origin()).with_key(ADMIN_TOKEN);
    let path = format!("/v1/organisations/{}/restore?policy=retry", connected.organisation.id);
    let page: Value =
        serde_json::from_slice(first_page).map_err(|error| Error::Unexpected(error.to_string()))?;
    let restored = administrator.post(&path, &page)?.expect_status(StatusCode::OK)?;
    assert_equal("results of the first page", restore_counts(&restored), [1, 1, 0, 1].map(Some))?;
    let accepted = || -> Result<Value> {
        let metrics = api.get("/v1/metrics?by=hour")?.expect_status(StatusCode::OK)?;
        Ok(metrics["totals"]["accepted"].clone())
    };
    assert_equal("accepted emails of the first page", accepted()?, json!(3))?;
    // An incomplete backup is rejected and can be restored again. Its first page has all emails but the large one.
    assert_that(
        restore(&environment, &connected, "retry", first_page).is_err(),
        "an incomplete backup was accepted",
    )?;
    let restored = restore(&environment, &connected, "retry", &backup)?;
    assert_equal("results of the first restore", restore_counts(&restored), [0, 1, 0, 3].map(Some))?;
    connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    let restored = api.get("/v1/settings")?.expect_status(StatusCode::OK)?;
    assert_equal("restored setting", &restored["tracking"], &json!(true))?;
    connected.wait_for_delivery(&queued)?;
    connected.wait_for_delivery(&large)?;
    let replayed = send_with_key(&email_to(SUCCESS))?;
    assert_that(replayed.headers.contains_key("idempotent-replayed"), "the idempotency key is lost")?;
    assert_equal(
        "email of the idempotency key",
        string_at(&replayed.expect_status(StatusCode::ACCEPTED)?, "/id")?,
        delivered.clone(),
    )?;
    api.post(&format!("/v1/emails/{scheduled}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;

    let restored = restore(&environment, &connected, "retry", &backup)?;
    assert_equal("results of the second restore", restore_counts(&restored), [0, 0, 0, 4].map(Some))?;
    assert_equal("accepted emails", accepted()?, json!(4))?;
    wait_until("AWS to count all emails", || Ok(connected.aws_sent_count()? >= 3.0))?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 3.0)?;
    let ids = [&delivered, &queued, &large, &scheduled].map(String::as_str);
    assert_equal("sends", processed_counts(&environment, &connected, &ids), vec![1, 1, 1, 0])
}

pub(super) fn lost_durable_object_and_old_d1(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("lost-durable-object-and-old-d1")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    let sent_after_backup = connected.send(&unthrottled_email(), "queued")?;
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    let backup = save(&environment, &connected)?;
    worker.kill()?;
    let old_d1 = TempDir::new()?;
    copy_dir(&d1_dir(&environment), old_d1.path())?;
    let throttle_others = throttle_others(&environment, &connected);
    drop(throttle);
    let worker = environment.start_worker(&harness.tools)?;
    connected.wait_for_delivery(&sent_after_backup)?;
    worker.kill()?;
    delete_durable_objects(&environment)?;
    copy_dir(old_d1.path(), &d1_dir(&environment))?;
    drop(throttle_others);

    let worker = environment.start_worker(&harness.tools)?;
    let restored = restore(&environment, &connected, "give_up", &backup)?;
    assert_equal("emails left unconfirmed", &restored["gaveUp"], &json!(2))?;
    for id in [&sent_after_backup, &queued] {
        let last = last_history_step(&connected.wait_for_email(id, "unconfirmed")?);
        assert_equal("last step", (&last["step"], &last["code"]), (&json!("gave_up"), &json!("restored")))?;
    }
    connected.organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    let next = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&next)?;
    let ids = [&sent_after_backup, &queued].map(String::as_str);
    assert_equal("sends", processed_counts(&environment, &connected, &ids), vec![1, 0])?;
    worker.kill()?;
    let stored = StoredRows::read(&harness.tools, environment.state.path())?;
    assert_equal("tables with content", stored.tables_with("Hello!"), Vec::<&str>::new())
}

pub(super) fn old_d1(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("old-d1")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let before = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&before)?;
    worker.kill()?;
    let old_d1 = TempDir::new()?;
    copy_dir(&d1_dir(&environment), old_d1.path())?;

    let worker = environment.start_worker(&harness.tools)?;
    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    let queued = connected.send(&email_to(SUCCESS), "queued")?;
    worker.kill()?;
    // D1 is older than the queued email, which is in the Durable Object only.
    copy_dir(old_d1.path(), &d1_dir(&environment))?;
    drop(throttle);
    let _worker = environment.start_worker(&harness.tools)?;
    wait_until("the email to be sent", || Ok(connected.aws_sent_count()? >= 2.0))?;
    let email = wait_for("the email to be listed again", || {
        let response = connected.organisation.api.get(&format!("/v1/emails/{queued}"))?;
        Ok(if response.status == StatusCode::OK {
            Poll::Ready(response.body)
        } else {
            Poll::Pending(response.body.to_string())
        })
    })?;
    assert_equal("id", string_at(&email, "/id")?, queued)?;
    let processed = environment.aws_proxy.processed_emails(&connected.role_arn).len();
    assert_equal("emails that SES processed", processed, 2)
}
