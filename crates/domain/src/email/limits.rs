//! Limits of an email.

use time::Duration;

pub use aws_sans_io::ses::MAX_RECIPIENTS;

/// The maximum number of Reply-To addresses.
pub const MAX_REPLY_TO: usize = 50;

/// The maximum number of tags of a customer. SES allows one more, which is Kraiter's.
pub const MAX_TAGS: usize = 49;

/// The maximum size of HTML and text together: forty times what email clients show before they clip a message.
pub const MAX_CONTENT_BYTES: usize = 4 * 1024 * 1024;

/// The maximum size of HTML and text together that SES builds the message from. In JSON, with up to six bytes per byte, they still fit
/// into a database row.
pub const MAX_SIMPLE_CONTENT_BYTES: usize = 256 * 1024;

/// The maximum size of an encoded message. SES allows 40 MB and doesn't say whether those are decimal.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>
pub const MAX_MESSAGE_BYTES: usize = 40_000_000;

/// The maximum time between a request and the scheduled time. The content is stored until then.
pub const MAX_SCHEDULE_AHEAD: Duration = Duration::days(30);
