//! What would happen to an email: `/v1/emails/dry-run`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Hold;
#[cfg(feature = "openapi")]
use crate::schema::Timestamp;
use aws_sans_io::Region;
use domain::{delivery::EmailStatus, suppression::SuppressedRecipient};

/// What would happen to an email that is accepted now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailDryRun {
    /// `sent` if Amazon SES would get the email at once, `queued` or `scheduled`.
    pub status: EmailStatus,
    /// The earliest time at which the email would be sent; `null` if it would wait behind others.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub send_at: Option<OffsetDateTime>,
    /// The reason why the email would be queued; `null` if it would only wait behind others, or not at all.
    pub hold: Option<Hold>,
    /// The region that the email would be sent from.
    pub region: Region,
    /// True if SES has verified the sender's address or domain in this region; `null` if SES didn't say.
    pub sender_verified: Option<bool>,
    /// True if the account is in the SES sandbox in this region.
    pub sandbox: bool,
    /// Recipients that would be removed because they are suppressed.
    pub suppressed: Vec<SuppressedRecipient>,
    /// Bytes of the message after encoding, or of subject, HTML and text if SES encodes it.
    pub size: u64,
}
