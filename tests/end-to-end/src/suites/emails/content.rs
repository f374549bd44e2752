//! The content of an email.

use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_error};
use crate::{
    harness::Harness,
    test_email::{SUCCESS, email_to, scheduled_tomorrow},
};

pub(crate) fn until_finished(harness: &Harness) -> TestResult {
    let (connected, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    let api = &connected.organisation.api;
    let mut email = scheduled_tomorrow(email_to(SUCCESS));
    email["html"] = json!("<p>Hello!</p>");
    let id = connected.send(&email, "scheduled")?;
    let path = format!("/v1/emails/{id}/content");
    let content =
        |path: &str| -> test_support::Result<Value> { api.get(path)?.expect_status(StatusCode::OK) };
    let stored = json!({ "stored": true, "html": "<p>Hello!</p>", "text": "Hello!" });
    assert_equal("content of a scheduled email", content(&path)?, stored)?;
    let refused = other.organisation.api.get(&path)?;
    assert_error("another organisation's content", &refused, 404, "not_found")?;

    api.post(&format!("/v1/emails/{id}/cancel"), &json!({}))?.expect_status(StatusCode::OK)?;
    let deleted = json!({ "stored": false, "html": null, "text": null });
    assert_equal("content of a cancelled email", content(&path)?, deleted.clone())?;
    let sent = connected.send(&email_to(SUCCESS), "sent")?;
    assert_equal("content of a sent email", content(&format!("/v1/emails/{sent}/content"))?, deleted)
}
