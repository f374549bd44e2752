//! Mails with files, large ones, and many at once.

mod attachments;
mod batch;
mod large;
mod stored_chunks;

use std::sync::Weak;

use base64::{Engine, engine::general_purpose::STANDARD};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{aws_proxy::Call, harness::Harness};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("messages::{name}"), harness, case);
    vec![
        case(
            "files and an image inside of the HTML arrive as they were given",
            attachments::arrive_unchanged,
        ),
        case("what is shown of files has no content", attachments::metadata_only),
        case("a lost answer to a mail with files is never sent again", attachments::lost_response),
        case(
            "a throttled mail with files is sent by itself, whole, and nothing of it stays",
            attachments::throttled,
        ),
        case(
            "the largest mail is sent within the memory that there is, and one more byte is refused",
            large::largest_email,
        ),
        case("a large mail survives a killed Worker", large::survives_kill),
        case("each mail of a batch is taken or refused by itself", batch::mixed_results),
        case("templates of a batch are filled in with one bound for all", batch::template_budget),
        case("a hundred mails go out side by side, each once", batch::hundred_emails),
        case("a throttled batch is sent by itself, single mails first", batch::throttled),
        case("a batch of wrong mails alone asks SES nothing", batch::all_invalid),
    ]
}

/// A file as a request has it.
fn file(filename: &str, content: &[u8]) -> Value {
    json!({ "filename": filename, "content": STANDARD.encode(content) })
}

/// The message that SES was given.
fn raw_message(call: &Call) -> Result<Vec<u8>, Failed> {
    let request = call.json();
    let data = request["Content"]["Raw"]["Data"].as_str().ok_or("SES did not receive a MIME message")?;
    Ok(STANDARD.decode(data)?)
}
