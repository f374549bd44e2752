//! One-click unsubscribe (RFC 8058).

use http::{Method, StatusCode};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use super::{Outcome, email_to_all, equal, hold, look_up, reason};
use crate::{connected::Connected, wiretap::SEND_EMAIL, world::World};

/// Sends a mail that carries a link; answers its id and what SES was asked.
fn send(world: &World, connected: &Connected, to: &str, more: &Value) -> Result<(String, Value), Failed> {
    let mut email = email_to_all(&[to]);
    email["unsubscribe"] = json!(true);
    if let (Value::Object(email), Value::Object(more)) = (&mut email, more) {
        email.extend(more.clone());
    }
    let id = connected.send(&email, "sent")?;
    let calls =
        world.wiretap.calls_where(|call| call.role == connected.role_arn && call.action == SEND_EMAIL);
    Ok((id, calls.last().ok_or("SES wasn't asked")?.json()))
}

/// Path of the link of a mail.
fn link(world: &World, asked: &Value) -> Result<String, Failed> {
    let headers = asked["Content"]["Simple"]["Headers"].as_array().cloned().unwrap_or_default();
    let value = |name: &str| {
        let header = headers.iter().find(|header| header["Name"] == name);
        header.and_then(|header| header["Value"].as_str()).unwrap_or_default().to_owned()
    };
    equal("List-Unsubscribe-Post", value("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click")?;
    let link = value("List-Unsubscribe");
    let inner = link.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    let path = inner.strip_prefix(world.api().origin()).ok_or("the link leads elsewhere")?;
    Ok(path.to_owned())
}

pub(crate) fn whole_way(world: &World) -> Outcome {
    let connected = world.connected()?;
    let (id, asked) = send(world, &connected, "Ada <Ada@example.org>", &json!({}))?;
    let path = link(world, &asked)?;

    let page = world.api().get(&path)?;
    equal("the page", page.status, StatusCode::OK)?;
    equal("type", &page.headers["content-type"], "text/html; charset=utf-8")?;
    let policy = page.headers["content-security-policy"].to_str().unwrap_or_default();
    hold(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), policy)?;
    let html = page.body.as_str().unwrap_or_default();
    hold(html.contains("<form method=\"post\">") && html.contains("ada@example.org"), html)?;
    hold(!html.contains("<script"), html)?;
    equal("after looking", reason(&connected, "ada@example.org")?, "")?;

    // As a mail program posts it: no key, no cookie, no question.
    let body = || Some(("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click".into()));
    for _ in 0..2 {
        let done = world.api().send(Method::POST, &path, body(), &[])?;
        equal("done", done.status, StatusCode::OK)?;
        hold(done.body.as_str().is_some_and(|html| html.contains("Unsubscribed")), "another page")?;
    }
    let found = look_up(&connected, "ada@example.org")?;
    equal("reason", (found.text("/reason"), found.text("/emailId")), ("unsubscribe", id.as_str()))?;
    let refused = connected.post(&email_to_all(&["ada@example.org"]))?;
    equal("the next mail", refused.code(), Some("recipients_suppressed"))?;

    let token = path.rsplit('/').next().unwrap_or_default();
    // wrangler's own lines name the paths that were asked for; they are no part of the product.
    let log = world.log();
    let own = log.lines().filter(|line| !line.starts_with("[wrangler")).collect::<Vec<_>>().join("\n");
    hold(own.contains("/unsubscribe/{token}"), "the route isn't logged")?;
    hold(!own.contains(token), "the log holds the link")
}

pub(crate) fn with_file(world: &World) -> Outcome {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let connected = world.connected()?;
    let file = json!({ "filename": "a.txt", "content": "YQ==" });
    let (_, asked) = send(world, &connected, "bob@example.org", &json!({ "attachments": [file] }))?;
    let data = asked["Content"]["Raw"]["Data"].as_str().ok_or("SES wasn't given a MIME message")?;
    let message = String::from_utf8(STANDARD.decode(data)?)?.replace("\r\n\t", "").replace("\r\n ", "");
    hold(message.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), message.clone())?;
    let link = format!("<{}/unsubscribe/", world.api().origin());
    hold(message.contains(&link), message)
}

pub(crate) fn forged(world: &World) -> Outcome {
    let connected = world.connected()?;
    let (_, asked) = send(world, &connected, "ada@example.org", &json!({}))?;
    let path = link(world, &asked)?;
    let (route, token) = path.rsplit_once('/').ok_or("no token")?;
    let changed = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
    for wrong in [changed.as_str(), &token[1..], "x"] {
        for method in [Method::GET, Method::POST] {
            let answer = world.api().send(method, &format!("{route}/{wrong}"), None, &[])?;
            equal(wrong, (answer.status.as_u16(), answer.code()), (404, Some("not_found")))?;
        }
    }
    equal("afterwards", reason(&connected, "ada@example.org")?, "")
}
