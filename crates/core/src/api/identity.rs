//! `POST /v1/identities`, `GET /v1/identities/{id}`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{FieldError, IdentityId};
use crate::{Invalid, aws::Region};

/// What makes a sender identity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateIdentityRequest {
    /// A domain or an email address.
    pub identity: String,
    /// The region to make it in; the stack's region unless told.
    pub region: Option<String>,
}

/// A domain or an email address, in lower case, a domain in its ASCII form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityName {
    /// A domain.
    Domain(String),
    /// An email address.
    EmailAddress(String),
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

impl IdentityName {
    /// The name as SES knows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Domain(name) | Self::EmailAddress(name) => name,
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> IdentityType {
        match self {
            Self::Domain(_) => IdentityType::Domain,
            Self::EmailAddress(_) => IdentityType::EmailAddress,
        }
    }
}

impl std::str::FromStr for IdentityName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.contains('@') {
            let address: email_address::EmailAddress = text.parse().map_err(|_| Invalid::EmailAddress)?;
            if !address.local_part().is_ascii() {
                return Err(Invalid::EmailAddress);
            }
            let domain = ascii_domain(address.domain()).ok_or(Invalid::EmailAddress)?;
            Ok(Self::EmailAddress(format!("{}@{domain}", address.local_part())))
        } else {
            ascii_domain(text).map(Self::Domain).ok_or(Invalid::Domain)
        }
    }
}

/// A domain with at least two labels, in lower-case ASCII; `None` for addresses of machines and anything else.
fn ascii_domain(text: &str) -> Option<String> {
    let Ok(url::Host::Domain(domain)) = url::Host::parse(text) else { return None };
    let label_is_right = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label_is_right)).then_some(domain)
}

/// An identity to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIdentity {
    /// What is to be verified.
    pub name: IdentityName,
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
        let region = self.region.map(|text| text.parse().map_err(FieldError::invalid("region"))).transpose()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_addresses_are_told_apart_and_written_one_way() {
        let parse = |text: &str| text.parse::<IdentityName>();
        assert_eq!(parse("Example.COM"), Ok(IdentityName::Domain("example.com".into())));
        assert_eq!(parse("bücher.example"), Ok(IdentityName::Domain("xn--bcher-kva.example".into())));
        assert_eq!(parse("Me@Example.com"), Ok(IdentityName::EmailAddress("Me@example.com".into())));
        for wrong in ["localhost", "127.0.0.1", "exa mple.com", "-a.com", "a..com", "https://a.com", "a.com/", "a.com."] {
            assert_eq!(parse(wrong), Err(Invalid::Domain), "{wrong}");
        }
        for wrong in ["@a.com", "a@", "a@b@c.com", "ü@a.com", "a@[127.0.0.1]"] {
            assert_eq!(parse(wrong), Err(Invalid::EmailAddress), "{wrong}");
        }
    }
}
