//! An email as a customer submits it.

mod message;
mod problem;
mod send;
mod tag;
mod validated;

pub use message::{MAX_MESSAGE_BYTES, Message, Parcel, SIMPLE_CONTENT_BYTES};
pub use problem::{EmailProblem, InvalidEmail};
pub use tag::{MAX_TAGS, MESSAGE_ID_TAG, Tag};
pub use validated::{Email, EmailDraft, MAX_CONTENT_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO};
