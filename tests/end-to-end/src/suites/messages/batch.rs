//! Many mails in one request.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{
    Result,
    wait::{self, Poll},
};

use super::{Outcome, equal, file, hold};
use crate::{
    connected::{BOUNCE, Connected, SENDER, SUCCESS, email_to, until},
    wiretap::{SEND_EMAIL, fault},
    world::{World, text},
};

fn batch(connected: &Connected, emails: &[Value]) -> Result<Vec<Value>> {
    let answer = connected.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
    let body = answer.expect_status(StatusCode::ACCEPTED)?;
    Ok(body["data"].as_array().cloned().unwrap_or_default())
}

pub(crate) fn mixed(world: &World) -> Outcome {
    let connected = world.connected()?;
    let mut with_file = email_to(SUCCESS);
    with_file["attachments"] = json!([file("a.txt", b"a")]);
    let mut long = email_to(SUCCESS);
    long["text"] = json!("t".repeat(300_000));
    let mut unverified = email_to(SUCCESS);
    unverified["from"] = json!("sender@example.com");
    let unknown = json!({ "from": SENDER, "to": SUCCESS, "template": { "id": "tpl_019ab0c5d0007000800000000000000a" } });
    let mut both = unknown.clone();
    both["subject"] = json!("Hello");
    let wrong = json!({ "from": SENDER, "to": [SUCCESS, "nobody"], "subject": "s", "text": "t" });
    let emails = [
        email_to(SUCCESS),
        wrong,
        with_file,
        unverified,
        unknown,
        email_to(BOUNCE),
        both,
        long,
        email_to(SUCCESS),
    ];
    let items = batch(&connected, &emails)?;
    let codes: Vec<_> = items
        .iter()
        .map(|item| {
            (item["status"].as_str(), item["error"]["code"].as_str(), item["error"]["field"].as_str())
        })
        .collect();
    let sent = (Some("sent"), None, None);
    equal(
        "what became of each",
        codes,
        vec![
            sent,
            (None, Some("invalid_email_address"), Some("to[1]")),
            (None, Some("not_in_batch"), Some("attachments")),
            (None, Some("aws_refused"), None),
            (None, Some("unknown_template"), Some("template.id")),
            sent,
            (None, Some("template_and_content"), Some("subject")),
            (None, Some("not_in_batch"), Some("html")),
            sent,
        ],
    )?;
    for item in &items {
        let error = &item["error"];
        hold(error.is_null() || error["message"].is_string(), format!("no message: {error}"))?;
    }
    connected.wait_for_delivery(&text(&items[0], "/id")?)?;
    connected.wait_for_email(&text(&items[5], "/id")?, "bounced")?;
    connected.wait_for_delivery(&text(&items[8], "/id")?)?;
    equal("mails that AWS counts", connected.sent()?, 3.0)?;
    // What SES refused is listed too; what we refused was never a mail.
    let page = connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
    equal("mails that are listed", page["data"].as_array().map(Vec::len), Some(4))
}

pub(crate) fn templates(world: &World) -> Outcome {
    let connected = world.connected()?;
    let made = connected.organisation.api.post(
        "/v1/templates",
        &json!({
            "name": "Costly", "subject": "{{ name }}",
            "text": "{% for a in list %}{% for b in list %}{{ b }}{% endfor %}{% endfor %}",
        }),
    )?;
    let id = text(&made.expect_status(StatusCode::CREATED)?, "/id")?;
    let email = |length: usize| {
        let variables = json!({ "name": format!("{length}"), "list": vec![1; length] });
        json!({ "from": SENDER, "to": SUCCESS, "template": { "id": id, "variables": variables } })
    };
    let cheap = batch(&connected, &vec![email(5); 20])?;
    // More than the account may send in a second: the others wait for their turn.
    hold(cheap.iter().all(|item| item["error"].is_null()), format!("{cheap:?}"))?;
    equal("the subject", &connected.email(&text(&cheap[0], "/id")?)?["subject"], "5")?;

    let costly = batch(&connected, &vec![email(90); 100])?;
    let refused: Vec<_> = costly.iter().filter(|item| item["error"].is_object()).collect();
    hold((20..=60).contains(&refused.len()), format!("{} of 100 are refused", refused.len()))?;
    for item in refused {
        equal("the code", &item["error"]["code"], "batch_too_much_work")?;
    }
    Ok(())
}

pub(crate) fn hundred(world: &World) -> Outcome {
    let connected = world.connected()?;
    let emails: Vec<_> = (0..100)
        .map(|n| json!({ "from": SENDER, "to": SUCCESS, "subject": format!("No. {n}"), "text": "Hello!" }))
        .collect();
    let items = batch(&connected, &emails)?;
    let ids: BTreeSet<_> = items.iter().filter_map(|item| item["id"].as_str()).collect();
    equal("ids", ids.len(), 100)?;
    // On a busy machine the last of them are left to the alarm.
    let is_taken = |item: &Value| item["status"] == "sent" || item["status"] == "queued";
    hold(items.iter().all(is_taken), format!("{items:?}"))?;
    let sent = || world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len();
    wait::until("all to be sent", Duration::from_mins(3), Duration::from_millis(200), || {
        Ok(if sent() == 100 { Poll::Ready(()) } else { Poll::Pending(format!("{}", sent())) })
    })?;
    // The answers are in the order of the request.
    for n in [0, 57, 99] {
        let email = connected.wait_for_delivery(&text(&items[n], "/id")?)?;
        equal("the subject", &email["subject"], &json!(format!("No. {n}")))?;
    }
    equal("calls", sent(), 100)?;
    equal("mails that AWS counts", connected.sent()?, 100.0)
}

pub(crate) fn throttled(world: &World) -> Outcome {
    let connected = world.connected()?;
    let left = Arc::new(AtomicUsize::new(3));
    let taken = Arc::clone(&left);
    let slower = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
        let one = taken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        let error = || fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
        one.is_err().then(error)
    });
    let items = batch(&connected, &vec![email_to(SUCCESS); 30])?;
    let of = |status: &str| items.iter().filter(|item| item["status"] == status).count();
    equal("sent and queued", (of("sent"), of("queued")), (3, 27))?;
    let asked = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len();
    hold(asked <= 3 + 2 * 6, format!("SES was asked {asked} times though it wanted to be asked less"))?;
    let single = connected.send(&email_to(SUCCESS), "queued")?;
    drop(slower);
    connected.wait_for_delivery(&single)?;
    until("all to be delivered", || {
        let page = connected.organisation.api.get("/v1/emails?limit=100")?.expect_status(StatusCode::OK)?;
        Ok(page["data"].as_array().into_iter().flatten().all(|email| email["status"] == "delivered"))
    })?;
    equal("mails that AWS counts", connected.sent()?, 31.0)
}

pub(crate) fn wrong_alone(world: &World) -> Outcome {
    let connected = world.connected()?;
    let empty =
        batch(&connected, &vec![json!({ "from": SENDER, "to": "x", "subject": "s", "text": "t" }); 2])?;
    hold(empty.iter().all(|item| item["error"]["code"] == "invalid_email_address"), format!("{empty:?}"))?;
    equal("calls", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 0)
}
