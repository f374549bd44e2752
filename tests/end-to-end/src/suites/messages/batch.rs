//! Batches of emails.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{
    Result,
    wait::{self, Poll},
};

use super::{TestResult, assert_equal, assert_that, file};
use crate::{
    aws_proxy::{SEND_EMAIL, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::wait_until,
    test_email::{BOUNCE, SENDER, SUCCESS, email_to},
};

fn batch(connected: &ConnectedOrganisation, emails: &[Value]) -> Result<Vec<Value>> {
    let response = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let body = response.expect_status(StatusCode::ACCEPTED)?;
    Ok(body["data"].as_array().cloned().unwrap_or_default())
}

pub(crate) fn mixed_results(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.send_first_email()?;
    let mut with_attachment = email_to(SUCCESS);
    with_attachment["attachments"] = json!([file("a.txt", b"a")]);
    let mut long = email_to(SUCCESS);
    long["text"] = json!("t".repeat(300_000));
    let mut unverified = email_to(SUCCESS);
    unverified["from"] = json!("sender@example.com");
    let unknown_template = json!({ "from": SENDER, "to": SUCCESS, "template": { "id": "tpl_019ab0c5d0007000800000000000000a" } });
    let mut with_content_and_template = unknown_template.clone();
    with_content_and_template["subject"] = json!("Hello");
    let invalid = json!({ "from": SENDER, "to": [SUCCESS, "nobody"], "subject": "s", "text": "t" });
    let emails = [
        email_to(SUCCESS),
        invalid,
        with_attachment,
        unverified,
        unknown_template,
        email_to(BOUNCE),
        with_content_and_template,
        long,
        email_to(SUCCESS),
    ];
    let items = batch(&connected, &emails)?;
    let mut results: Vec<_> = items
        .iter()
        .map(|item| {
            // On a busy machine, an outcome comes too late for the response. What became of the email is checked below.
            let status =
                item["status"].as_str().map(|status| if status == "queued" { "sent" } else { status });
            (status, item["error"]["code"].as_str(), item["error"]["field"].as_str())
        })
        .collect();
    let sent = (Some("sent"), None, None);
    let refused = results.remove(3);
    if refused == sent {
        connected.wait_for_email(&string_at(&items[3], "/id")?, "failed")?;
    } else {
        assert_equal("refused email", refused, (None, Some("aws_refused"), Some("from")))?;
    }
    assert_equal(
        "results",
        results,
        vec![
            sent,
            (None, Some("invalid_email_address"), Some("to[1]")),
            sent,
            (None, Some("unknown_template"), Some("template.id")),
            sent,
            (None, Some("template_and_content"), Some("subject")),
            sent,
            sent,
        ],
    )?;
    for item in &items {
        let error = &item["error"];
        assert_that(error.is_null() || error["message"].is_string(), format!("no message: {error}"))?;
    }
    let with_file = connected.wait_for_delivery(&string_at(&items[2], "/id")?)?;
    assert_equal("file", &with_file["attachments"][0]["filename"], "a.txt")?;
    for n in [0, 7, 8] {
        connected.wait_for_delivery(&string_at(&items[n], "/id")?)?;
    }
    connected.wait_for_email(&string_at(&items[5], "/id")?, "bounced")?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 6.0)?;
    // An email that SES rejected is listed; an invalid one is not.
    let page = connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
    assert_equal("listed emails", page["data"].as_array().map(Vec::len), Some(7))
}

pub(crate) fn template_budget(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let created = connected.organisation.api.post(
        "/v1/templates",
        &json!({
            "name": "Costly", "subject": "{{ name }}",
            "text": "{% for a in list %}{% for b in list %}{{ b }}{% endfor %}{% endfor %}",
        }),
    )?;
    let id = string_at(&created.expect_status(StatusCode::CREATED)?, "/id")?;
    let email = |length: usize| {
        let variables = json!({ "name": format!("{length}"), "list": vec![1; length] });
        json!({ "from": SENDER, "to": SUCCESS, "template": { "id": id, "variables": variables } })
    };
    let cheap = batch(&connected, &vec![email(5); 20])?;
    // The batch exceeds the rate limit, so some emails are queued.
    assert_that(cheap.iter().all(|item| item["error"].is_null()), format!("{cheap:?}"))?;
    assert_equal("subject", &connected.email(&string_at(&cheap[0], "/id")?)?["subject"], "5")?;

    let costly = batch(&connected, &vec![email(60); 100])?;
    let rejected: Vec<_> = costly.iter().filter(|item| item["error"].is_object()).collect();
    assert_that((20..=60).contains(&rejected.len()), format!("{} of 100 were rejected", rejected.len()))?;
    for item in rejected {
        assert_equal("error code", &item["error"]["code"], "batch_too_much_work")?;
    }
    Ok(())
}

pub(crate) fn hundred_emails(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let emails: Vec<_> = (0..100)
        .map(|n| json!({ "from": SENDER, "to": SUCCESS, "subject": format!("No. {n}"), "text": "Hello!" }))
        .collect();
    let items = batch(&connected, &emails)?;
    let ids: BTreeSet<_> = items.iter().filter_map(|item| item["id"].as_str()).collect();
    assert_equal("ids", ids.len(), 100)?;
    // On a busy machine, the last emails are queued.
    let is_accepted = |item: &Value| item["status"] == "sent" || item["status"] == "queued";
    assert_that(items.iter().all(is_accepted), format!("{items:?}"))?;
    let send_calls = || harness.aws_proxy.send_call_count(&connected.role_arn);
    wait::until("all emails to be sent", Duration::from_mins(3), Duration::from_millis(200), || {
        Ok(if send_calls() == 100 { Poll::Ready(()) } else { Poll::Pending(send_calls().to_string()) })
    })?;
    // The results have the order of the request.
    for n in [0, 57, 99] {
        let email = connected.wait_for_delivery(&string_at(&items[n], "/id")?)?;
        assert_equal("subject", &email["subject"], &json!(format!("No. {n}")))?;
    }
    assert_equal("send calls", send_calls(), 100)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 100.0)
}

pub(crate) fn throttled(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    connected.send_first_email()?;
    let calls_before = harness.aws_proxy.send_call_count(&connected.role_arn);
    let calls_before_throttling = AtomicUsize::new(3);
    let throttle = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let is_throttled = calls_before_throttling
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |remaining| remaining.checked_sub(1))
            .is_err();
        is_throttled.then(fault::throttle)
    });
    let items = batch(&connected, &vec![email_to(SUCCESS); 30])?;
    let count = |status: &str| items.iter().filter(|item| item["status"] == status).count();
    let (sent, queued) = (count("sent"), count("queued"));
    // On a busy machine, the outcomes of the first three come too late for the response.
    assert_that(sent <= 3 && sent + queued == 30, format!("{sent} are sent, {queued} queued"))?;
    let calls = harness.aws_proxy.send_call_count(&connected.role_arn) - calls_before;
    assert_that(calls <= 3 + 2 * 6, format!("SES was called {calls} times despite throttling"))?;
    let single = connected.send(&email_to(SUCCESS), "queued")?;
    drop(throttle);
    connected.wait_for_delivery(&single)?;
    wait_until("all emails to be delivered", || {
        let page = connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
        Ok(page["data"].as_array().into_iter().flatten().all(|email| email["status"] == "delivered"))
    })?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 32.0)
}

pub(crate) fn all_invalid(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let items =
        batch(&connected, &vec![json!({ "from": SENDER, "to": "x", "subject": "s", "text": "t" }); 2])?;
    assert_that(
        items.iter().all(|item| item["error"]["code"] == "invalid_email_address"),
        format!("{items:?}"),
    )?;
    assert_equal("send calls", harness.aws_proxy.send_call_count(&connected.role_arn), 0)
}
