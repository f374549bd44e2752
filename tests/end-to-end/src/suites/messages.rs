//! Mails with files, large ones, and many at once.

mod attachments;
mod batch;
mod large;
mod rows;

use std::sync::Weak;

use base64::{Engine, engine::general_purpose::STANDARD};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use super::{Outcome, equal, hold, trial};
use crate::{wiretap::Call, world::World};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("messages::{name}"), world, case);
    vec![
        case("files and an image inside of the HTML arrive as they were given", attachments::whole_way),
        case("what is shown of files has no content", attachments::shown),
        case("a lost answer to a mail with files is never sent again", attachments::answer_lost),
        case(
            "a throttled mail with files is sent by itself, whole, and nothing of it stays",
            attachments::throttled,
        ),
        case(
            "the largest mail is sent within the memory that there is, and one more byte is refused",
            large::largest,
        ),
        case("a large mail survives a killed Worker", large::killed),
        case("each mail of a batch is taken or refused by itself", batch::mixed),
        case("templates of a batch are filled in with one bound for all", batch::templates),
        case("a hundred mails go out side by side, each once", batch::hundred),
        case("a throttled batch is sent by itself, single mails first", batch::throttled),
        case("a batch of wrong mails alone asks SES nothing", batch::wrong_alone),
    ]
}

/// A file as a request has it.
fn file(filename: &str, content: &[u8]) -> Value {
    json!({ "filename": filename, "content": STANDARD.encode(content) })
}

/// The message that SES was given.
fn raw(call: &Call) -> Result<Vec<u8>, Failed> {
    let asked = call.json();
    let data = asked["Content"]["Raw"]["Data"].as_str().ok_or("SES wasn't given a MIME message")?;
    Ok(STANDARD.decode(data)?)
}
