//! The largest mail that there may be.

use base64::{Engine, engine::general_purpose::STANDARD};
use kraiter_core::mail::MAX_MESSAGE_BYTES;
use mail_parser::MessageParser;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Outcome, equal, hold, raw, rows};
use crate::{
    connected::{SENDER, SUCCESS, until},
    wiretap::{SEND_EMAIL, fault},
    world::World,
};

/// What a Worker has, in bytes. <https://developers.cloudflare.com/workers/platform/limits/#memory>
const MEMORY: u64 = 128_000_000;

/// What is left to the JavaScript around the wasm.
const JAVASCRIPT: u64 = 32_000_000;

/// A file of so many bytes that no two places of are alike.
fn bytes(length: usize) -> Vec<u8> {
    (0_u32..).flat_map(|n| Sha256::digest(n.to_le_bytes())).take(length).collect()
}

fn email(content: &[u8]) -> Value {
    json!({
        "from": SENDER, "to": SUCCESS, "subject": "Large", "text": "It is large.",
        "attachments": [{ "filename": "large.bin", "content": STANDARD.encode(content) }],
    })
}

/// So many bytes of a file fit: 57 of them become a line of 78, and the rest of the message has less than 1,000.
const LARGEST: usize = (MAX_MESSAGE_BYTES - 1_000) / 78 * 57;

pub(crate) fn largest(world: &World) -> Outcome {
    let site = world.site("large")?;
    let worker = site.start(&world.tools)?;
    let connected = site.connected(world.customer()?)?;
    let content = bytes(LARGEST);
    let id = connected.send(&email(&content), "sent")?;

    let calls = site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} calls send", calls.len()).into()) };
    let message = raw(call)?;
    hold(message.len() > MAX_MESSAGE_BYTES - 1_100, format!("only {} bytes were sent", message.len()))?;
    let mail = MessageParser::new().parse(&message).ok_or("SES was given no message")?;
    let file = mail.attachment(0).ok_or("the file is missing")?;
    hold(file.contents() == content, "the file has changed")?;
    equal("size", &connected.email(&id)?["attachments"][0]["size"], content.len())?;
    equal("what is kept of it", rows::kept(world, site.state.path(), &id)?, 0)?;

    let longer = bytes(LARGEST + 1_000 / 78 * 57 + 57);
    let refused = connected.post(&email(&longer))?;
    equal("one line more", (refused.status.as_u16(), refused.code()), (422, Some("email_too_large")))?;
    equal("the field", refused.text("/field"), "attachments")?;
    let refused = connected.post(&email(&bytes(32_000_000)))?;
    equal("a longer request", (refused.status.as_u16(), refused.code()), (413, Some("body_too_large")))?;
    equal("calls", site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 1)?;

    let most = memory(&worker.log());
    println!("the largest mail: {} bytes of MIME, {most} bytes of wasm memory", message.len());
    hold(most > 60_000_000, format!("the log tells of {most} bytes only: it isn't read right"))?;
    hold(most < MEMORY - JAVASCRIPT, format!("{most} bytes of memory were taken"))
}

/// The most memory that the log tells of.
fn memory(log: &str) -> u64 {
    let told = log.split("\"wasmBytes\":").skip(1).filter_map(|rest| {
        rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
    });
    told.max().unwrap_or_default()
}

pub(crate) fn killed(world: &World) -> Outcome {
    let site = world.site("killed-large")?;
    let start = || site.start(&world.tools);
    let worker = start()?;
    let connected = site.connected(world.customer()?)?;
    let throttle = site.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, |_| {
        Some(fault::json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."))
    });
    let content = bytes(9_000_000);
    let id = connected.send(&email(&content), "queued")?;

    worker.kill()?;
    hold(rows::kept(world, site.state.path(), &id)? > 8, "the message isn't kept in pieces")?;
    drop(throttle);
    let _worker = start()?;
    connected.wait_for_delivery(&id)?;
    // Events may come before the call that they tell of has ended.
    let calls = || site.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL);
    until("the call to end", || Ok(calls().iter().any(|call| call.taken)))?;
    let calls = calls();
    let taken: Vec<_> = calls.iter().filter(|call| call.taken).collect();
    equal("attempts that SES took", taken.len(), 1)?;
    let message = raw(taken[0])?;
    let mail = MessageParser::new().parse(&message).ok_or("SES was given no message")?;
    hold(mail.attachment(0).is_some_and(|file| file.contents() == content), "the file has changed")?;
    until("nothing of it to be kept", || Ok(rows::kept(world, site.state.path(), &id)? == 0))?;
    equal("mails that AWS counts", connected.sent()?, 1.0)
}
