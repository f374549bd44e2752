//! An email as a customer describes it, and what SES says of it afterwards.
//!
//! | module | subject |
//! |---|---|
//! | [`Email`] | a message that SES will take: checked when it is made |
//! | [`Message`] | an email with its files; as MIME where SES can't write it itself |
//! | [`Mailbox`] | an address with a display name, that can't carry a header of its own |
//! | [`SenderIdentity`] | a domain or an address that mail is sent from |
//! | [`template`] | mails that are written once and filled in for each recipient |
//! | [`suppression`] | whom no mail goes to any more |
//! | [`Phase`] | how far a message has come that isn't over yet |
//! | [`EmailStatus`] | what became of a message, as a pure function of its events |

mod address;
mod attachment;
mod content_type;
#[cfg(feature = "server")]
mod counter;
#[cfg(feature = "server")]
mod disconnect;
mod domain;
mod doubt;
mod email;
mod encoded_word;
pub mod event_type;
mod header;
#[cfg(feature = "server")]
mod header_lines;
mod history;
mod message;
#[cfg(feature = "server")]
mod mime;
#[cfg(feature = "server")]
mod outcome;
mod phase;
#[cfg(feature = "server")]
mod pieces;
mod problem;
#[cfg(feature = "server")]
mod reputation;
#[cfg(feature = "server")]
mod restored;
#[cfg(feature = "server")]
mod retention;
pub mod sandbox;
mod schedule;
#[cfg(feature = "server")]
mod send;
mod sender_identity;
mod state;
mod subject;
pub mod suppression;
mod tag;
pub mod template;

pub use address::Mailbox;
pub use attachment::{Attachment, File, FileDraft, MAX_ATTACHMENTS};
#[cfg(feature = "server")]
pub use counter::{Counter, EXPOSITION_TYPE, Series, exposition};
#[cfg(feature = "server")]
pub use disconnect::ended_by_disconnection;
pub use doubt::{Delivery, Doubt, GRACE, PROOF, Resolution};
pub use email::{Email, EmailDraft, MAX_CONTENT_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO};
pub use event_type::EventType;
pub use header::{Header, MAX_HEADERS};
pub use history::{History, Step, StepKind};
pub use message::{MAX_MESSAGE_BYTES, Message, SIMPLE_CONTENT_BYTES};
#[cfg(feature = "server")]
pub use mime::Parcel;
#[cfg(feature = "server")]
pub use outcome::{Outcome, PATIENCE, Settlement};
pub use phase::Phase;
#[cfg(feature = "server")]
pub use pieces::{PIECE_BYTES, Pieces};
pub use problem::{EmailProblem, InvalidEmail};
#[cfg(feature = "server")]
pub use reputation::{
    BOUNCE_THRESHOLDS, COMPLAINT_THRESHOLDS, Counted, REPUTATION_DAYS, RateLevel, Thresholds, rate,
};
#[cfg(feature = "server")]
pub use restored::{MayHaveBeenSent, Restored, restored};
#[cfg(feature = "server")]
pub use retention::{Kept, RETENTION_DAYS, Retention};
pub use schedule::{FARTHEST_SCHEDULE, scheduled_at};
pub use sender_identity::SenderIdentity;
pub use state::{EmailStatus, apply};
pub use tag::{MAX_TAGS, MESSAGE_ID_TAG, Tag};
