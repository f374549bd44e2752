//! What SES says of a sender identity.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>

use serde::Deserialize;

/// What kind of identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentityType {
    /// One address: SES mails it a link to click.
    EmailAddress,
    /// A domain with all its addresses: SES looks for DKIM records.
    Domain,
    /// A domain that AWS manages.
    ManagedDomain,
    /// Something newer than this.
    #[serde(other)]
    Unknown,
}

/// How far the proof is that the identity is the account's.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html#API_GetEmailIdentity_ResponseSyntax>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationStatus {
    /// SES is looking, or waits for the click.
    Pending,
    /// Proven.
    Success,
    /// Not found within 72 hours; SES has stopped looking.
    Failed,
    /// A passing fault; SES looks again.
    TemporaryFailure,
    /// Not begun.
    NotStarted,
    /// AWS didn't say, or said something newer than this.
    #[default]
    #[serde(other)]
    Unknown,
}
