//! Files and images of a mail.

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};

use super::{Outcome, equal, file, hold, raw, rows};
use crate::{
    connected::{SENDER, SUCCESS, until},
    relay::Reaction,
    wiretap::{SEND_EMAIL, fault},
    world::{IRELAND, World},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\xff";

/// Names in Cyrillic, Arabic and pictures, and one that is longer than a line.
const NAMES: [&str; 4] = [
    "Отчёт за ноябрь 2026 года, окончательный вариант.pdf",
    "تقرير نوفمبر.csv",
    "\u{1f4ca}\u{1f389} figures.xlsx",
    "a name that is much longer than any line of a mail should ever be, with spaces (1).txt",
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

pub(crate) fn whole_way(world: &World) -> Outcome {
    let connected = world.connected_to(world.shown_customer()?, IRELAND)?;
    let subject = "Отчёт \u{1f4ca} with files, M-3301";
    let id = connected.send(&email(subject), "sent")?;

    let calls = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} calls send", calls.len()).into()) };
    let asked = call.json();
    equal(
        "who gets it",
        &asked["Destination"],
        &json!({
            "ToAddresses": [format!("Ada <{SUCCESS}>")],
            "CcAddresses": ["one@simulator.amazonses.com"],
            "BccAddresses": ["two@simulator.amazonses.com"],
        }),
    )?;
    equal("our tag", &asked["EmailTags"][0], &json!({ "Name": "kraiter-message-id", "Value": id }))?;
    let message = raw(call)?;
    let mail = MessageParser::new().parse(&message).ok_or("SES was given no message")?;
    equal("the subject", mail.subject(), Some(subject))?;
    equal("a header", mail.header("X-Campaign").and_then(|value| value.as_text()), Some("spring"))?;
    hold(mail.bcc().is_none(), "the hidden recipient is in the message")?;
    equal("html", mail.body_html(0).as_deref(), Some("<p>Grüße</p><img src=\"cid:logo\">"))?;
    equal("text", mail.body_text(0).as_deref(), Some("Grüße\r\nund mehr"))?;
    let mut found: Vec<_> = mail
        .attachments()
        .map(|part| (part.attachment_name().unwrap_or_default(), part.content_id(), part.contents()))
        .collect();
    let mut given: Vec<_> = NAMES.iter().map(|name| (*name, None, name.as_bytes())).collect();
    given.push(("logo.png", Some("logo"), PNG));
    found.sort_unstable();
    given.sort_unstable();
    equal("files", found, given)?;

    // What the emulator took is the same message.
    let answer: Value = serde_json::from_str(&call.answer)?;
    let mails = world.emulator().mailbox()?;
    let taken = mails.iter().find(|mail| answer["MessageId"] == mail.message_id.as_str());
    let taken = taken.ok_or("the mail isn't in the mailbox")?;
    equal("what is in the mailbox", taken.raw().ok_or("the mailbox has no message")?, message)?;
    connected.wait_for_delivery(&id)?;
    equal("what is kept of messages", rows::kept(world, world.state(), &id)?, 0)
}

pub(crate) fn shown(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email("Shown"), "sent")?;
    let shown = connected.email(&id)?;
    let csv = NAMES[1];
    equal(
        "a file",
        &shown["attachments"][1],
        &json!({ "filename": csv, "contentType": "text/csv", "size": csv.len() }),
    )?;
    equal(
        "an image",
        &shown["attachments"][4],
        &json!({ "filename": "logo.png", "contentType": "image/png", "size": PNG.len(), "contentId": "logo" }),
    )?;
    let simple = json!({ "from": SENDER, "to": SUCCESS, "subject": "s", "text": "t", "attachments": [] });
    let shown = connected.email(&connected.send(&simple, "sent")?)?;
    equal("no files", &shown["attachments"], &json!([]))
}

pub(crate) fn answer_lost(world: &World) -> Outcome {
    let connected = world.connected()?;
    let cut = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| Some(Reaction::PassThenCut));
    let id = connected.send(&email("Lost"), "unconfirmed")?;
    drop(cut);
    connected.wait_for_delivery(&id)?;
    equal("attempts", world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 1)?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}

pub(crate) fn throttled(world: &World) -> Outcome {
    let connected = world.connected()?;
    let slower = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let id = connected.send(&email("Later"), "queued")?;
    drop(slower);
    connected.wait_for_delivery(&id)?;
    // Events may come before the call that they tell of has ended.
    let calls = || world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    until("the call to end", || Ok(calls().iter().any(|call| call.taken)))?;
    let calls = calls();
    let messages = calls.iter().map(|call| raw(call)).collect::<Result<Vec<_>, _>>()?;
    hold(messages.len() >= 2, "it was tried once only")?;
    hold(messages.iter().all(|message| *message == messages[0]), "the attempts differ")?;
    until("nothing of it to be kept", || Ok(rows::kept(world, world.state(), &id)? == 0))?;
    Ok(())
}
