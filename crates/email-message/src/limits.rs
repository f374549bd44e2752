//! Limits on the number of parts in a message.

/// The maximum number of custom headers in a message, not counting those that SES adds.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Message.html>
pub const MAX_HEADERS: usize = 15;

/// The maximum number of files in a message.
pub const MAX_ATTACHMENTS: usize = 100;
