//! `POST /v1/identities`, `GET /v1/identities/{id}`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{FieldError, IdentityId};
use crate::{aws::Region, mail::SenderIdentity};

/// What makes a sender identity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateIdentityRequest {
    /// A domain or an email address.
    pub identity: String,
    /// The region to make it in; the stack's region unless told.
    pub region: Option<String>,
}

/// What kind of identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// An identity to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIdentity {
    /// What is to be verified.
    pub name: SenderIdentity,
    /// Where; the stack's region if `None`.
    pub region: Option<Region>,
}

impl CreateIdentityRequest {
    /// The identity, checked.
    ///
    /// # Errors
    /// [`FieldError`] for `identity` or `region`.
    pub fn parse(self) -> Result<NewIdentity, FieldError> {
        if self.identity.is_empty() {
            return Err(FieldError::missing("identity"));
        }
        let name = self.identity.parse().map_err(FieldError::invalid("identity"))?;
        let region =
            self.region.map(|text| text.parse().map_err(FieldError::invalid("region"))).transpose()?;
        Ok(NewIdentity { name, region })
    }
}

/// A DNS record to publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsRecord {
    /// `CNAME`, `TXT`, `MX`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The record's full name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An identity, as SES sees it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub verification_status: String,
    /// SES's word on DKIM, the same words.
    pub dkim_status: Option<String>,
    /// The records to publish for a domain.
    pub dns_records: Vec<DnsRecord>,
    /// When it was made at Kraiter.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// `GET /v1/identities`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityList {
    /// The identities.
    pub data: Vec<IdentityView>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_field_is_named() {
        let parse = |identity: &str, region: Option<&str>| {
            CreateIdentityRequest { identity: identity.into(), region: region.map(str::to_owned) }.parse()
        };
        assert_eq!(parse("example.com", Some("eu-west-1")).unwrap().name.as_str(), "example.com");
        assert_eq!(parse("", None).unwrap_err().code, "missing_field");
        assert_eq!(parse("localhost", None).unwrap_err().field, "identity");
        assert_eq!(parse("example.com", Some("mars")).unwrap_err().field, "region");
    }
}
