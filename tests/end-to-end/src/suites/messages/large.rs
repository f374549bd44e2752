//! The largest mail that there may be.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::email::MAX_MESSAGE_BYTES;
use mail_parser::MessageParser;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{TestResult, assert_equal, assert_that, raw_message, stored_chunks};
use crate::{
    aws_proxy::{SEND_EMAIL, fault},
    harness::Harness,
    polling::wait_until,
    test_email::{SENDER, SUCCESS},
};

/// What a Worker has, in bytes. <https://developers.cloudflare.com/workers/platform/limits/#memory>
const MEMORY_LIMIT: u64 = 128_000_000;

/// What is left to the JavaScript around the wasm.
const JAVASCRIPT_RESERVE: u64 = 32_000_000;

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

pub(crate) fn largest_email(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("large")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let content = bytes(LARGEST);
    let id = connected.send(&email(&content), "sent")?;

    let calls = environment.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} send calls were made", calls.len()).into()) };
    let message = raw_message(call)?;
    assert_that(
        message.len() > MAX_MESSAGE_BYTES - 1_100,
        format!("only {} bytes were sent", message.len()),
    )?;
    let mail = MessageParser::new().parse(&message).ok_or("SES did not receive a message")?;
    let file = mail.attachment(0).ok_or("the attachment is missing")?;
    assert_that(file.contents() == content, "the attachment has changed")?;
    assert_equal("size", &connected.email(&id)?["attachments"][0]["size"], content.len())?;
    assert_equal("stored chunks", stored_chunks::count(harness, environment.state.path(), &id)?, 0)?;

    let longer = bytes(LARGEST + 1_000 / 78 * 57 + 57);
    let refused = connected.submit(&email(&longer))?;
    assert_equal(
        "an email with one more line",
        (refused.status.as_u16(), refused.code()),
        (422, Some("email_too_large")),
    )?;
    assert_equal("field", refused.text("/field"), "attachments")?;
    let refused = connected.submit(&email(&bytes(32_000_000)))?;
    assert_equal(
        "a request that is too long",
        (refused.status.as_u16(), refused.code()),
        (413, Some("body_too_large")),
    )?;
    assert_equal("calls", environment.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL).len(), 1)?;

    let most = peak_memory(&worker.log());
    println!("the largest mail: {} bytes of MIME, {most} bytes of wasm memory", message.len());
    assert_that(
        most > 60_000_000,
        format!("the log has a maximum of only {most} bytes, so it was not parsed correctly"),
    )?;
    assert_that(most < MEMORY_LIMIT - JAVASCRIPT_RESERVE, format!("{most} bytes of memory were taken"))
}

/// The most memory that the log tells of.
fn peak_memory(log: &str) -> u64 {
    let values = log.split("\"wasmBytes\":").skip(1).filter_map(|rest| {
        rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
    });
    values.max().unwrap_or_default()
}

pub(crate) fn survives_kill(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("killed-large")?;
    let start = || environment.start_worker(&harness.tools);
    let worker = start()?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let throttle = environment
        .aws_proxy
        .inject_fault_for_role(&connected.role_arn, SEND_EMAIL, |_| Some(fault::throttle()));
    let content = bytes(9_000_000);
    let id = connected.send(&email(&content), "queued")?;

    worker.kill()?;
    assert_that(
        stored_chunks::count(harness, environment.state.path(), &id)? > 8,
        "the message is not stored in chunks",
    )?;
    drop(throttle);
    let _worker = start()?;
    connected.wait_for_delivery(&id)?;
    // Events may come before the call that they tell of has ended.
    let calls = || environment.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    wait_until("the send call to finish", || Ok(calls().iter().any(|call| call.processed)))?;
    let calls = calls();
    let taken: Vec<_> = calls.iter().filter(|call| call.processed).collect();
    assert_equal("attempts that SES processed", taken.len(), 1)?;
    let message = raw_message(taken[0])?;
    let mail = MessageParser::new().parse(&message).ok_or("SES did not receive a message")?;
    assert_that(
        mail.attachment(0).is_some_and(|file| file.contents() == content),
        "the attachment has changed",
    )?;
    wait_until("the stored chunks to be deleted", || {
        Ok(stored_chunks::count(harness, environment.state.path(), &id)? == 0)
    })?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}
