//! Attachments, large emails and batches.

mod attachments;
mod batch;
mod large;
mod stored_chunks;

use std::sync::Weak;

use base64::{Engine, engine::general_purpose::STANDARD};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::{aws_proxy::Call, harness::Harness};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("messages::{name}"), harness, case);
    vec![
        case("attachments and inline images arrive unchanged", attachments::arrive_unchanged),
        case(
            "a calendar invitation arrives with its method, at a quoted address and in lines of at most 998 bytes",
            attachments::calendar_invitation,
        ),
        case("the API returns attachments without their content", attachments::metadata_only),
        case("an email with attachments and a lost response is sent once", attachments::lost_response),
        case(
            "a throttled email with attachments is sent automatically and its chunks are deleted",
            attachments::throttled,
        ),
        case("the largest email fits into memory, and a larger one is rejected", large::largest_email),
        case("a large email survives a killed Worker", large::survives_kill),
        case("each email of a batch is accepted or rejected separately", batch::mixed_results),
        case("the templates of a batch share one rendering budget", batch::template_budget),
        case("a hundred emails are sent concurrently, each once", batch::hundred_emails),
        case("a throttled batch is sent automatically, after single emails", batch::throttled),
        case("a batch of invalid emails makes no SES call", batch::all_invalid),
    ]
}

/// Returns an attachment for a request.
fn file(filename: &str, content: &[u8]) -> Value {
    json!({ "filename": filename, "content": STANDARD.encode(content) })
}

/// Returns the MIME message that SES received.
fn raw_message(call: &Call) -> Result<Vec<u8>, Failed> {
    let request = call.json();
    let data = request["Content"]["Raw"]["Data"].as_str().ok_or("SES did not receive a MIME message")?;
    Ok(STANDARD.decode(data)?)
}
