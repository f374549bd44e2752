//! Emails of the maximum size.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::email::MAX_MESSAGE_BYTES;
use mail_parser::MessageParser;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{TestResult, assert_equal, assert_error, assert_that, raw_message, stored_chunks};
use crate::{
    aws_proxy::SEND_EMAIL,
    harness::Harness,
    polling::wait_until,
    test_email::{SENDER, SUCCESS},
};

/// Memory limit of a Worker in bytes. <https://developers.cloudflare.com/workers/platform/limits/#memory>
const MEMORY_LIMIT: u64 = 128_000_000;

/// Memory reserved for the JavaScript around the Wasm module.
const JAVASCRIPT_RESERVE: u64 = 32_000_000;

/// Returns bytes without repetitions.
fn bytes(length: usize) -> Vec<u8> {
    (0_u32..).flat_map(|n| Sha256::digest(n.to_le_bytes())).take(length).collect()
}

fn email(content: &[u8]) -> Value {
    json!({
        "from": SENDER, "to": SUCCESS, "subject": "Large", "text": "It is large.",
        "attachments": [{ "filename": "large.bin", "content": STANDARD.encode(content) }],
    })
}

/// Maximum size of one attachment: 57 bytes become a line of 78, and the rest of the message has less than 1,000 bytes.
const MAX_ATTACHMENT_BYTES: usize = (MAX_MESSAGE_BYTES - 1_000) / 78 * 57;

pub(crate) fn largest_email(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("large")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let content = bytes(MAX_ATTACHMENT_BYTES);
    let id = connected.send(&email(&content), "sent")?;

    let calls = environment.aws_proxy.calls_by_role(&connected.role_arn, SEND_EMAIL);
    let [call] = &calls[..] else { return Err(format!("{} send calls were made", calls.len()).into()) };
    let message = raw_message(call)?;
    assert_that(
        message.len() > MAX_MESSAGE_BYTES - 1_100,
        format!("only {} bytes were sent", message.len()),
    )?;
    let parsed = MessageParser::new().parse(&message).ok_or("SES did not receive a message")?;
    let file = parsed.attachment(0).ok_or("the attachment is missing")?;
    assert_that(file.contents() == content, "the attachment has changed")?;
    assert_equal("size", &connected.email(&id)?["attachments"][0]["size"], content.len())?;
    assert_equal("stored chunks", stored_chunks::count(harness, environment.state.path(), &id)?, 0)?;

    let longer = bytes(MAX_ATTACHMENT_BYTES + 1_000 / 78 * 57 + 57);
    let rejected = connected.submit(&email(&longer))?;
    assert_error("an email with one more line", &rejected, 422, "email_too_large")?;
    assert_equal("field", rejected.text("/field"), "attachments")?;
    assert_equal("send calls", environment.aws_proxy.send_call_count(&connected.role_arn), 1)?;

    let peak = peak_memory(&worker.log());
    println!("the largest email: {} bytes of MIME, {peak} bytes of Wasm memory", message.len());
    assert_that(
        peak > 60_000_000,
        format!("the log has a maximum of only {peak} bytes, so it was not parsed correctly"),
    )?;
    assert_that(peak < MEMORY_LIMIT - JAVASCRIPT_RESERVE, format!("{peak} bytes of memory were used"))
}

/// Returns the highest memory usage in the log.
fn peak_memory(log: &str) -> u64 {
    let values = log.split("\"wasmBytes\":").skip(1).filter_map(|rest| {
        rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
    });
    values.max().unwrap_or_default()
}

pub(crate) fn survives_kill(harness: &Harness) -> TestResult {
    let environment = harness.create_environment("large-killed")?;
    let start_worker = || environment.start_worker(&harness.tools);
    let worker = start_worker()?;
    let connected = environment.connect_organisation(harness.create_customer()?)?;
    let throttle = environment.aws_proxy.throttle_emails(&connected.role_arn);
    let content = bytes(9_000_000);
    let id = connected.send(&email(&content), "queued")?;

    worker.kill()?;
    assert_that(
        stored_chunks::count(harness, environment.state.path(), &id)? > 8,
        "the message is not stored in chunks",
    )?;
    drop(throttle);
    let _worker = start_worker()?;
    connected.wait_for_delivery(&id)?;
    // Events may arrive before their send call is recorded.
    let processed = || environment.aws_proxy.processed_emails(&connected.role_arn);
    wait_until("the send call to finish", || Ok(!processed().is_empty()))?;
    let processed = processed();
    assert_equal("emails that SES processed", processed.len(), 1)?;
    let message = raw_message(&processed[0])?;
    let parsed = MessageParser::new().parse(&message).ok_or("SES did not receive a message")?;
    assert_that(
        parsed.attachment(0).is_some_and(|file| file.contents() == content),
        "the attachment has changed",
    )?;
    wait_until("the stored chunks to be deleted", || {
        Ok(stored_chunks::count(harness, environment.state.path(), &id)? == 0)
    })?;
    assert_equal("emails counted by AWS", connected.aws_sent_count()?, 1.0)
}
