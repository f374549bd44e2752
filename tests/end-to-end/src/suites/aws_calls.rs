//! The ledger of calls to AWS.

use std::{collections::BTreeMap, sync::Weak};

use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::Value;

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{
    aws_proxy::{GET_ACCOUNT, SEND_EMAIL, fault::REQUEST_ID},
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    http_proxy::ProxyAction,
    polling::wait_until,
    test_email::{SENDER, SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("aws_calls::{name}"), harness, case);
    vec![
        case("the ledger has every call that AWS saw of the role, with its request ID", every_call),
        case("calls that were refused, repeated or lost are listed as such", results),
        case("pages and the export have the same calls, and filters select some of them", pages),
    ]
}

/// Counts texts.
fn count<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, u32> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn every_call(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    connected.send(&email_to(SUCCESS), "sent")?;
    api.call(http::Method::POST, "/v1/aws-binding/audit", None)?.expect_status(StatusCode::OK)?;
    api.get("/v1/identities?limit=100")?.expect_status(StatusCode::OK)?;
    connected.verify()?;

    let session = format!("kraiter-{}", connected.organisation.id);
    wait_until("the ledger to have the calls that AWS saw", || {
        // Read first: a check may go on in the background.
        let ledger = all(&connected, "")?;
        let seen = harness.aws_proxy.calls_matching(|call| call.role == connected.role_arn);
        let ids = ledger.iter().filter(|call| call["action"] != "ConfirmSubscription");
        let ids = count(ids.filter_map(|call| call["awsRequestId"].as_str()));
        Ok(ids == count(seen.iter().map(|call| call.request_id.as_str())))
    })?;
    let ledger = all(&connected, "")?;
    let of = |action: &str| ledger.iter().filter(|call| call["action"] == action).collect::<Vec<_>>();
    for action in ["AssumeRole", "GetAccount", "SendEmail", "ListEmailIdentities", "CreateConfigurationSet"] {
        let calls = of(action);
        assert_that(!calls.is_empty(), format!("no {action} in {ledger:#?}"))?;
        for call in calls {
            assert_equal("session", &call["sessionName"], &session)?;
            assert_equal("region", &call["region"], connected.link.region.name())?;
        }
    }
    let confirmations = of("ConfirmSubscription");
    assert_equal("confirmations", confirmations.len(), 1)?;
    assert_equal("session of a call that isn't signed", &confirmations[0]["sessionName"], &Value::Null)?;
    // Each check tries the role without and with a wrong external ID.
    let refused = of("AssumeRole").into_iter().filter(|call| call["code"] == "AccessDenied").count();
    assert_that(refused >= 4 && refused.is_multiple_of(2), format!("{refused} refused AssumeRole"))?;

    let page = page(&connected, "?limit=1")?;
    for (query, text) in
        [("athena", "eventName = 'AssumeRole'"), ("lake", "roleSessionName"), ("lookupEvents", "--region")]
    {
        let sql = page["cloudTrail"][query].as_str().unwrap_or_default();
        assert_that(sql.contains(&session) && sql.contains(text), format!("{query}: {sql}"))?;
    }
    Ok(())
}

fn results(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let mut refused = email_to(SUCCESS);
    refused["from"] = "sender@example.com".into();
    assert_error("an email that SES refuses", &connected.submit(&refused)?, 400, "aws_refused")?;
    let calls = all(&connected, "?action=SendEmail&result=failed")?;
    let emails = calls.iter().filter(|call| call["emailId"].is_string()).count();
    assert_equal("refused emails", emails, 1)?;

    let throttled = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let id = connected.send(&email_to(SUCCESS), "queued")?;
    wait_until("two throttled calls", || {
        Ok(harness.aws_proxy.send_call_count(&connected.role_arn) >= 3
            && sends(&connected, &id)?.iter().any(|call| call["count"].as_u64() >= Some(2)))
    })?;
    drop(throttled);
    connected.wait_for_delivery(&id)?;
    let calls = sends(&connected, &id)?;
    let first = calls.last().ok_or("no call")?;
    assert_equal("request ID of the first throttled call", &first["awsRequestId"], REQUEST_ID)?;
    assert_equal("code", &first["code"], "TooManyRequestsException")?;
    assert_equal("result of the last call", &calls[0]["result"], "succeeded")?;

    let lost = harness
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::ForwardThenDisconnect));
    let id = connected.send(&email_to(SUCCESS), "unconfirmed")?;
    drop(lost);
    let calls = sends(&connected, &id)?;
    assert_equal("result of a call without a response", &calls[0]["result"], "lost")?;
    assert_equal("its request ID", &calls[0]["awsRequestId"], &Value::Null)?;

    let lost = harness
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, GET_ACCOUNT, |_| Some(ProxyAction::Disconnect));
    connected.verify()?;
    drop(lost);
    let calls = all(&connected, "?action=GetAccount&result=lost")?;
    assert_equal("lost calls of a check", calls.len(), 1)
}

fn pages(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let ids = [(); 3].map(|()| connected.send(&email_to(SUCCESS), "sent"));
    connected
        .organisation
        .api
        .call(http::Method::POST, "/v1/aws-binding/audit", None)?
        .expect_status(StatusCode::OK)?;
    let everything = all(&connected, "")?;
    let mut found = Vec::new();
    let mut query = "?limit=1".to_owned();
    loop {
        let page = page(&connected, &query)?;
        found.extend(page["data"].as_array().cloned().unwrap_or_default());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        query = format!("?limit=1&cursor={cursor}");
    }
    assert_equal("calls one by one", &found, &everything)?;

    let sent = all(&connected, "?action=SendEmail&result=succeeded")?;
    let mut listed: Vec<_> = sent.iter().filter_map(|call| call["emailId"].as_str()).collect();
    listed.reverse();
    let ids = ids.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_equal("emails", listed, ids.iter().map(String::as_str).collect::<Vec<_>>())?;
    let until = everything.last().and_then(|call| call["at"].as_str()).unwrap_or_default();
    assert_equal("calls before the first one", all(&connected, &format!("?until={until}"))?.len(), 0)?;
    assert_equal("calls since", all(&connected, &format!("?since={until}"))?.len(), everything.len())?;

    let csv = connected.organisation.api.get("/v1/aws-calls/export?action=SendEmail")?;
    assert_equal("status of the export", csv.status, StatusCode::OK)?;
    let text = csv.body.as_str().unwrap_or_default();
    assert_equal(
        "rows of the export",
        text.lines().count(),
        1 + all(&connected, "?action=SendEmail")?.len(),
    )?;
    for id in ids {
        assert_that(text.contains(&id), format!("{id} is not in {text}"))?;
    }
    assert_that(!text.contains(SENDER), "the export has a sender")
}

/// Returns the calls that send an email, newest first.
fn sends(connected: &ConnectedOrganisation, id: &str) -> test_support::Result<Vec<Value>> {
    let calls = all(connected, "?action=SendEmail")?;
    Ok(calls.into_iter().filter(|call| call["emailId"] == id).collect())
}

fn all(connected: &ConnectedOrganisation, query: &str) -> test_support::Result<Vec<Value>> {
    let first = if query.is_empty() { "?limit=100".to_owned() } else { format!("{query}&limit=100") };
    Ok(page(connected, &first)?["data"].as_array().cloned().unwrap_or_default())
}

fn page(connected: &ConnectedOrganisation, query: &str) -> test_support::Result<Value> {
    connected.organisation.api.get(&format!("/v1/aws-calls{query}"))?.expect_status(StatusCode::OK)
}
