//! Email messages: addresses, headers, attachments, MIME, plain text from HTML, and templates with bounded cost.
//!
//! The crate does no I/O and reads neither a clock nor randomness: dates and IDs are arguments. Limits are those of Amazon SES.
//!
//! | item | contents |
//! |---|---|
//! | [`Mailbox`] | an address with an optional display name, safe to write into a header |
//! | [`SenderIdentity`] | a domain or address that email is sent from |
//! | [`Header`] | a custom header |
//! | [`File`] | an attachment or inline image |
//! | [`mime`] | MIME messages |
//! | [`ChunkWriter`] | splits a large message into chunks |
//! | [`template`] | templates with variables, and HTML to text |
//!
//! # Example
//!
//! ```
//! use email_message::{
//!     Mailbox,
//!     mime::MimeMessage,
//!     template::{Template, TemplateSource},
//! };
//! use time::macros::datetime;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let template = Template::try_from(TemplateSource {
//!     subject: "Order {{ number }} has shipped".into(),
//!     html: Some("<p>Hello {{ name }}!</p>".into()),
//!     text: None,
//! })?;
//! let rendered = template.render(&serde_json::from_str(r#"{"name": "Ada", "number": 7}"#)?)?;
//!
//! let from: Mailbox = "Shop <orders@example.com>".parse()?;
//! let to: Mailbox = "Ada <ada@example.net>".parse()?;
//! let message = MimeMessage {
//!     id: "0a1b2c3d",
//!     date: datetime!(2026-11-24 12:00 UTC),
//!     from: &from,
//!     to: &[to],
//!     cc: &[],
//!     reply_to: &[],
//!     subject: &rendered.subject,
//!     headers: &[],
//!     html: rendered.html.as_deref(),
//!     text: Some(&rendered.text),
//!     files: Vec::new(),
//! };
//! let mut output = Vec::new();
//! message.write(&mut output)?;
//! let output = String::from_utf8(output)?;
//! assert!(output.starts_with("From: Shop <orders@example.com>\r\nTo: Ada <ada@example.net>\r\n"));
//! assert!(output.contains("Subject: Order 7 has shipped\r\n"));
//! # Ok(())
//! # }
//! ```

mod address;
mod attachment;
mod chunks;
mod content_type;
mod domain_name;
mod encoded_word;
mod header;
mod header_lines;
mod html;
mod limits;
mod local_part;
mod message_problem;
pub mod mime;
#[cfg(feature = "schemars")]
mod schema;
mod sender_identity;
mod subject;
pub mod template;
mod validation_error;

pub use address::Mailbox;
pub use attachment::{Attachment, File, FileInput, validate_files};
pub use chunks::{CHUNK_BYTES, ChunkWriter};
pub use header::Header;
pub use limits::{MAX_ATTACHMENTS, MAX_HEADERS};
pub use message_problem::{InvalidFile, MessageProblem};
pub use sender_identity::SenderIdentity;
pub use subject::{is_plain_line, is_valid_subject};
pub use validation_error::ValidationError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
