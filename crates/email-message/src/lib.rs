//! Email messages: addresses, headers, MIME, plain text from HTML, and templates with bounded cost.
//!
//! | module | contents |
//! |---|---|
//! | [`Mailbox`] | an address with an optional display name, safe to put into a header |
//! | [`SenderIdentity`] | a domain or an address that email is sent from |
//! | [`Header`] | custom headers |
//! | [`File`] | attachments and inline images |
//! | [`mime`] | a message as MIME, in chunks |
//! | [`template`] | templates with variables |

mod address;
mod attachment;
mod content_type;
mod domain_name;
mod encoded_word;
mod header;
mod header_lines;
pub mod mime;
mod pieces;
mod problem;
#[cfg(feature = "schemars")]
mod schema;
mod sender_identity;
mod subject;
pub mod template;
mod validation_error;

pub use address::Mailbox;
pub use attachment::{Attachment, File, FileDraft, MAX_ATTACHMENTS, files};
pub use domain_name::to_ascii;
pub use header::{Header, MAX_HEADERS};
pub use pieces::{PIECE_BYTES, Pieces};
pub use problem::{InvalidFile, MessageProblem};
pub use sender_identity::SenderIdentity;
pub use subject::{breaks_line, is_subject};
pub use validation_error::ValidationError;
