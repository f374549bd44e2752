//! One-click unsubscribe (RFC 8058).

use api_contract::RateClass;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Method, StatusCode};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_error, assert_that, email_to_all, look_up, suppression_reason};
use crate::{aws_proxy::SEND_EMAIL, connected_organisation::ConnectedOrganisation, harness::Harness};

/// Sends an email with an unsubscribe link and additional fields. Returns its id and the request to SES.
fn send_with_link(
    harness: &Harness,
    connected: &ConnectedOrganisation,
    to: &str,
    fields: &Value,
) -> Result<(String, Value), Failed> {
    let mut email = email_to_all(&[to]);
    email["unsubscribe"] = json!(true);
    if let (Value::Object(email), Value::Object(fields)) = (&mut email, fields) {
        email.extend(fields.clone());
    }
    let id = connected.send(&email, "sent")?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    Ok((id, calls.last().ok_or("SES was not called")?.json()))
}

/// Returns the path of an email's unsubscribe link.
fn unsubscribe_path(harness: &Harness, request: &Value) -> Result<String, Failed> {
    let headers = request["Content"]["Simple"]["Headers"].as_array().cloned().unwrap_or_default();
    let value = |name: &str| {
        let header = headers.iter().find(|header| header["Name"] == name);
        header.and_then(|header| header["Value"].as_str()).unwrap_or_default().to_owned()
    };
    assert_equal("List-Unsubscribe-Post", value("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click")?;
    let link = value("List-Unsubscribe");
    let url = link.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    let path = url.strip_prefix(harness.api().origin()).ok_or("the link has another origin")?;
    Ok(path.to_owned())
}

pub(crate) fn limited_by_link(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let link = |to: &str| {
        let (_, request) = send_with_link(harness, &connected, to, &json!({}))?;
        unsubscribe_path(harness, &request)
    };
    let (first, second) = (link("ada@example.org")?, link("grace@example.org")?);
    let open = |path: &str| harness.api().send(Method::POST, path, None, &[]);
    let limit = RateClass::Unsubscribes.limit().ok_or("the class has no limit")?;
    // A new period may begin meanwhile.
    let most = 2 * limit.requests;
    let limited = (0..=most)
        .map(|_| open(&first))
        .find(|response| response.as_ref().is_ok_and(|response| response.status == 429));
    let limited = limited.ok_or_else(|| format!("none of {most} requests was limited"))??;
    assert_error("a link used too often", &limited, 429, "rate_limited")?;
    assert_equal("another link", open(&second)?.status, StatusCode::OK)?;
    for address in ["ada@example.org", "grace@example.org"] {
        assert_equal("reason", suppression_reason(&connected, address)?, "unsubscribe")?;
    }
    Ok(())
}

pub(crate) fn one_click(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let (id, request) = send_with_link(harness, &connected, "Ada <Ada@example.org>", &json!({}))?;
    let path = unsubscribe_path(harness, &request)?;

    let page = harness.api().get(&path)?;
    assert_equal("status of the page", page.status, StatusCode::OK)?;
    assert_equal("content-type", &page.headers["content-type"], "text/html; charset=utf-8")?;
    let policy = page.headers["content-security-policy"].to_str().unwrap_or_default();
    assert_that(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), policy)?;
    let html = page.body.as_str().unwrap_or_default();
    assert_that(html.contains("<form method=\"post\">") && html.contains("ada@example.org"), html)?;
    assert_that(!html.contains("<script"), html)?;
    assert_equal("reason after opening the page", suppression_reason(&connected, "ada@example.org")?, "")?;

    let head = harness.api().send(Method::HEAD, &path, None, &[])?;
    assert_equal("status of HEAD", head.status, StatusCode::OK)?;
    assert_equal("content-type of HEAD", &head.headers["content-type"], "text/html; charset=utf-8")?;
    assert_equal("body of HEAD", head.body.as_str().unwrap_or_default(), "")?;

    // A mail client posts without a key or cookie.
    let body = || Some(("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click".into()));
    for _ in 0..2 {
        let response = harness.api().send(Method::POST, &path, body(), &[])?;
        assert_equal("status of the confirmation", response.status, StatusCode::OK)?;
        assert_that(
            response.body.as_str().is_some_and(|html| html.contains("Unsubscribed")),
            "the confirmation page is missing",
        )?;
    }
    let entry = look_up(&connected, "ada@example.org")?;
    assert_equal(
        "reason and emailId",
        (entry.text("/reason"), entry.text("/emailId")),
        ("unsubscribe", id.as_str()),
    )?;
    let rejected = connected.submit(&email_to_all(&["ada@example.org"]))?;
    assert_equal("sending the next email", rejected.code(), Some("recipients_suppressed"))?;

    let token = path.rsplit('/').next().unwrap_or_default();
    let worker_lines = harness.worker_log_without_wrangler();
    assert_that(worker_lines.contains("/unsubscribe/{token}"), "the route is not logged")?;
    assert_that(!worker_lines.contains(token), "the log contains the token")
}

pub(crate) fn link_with_attachment(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let file = json!({ "filename": "a.txt", "content": "YQ==" });
    let (_, request) =
        send_with_link(harness, &connected, "bob@example.org", &json!({ "attachments": [file] }))?;
    let data = request["Content"]["Raw"]["Data"].as_str().ok_or("SES did not receive a MIME message")?;
    let message = String::from_utf8(STANDARD.decode(data)?)?.replace("\r\n\t", "").replace("\r\n ", "");
    assert_that(message.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), message.clone())?;
    let link = format!("<{}/unsubscribe/", harness.api().origin());
    assert_that(message.contains(&link), message)
}

pub(crate) fn forged_link(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let (_, request) = send_with_link(harness, &connected, "ada@example.org", &json!({}))?;
    let path = unsubscribe_path(harness, &request)?;
    let (route, token) = path.rsplit_once('/').ok_or("the path has no token")?;
    let changed = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
    for forged_token in [changed.as_str(), &token[1..], "x"] {
        for method in [Method::GET, Method::POST] {
            let response = harness.api().send(method, &format!("{route}/{forged_token}"), None, &[])?;
            assert_error(forged_token, &response, 404, "not_found")?;
        }
        // Programs get a problem, people a page.
        let page = harness.api().send(
            Method::GET,
            &format!("{route}/{forged_token}"),
            None,
            &[("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")],
        )?;
        assert_equal("status of the page", page.status, StatusCode::NOT_FOUND)?;
        assert_equal("content-type", &page.headers["content-type"], "text/html; charset=utf-8")?;
        let html = page.body.as_str().unwrap_or_default();
        assert_that(html.contains("incomplete or has changed") && !html.contains("<form"), html)?;
    }
    assert_equal("reason afterwards", suppression_reason(&connected, "ada@example.org")?, "")
}
