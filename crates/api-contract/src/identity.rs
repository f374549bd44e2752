//! `/v1/identities` and below: what is shown of sender identities.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::openapi::Timestamp;
use aws_sans_io::Region;
use domain::IdentityId;
use email_message::SenderIdentity;

/// What kind of identity it is.
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
    /// The record's full name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Whose key a domain's mail is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DkimOriginView {
    /// One that SES makes and renews.
    EasyDkim,
    /// One that the customer brought.
    Byodkim,
    /// One that SES makes for the same domain in another region.
    DeterministicEasyDkim,
}

/// How a domain's mail is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DkimView {
    /// Whose key it is.
    pub origin: DkimOriginView,
    /// Whether mail is signed at all.
    pub signing_enabled: bool,
    /// The length of SES's key in bits, 1024 or 2048; `null` for a key of the customer's.
    pub key_length: Option<u32>,
    /// The length of the key that SES makes next.
    pub next_key_length: Option<u32>,
    /// The selector of the customer's own key.
    pub selector: Option<String>,
    /// The public half of the customer's own key, in base64; `null` where Kraiter wasn't given the key.
    pub public_key: Option<String>,
    /// The zone that the CNAME records point into; `null` for a key of the customer's.
    pub hosted_zone: Option<String>,
}

/// An identity, as SES sees it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityView {
    /// Its id.
    pub id: IdentityId,
    /// The domain or address.
    pub identity: String,
    /// Which of both.
    #[serde(rename = "type")]
    pub kind: IdentityType,
    /// The region it lives in.
    pub region: Region,
    /// Whether mail can be sent from it.
    pub verified: bool,
    /// SES's word: `pending`, `success`, `failed`, `temporary_failure`, `not_started`.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["not_started", "pending", "success", "failed", "temporary_failure"])))]
    pub verification_status: String,
    /// SES's word on DKIM, the same words; `null` for an address, and where `partial` is `true`.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["not_started", "pending", "success", "failed", "temporary_failure", null])))]
    pub dkim_status: Option<String>,
    /// How a domain's mail is signed; `null` for an address, and where `partial` is `true`.
    pub dkim: Option<DkimView>,
    /// The records to publish for a domain. None where `dkim.origin` is `byodkim` and `dkim.publicKey` is `null`: only the customer
    /// knows the record then.
    pub dns_records: Vec<DnsRecord>,
    /// Whether SES told of it in a list only, so that DKIM and the records aren't known. It happens in lists, where SES asks for a
    /// lower rate; `GET /v1/identities/{id}` shows the rest.
    pub partial: bool,
    /// In how many seconds asking again can show something new; `null` where SES is done with it.
    pub poll_after_seconds: Option<u32>,
    /// When it was made at Kraiter, or first seen by it.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
}

/// Why a region's identities are not in a list, or not all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityProblem {
    /// The region.
    pub region: Region,
    /// The stable code, such as `region_not_enabled`, `permission_missing`, `aws_unreachable`.
    pub code: String,
    /// What happened.
    pub message: String,
    /// How to mend it; empty where the message says it all.
    pub help: String,
    /// AWS's own code, where AWS answered.
    pub aws_code: Option<String>,
}

/// `GET /v1/identities`: what SES has in the account, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityList {
    /// The identities.
    pub data: Vec<IdentityView>,
    /// What is missing from `data`, and why.
    pub problems: Vec<IdentityProblem>,
    /// The regions that were asked.
    pub regions: Vec<Region>,
    /// Where the next page begins; `null` on the last one.
    pub next_cursor: Option<IdentityId>,
}
