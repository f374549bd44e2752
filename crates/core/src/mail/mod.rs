//! An email as a customer describes it, and what SES says of it afterwards.
//!
//! | module | subject |
//! |---|---|
//! | [`Email`] | a message that SES will take: checked when it is made |
//! | [`Mailbox`] | an address with a display name, that can't carry a header of its own |
//! | [`SenderIdentity`] | a domain or an address that mail is sent from |
//! | [`template`] | mails that are written once and filled in for each recipient |
//! | [`EmailStatus`] | what became of a message, as a pure function of its events |

mod address;
mod domain;
mod doubt;
mod email;
mod encoded_word;
pub mod event_type;
mod header;
#[cfg(feature = "server")]
mod outcome;
mod problem;
pub mod sandbox;
#[cfg(feature = "server")]
mod send;
mod sender_identity;
mod state;
mod subject;
mod tag;
pub mod template;

pub use address::Mailbox;
pub use doubt::{Delivery, Doubt, GRACE, Resolution};
pub use email::{Email, EmailDraft, MAX_CONTENT_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO};
pub use event_type::EventType;
pub use header::{Header, MAX_HEADERS};
#[cfg(feature = "server")]
pub use outcome::{Outcome, Settlement};
pub use problem::{EmailProblem, InvalidEmail};
pub use sender_identity::SenderIdentity;
pub use state::{EmailStatus, apply};
pub use tag::{MAX_TAGS, MESSAGE_ID_TAG, Tag};
