//! Sender identities: `/v1/identities`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::schema::{ApiErrorCode, Timestamp};
use aws_sans_io::Region;
use domain::IdentityId;
use email_message::SenderIdentity;

/// The type of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentityType {
    /// A domain.
    Domain,
    /// An email address.
    EmailAddress,
}

impl From<&SenderIdentity> for IdentityType {
    fn from(identity: &SenderIdentity) -> Self {
        if identity.is_domain() { Self::Domain } else { Self::EmailAddress }
    }
}

/// A DNS record to publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DnsRecord {
    /// `CNAME` or `TXT`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["CNAME", "TXT"])))]
    pub kind: String,
    /// The full name of the record.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The status of a verification by SES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerificationStatus {
    /// SES has not started to look for the records.
    NotStarted,
    /// SES is looking for the records, or waiting for a click on the link in its email.
    Pending,
    /// Verified.
    Success,
    /// SES did not find the records within 72 hours and has stopped looking.
    Failed,
    /// SES could not look for the records, and will try again.
    TemporaryFailure,
}

/// The origin of the key that signs a domain's email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DkimOrigin {
    /// SES generates and rotates the key.
    EasyDkim,
    /// The customer brought the key (BYODKIM).
    Byodkim,
    /// SES derives the key from the same domain in another region.
    DeterministicEasyDkim,
}

/// The DKIM signing of a domain's email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Dkim {
    /// The origin of the key.
    pub origin: DkimOrigin,
    /// True if email is signed.
    pub signing_enabled: bool,
    /// The length of SES's key in bits; `null` for your own key.
    pub key_length: Option<u32>,
    /// The length of SES's next key in bits.
    pub next_key_length: Option<u32>,
    /// The selector of your own key.
    pub selector: Option<String>,
    /// The public half of your own key, in base64; `null` if you didn't set the key through Kraiter.
    pub public_key: Option<String>,
    /// The zone that the CNAME records point to; `null` for your own key.
    pub hosted_zone: Option<String>,
}

/// A domain or email address that SES can send from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The identity's id.
    pub id: IdentityId,
    /// The domain or email address.
    pub identity: String,
    /// The type of the identity.
    #[serde(rename = "type")]
    pub kind: IdentityType,
    /// The region.
    pub region: Region,
    /// True if SES can send from it.
    pub verified: bool,
    /// The verification status.
    pub verification_status: VerificationStatus,
    /// The DKIM status; `null` for an email address, and if `partial` is true.
    pub dkim_status: Option<VerificationStatus>,
    /// DKIM signing; `null` for an email address, and if `partial` is true.
    pub dkim: Option<Dkim>,
    /// The records to publish for a domain. Empty if you set your own key outside of Kraiter: only you know its
    /// record.
    pub dns_records: Vec<DnsRecord>,
    /// True if DKIM and the records are missing. Lists may omit them to stay within the rate limit of SES; getting
    /// the identity returns them.
    pub partial: bool,
    /// Seconds until the status may have changed; `null` if SES has finished.
    pub poll_after_seconds: Option<u32>,
    /// Time at which the identity was created through Kraiter, or first seen by it.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
}

/// The reason why a region's identities, or some of them, are missing from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityProblem {
    /// The region.
    pub region: Region,
    /// The stable code, such as `region_not_enabled`, `permission_missing` or `aws_unreachable`.
    #[cfg_attr(feature = "openapi", schemars(with = "ApiErrorCode"))]
    pub code: String,
    /// Description of the error.
    pub message: String,
    /// Advice on how to fix it. Empty if `message` says it all.
    pub help: String,
    /// AWS's own error code, if AWS responded.
    pub aws_code: Option<String>,
}

/// A page of identities, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityList {
    /// The identities.
    pub data: Vec<Identity>,
    /// The regions with missing identities, and the reasons.
    pub problems: Vec<IdentityProblem>,
    /// The regions that were listed.
    pub regions: Vec<Region>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next_cursor: Option<IdentityId>,
}
