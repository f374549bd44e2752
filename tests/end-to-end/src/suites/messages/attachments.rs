//! Attachments and inline images.

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_that, file, raw_message, stored_chunks};
use crate::{
    aws_proxy::SEND_EMAIL,
    harness::{Harness, IRELAND},
    http_proxy::ProxyAction,
    polling::wait_until,
    test_email::{SENDER, SUCCESS},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\xff";

/// File names in Cyrillic, Arabic and emoji, and one that is longer than a line.
const NAMES: [&str; 4] = [
    "Отчёт за ноябрь 2026 года, окончательный вариант.pdf",
    "تقرير نوفمبر.csv",
    "\u{1f4ca}\u{1f389} figures.xlsx",
    "a name that is much longer than any line of an email should ever be, with spaces (1).txt",
];

fn email(subject: &str) -> Value {
    let files = NAMES.iter().map(|name| file(name, name.as_bytes()));
    let mut image = file("logo.png", PNG);
    image["contentId"] = json!("logo");
    image["contentType"] = json!("image/png");
    json!({
        "from": format!("Zoë <{SENDER}>"),
        "to": [format!("Ada <{SUCCESS}>")],
        "cc": "one@simulator.amazonses.com",
        "bcc": "two@simulator.amazonses.com",
        "replyTo": "Help <help@example.com>",
        "subject": subject,
        "html": "<p>Grüße</p><img src=\"cid:logo\">",
        "text": "Grüße\nund mehr",
        "headers": { "X-Campaign": "spring" },
        "tags": { "campaign": "spring" },
        "attachments": files.chain([image]).collect::<Vec<_>>(),
    })
}

pub(crate) fn arrive_unchanged(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation_to(harness.mailbox_customer()?, IRELAND)?;
    let subject = "Отчёт \u{1f4ca} with files, M-3301";
    let id = connected.send(&email(subject), "sent")?;

    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} send calls were made", calls.len()).into()) };
    let request = call.json();
    assert_equal(
        "destination",
        &request["Destination"],
        &json!({
            "ToAddresses": [format!("Ada <{SUCCESS}>")],
            "CcAddresses": ["one@simulator.amazonses.com"],
            "BccAddresses": ["two@simulator.amazonses.com"],
        }),
    )?;
    assert_equal(
        "message ID tag",
        &request["EmailTags"][0],
        &json!({ "Name": "kraiter-message-id", "Value": id }),
    )?;
    let message = raw_message(call)?;
    let parsed = MessageParser::new().parse(&message).ok_or("SES did not receive a message")?;
    assert_equal("subject", parsed.subject(), Some(subject))?;
    assert_equal(
        "custom header",
        parsed.header("X-Campaign").and_then(|value| value.as_text()),
        Some("spring"),
    )?;
    assert_that(parsed.bcc().is_none(), "the message contains the BCC recipient")?;
    assert_equal("html", parsed.body_html(0).as_deref(), Some("<p>Grüße</p><img src=\"cid:logo\">"))?;
    assert_equal("text", parsed.body_text(0).as_deref(), Some("Grüße\r\nund mehr"))?;
    let mut actual: Vec<_> = parsed
        .attachments()
        .map(|part| (part.attachment_name().unwrap_or_default(), part.content_id(), part.contents()))
        .collect();
    let mut expected: Vec<_> = NAMES.iter().map(|name| (*name, None, name.as_bytes())).collect();
    expected.push(("logo.png", Some("logo"), PNG));
    actual.sort_unstable();
    expected.sort_unstable();
    assert_equal("attachments", actual, expected)?;

    // The emulator's mailbox has the same message.
    let response: Value = serde_json::from_str(&call.response_body)?;
    let mailbox = harness.emulator().mailbox()?;
    let received = mailbox.iter().find(|email| response["MessageId"] == email.message_id.as_str());
    let received = received.ok_or("the email is not in the mailbox")?;
    assert_equal("message in the mailbox", received.raw().ok_or("the mailbox has no message")?, message)?;
    connected.wait_for_delivery(&id)?;
    assert_equal("stored chunks", stored_chunks::count(harness, harness.state_dir(), &id)?, 0)
}

pub(crate) fn calendar_invitation(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let mut invitation =
        file("invite.ics", "BEGIN:VCALENDAR\r\nLOCATION:Zürich\r\nEND:VCALENDAR\r\n".as_bytes());
    invitation["contentType"] = json!("text/calendar; method=REQUEST");
    let email = json!({
        "from": SENDER,
        "to": "aaa..bbbb@docomo.ne.jp",
        "subject": "Invitation",
        "text": "t",
        "headers": { "X-Link": "x".repeat(990) },
        "attachments": [invitation],
    });
    connected.send(&email, "sent")?;

    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} send calls were made", calls.len()).into()) };
    let to = &call.json()["Destination"]["ToAddresses"];
    assert_equal("recipient", to, &json!(["\"aaa..bbbb\"@docomo.ne.jp"]))?;
    let message = String::from_utf8(raw_message(call)?)?;
    let content_type = "Content-Type: text/calendar; method=REQUEST; charset=utf-8; name=\"invite.ics\"";
    assert_that(message.replace("\r\n\t", " ").contains(content_type), &message)?;
    assert_equal("longest line", message.split("\r\n").map(str::len).max(), Some(998))
}

pub(crate) fn metadata_only(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = connected.send(&email("Metadata"), "sent")?;
    let fetched = connected.email(&id)?;
    let csv = NAMES[1];
    assert_equal(
        "attached file",
        &fetched["attachments"][1],
        &json!({ "filename": csv, "contentType": "text/csv; charset=utf-8", "size": csv.len() }),
    )?;
    assert_equal(
        "inline image",
        &fetched["attachments"][4],
        &json!({ "filename": "logo.png", "contentType": "image/png", "size": PNG.len(), "contentId": "logo" }),
    )?;
    let without_attachments =
        json!({ "from": SENDER, "to": SUCCESS, "subject": "s", "text": "t", "attachments": [] });
    let fetched = connected.email(&connected.send(&without_attachments, "sent")?)?;
    assert_equal("attachments of an email without files", &fetched["attachments"], &json!([]))
}

pub(crate) fn lost_response(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let fault = harness
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(ProxyAction::ForwardThenDisconnect));
    let id = connected.send(&email("Lost"), "unconfirmed")?;
    drop(fault);
    connected.wait_for_delivery(&id)?;
    assert_equal("attempts", harness.aws_proxy.send_call_count(&connected.role_arn), 1)?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}

pub(crate) fn throttled(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let throttle = harness.aws_proxy.throttle_emails(&connected.role_arn);
    let id = connected.send(&email("Later"), "queued")?;
    drop(throttle);
    connected.wait_for_delivery(&id)?;
    // Events may arrive before their send call is recorded.
    let calls = || harness.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    wait_until("the send call to finish", || Ok(calls().iter().any(|call| call.processed)))?;
    let calls = calls();
    let messages = calls.iter().map(|call| raw_message(call)).collect::<Result<Vec<_>, _>>()?;
    assert_that(messages.len() >= 2, "there was only one attempt")?;
    assert_that(
        messages.iter().all(|message| *message == messages[0]),
        "the attempts sent different messages",
    )?;
    wait_until("the stored chunks to be deleted", || {
        Ok(stored_chunks::count(harness, harness.state_dir(), &id)? == 0)
    })?;
    Ok(())
}
