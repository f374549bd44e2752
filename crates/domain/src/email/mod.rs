//! Emails as customers submit them, and their encoding for SES.
//!
//! | file | contents |
//! |---|---|
//! | `draft` | the unvalidated fields of an email |
//! | `validated_email` | a valid email |
//! | `message` | an email with its attachments, and its encoding |
//! | `ses_request` | the SES request that sends an email |
//! | `test_recipients` | replacing recipients by the mailbox simulator's |
//! | `suppressed`, `unsubscribe` | removing suppressed recipients, adding an unsubscribe link |
//! | `sandbox` | recipients that the SES sandbox may refuse |
//! | `schedule`, `delivery_policy`, `tag`, `tracking` | parts of an email |
//! | `unverified_sender` | a sender that SES refused |
//! | `problem`, `limits` | what can be wrong with an email |

mod delivery_policy;
mod draft;
mod limits;
mod message;
mod problem;
mod sandbox;
mod schedule;
mod ses_request;
mod suppressed;
mod tag;
mod test_recipients;
mod tracking;
mod unsubscribe;
mod unverified_sender;
mod validated_email;

pub use delivery_policy::DeliveryPolicy;
pub use draft::EmailDraft;
pub use limits::{
    MAX_CONTENT_BYTES, MAX_MESSAGE_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO, MAX_SCHEDULE_AHEAD,
    MAX_SIMPLE_CONTENT_BYTES, MAX_TAGS,
};
pub use message::{EncodedMessage, Message};
pub use problem::{EmailProblem, InvalidEmail};
pub use sandbox::{RecipientToVerify, SandboxLookups, is_sandboxed, recipients_to_verify};
pub use schedule::parse_scheduled_at;
pub use ses_request::SendOptions;
pub use tag::{MESSAGE_ID_TAG, Tag};
pub use tracking::Tracking;
pub use unverified_sender::UnverifiedSender;
pub use validated_email::Email;
