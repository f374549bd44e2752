//! Types and statuses of identities.

use serde::Deserialize;

/// The type of an identity.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentityType {
    /// An email address, verified with a link that SES sends to it.
    EmailAddress,
    /// A domain with all its addresses, verified with DKIM records.
    Domain,
    /// A domain that AWS manages.
    ManagedDomain,
    /// The type is missing or unknown to this crate.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The verification status of an identity.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html#API_GetEmailIdentity_ResponseSyntax)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationStatus {
    /// SES is looking for the records or waiting for the click.
    Pending,
    /// Verified.
    Success,
    /// Not verified within 72 hours. SES has stopped looking.
    Failed,
    /// A temporary problem. SES tries again.
    TemporaryFailure,
    /// Verification hasn't started.
    NotStarted,
    /// The status is missing or unknown to this crate.
    #[default]
    #[serde(other)]
    Unknown,
}
