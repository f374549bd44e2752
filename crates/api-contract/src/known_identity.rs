//! Conversion of an identity in SES to the API's [`Identity`].

use aws_sans_io::{
    Error, Region,
    dkim::{PublicKey, Selector, Signing},
    ses::{self, DkimAttributes, EmailIdentity, ListedIdentity},
};
use domain::{IdentityId, connection::Reason};
use email_dns::{DomainReport, RecordStatus, RequiredRecord};
use email_message::SenderIdentity;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    ApiError, Dkim, DkimOrigin, DnsCheck, DnsRecord, Identity, IdentityProblem, IdentityType,
    VerificationStatus,
};

/// What Kraiter stores about an identity. Its state is read from SES.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIdentity {
    /// The identity's id.
    pub id: IdentityId,
    /// The domain or email address.
    pub name: SenderIdentity,
    /// The region.
    pub region: Region,
    /// When the identity was created through Kraiter, or first seen by it.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When the required DNS records last changed through Kraiter.
    #[serde(with = "time::serde::rfc3339::option")]
    pub records_since: Option<OffsetDateTime>,
    /// Since when the identity is known to be unverified. `None` if it was verified when it was last read.
    #[serde(with = "time::serde::rfc3339::option")]
    pub unverified_since: Option<OffsetDateTime>,
    /// The public half of the customer's own DKIM key.
    pub byodkim_key: Option<ByodkimKey>,
}

/// The public half of a customer's own DKIM key (BYODKIM).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByodkimKey {
    /// The selector.
    pub selector: Selector,
    /// The public key.
    pub public_key: PublicKey,
}

impl ByodkimKey {
    /// Returns the public half of the key. Returns `None` if SES generates the key.
    #[must_use]
    pub fn of(signing: &Signing) -> Option<Self> {
        match signing {
            Signing::Byodkim { selector, private_key } => {
                Some(Self { selector: selector.clone(), public_key: private_key.public_key().clone() })
            }
            Signing::EasyDkim { .. } => None,
        }
    }
}

impl KnownIdentity {
    /// Returns true if SES already signs with such a key. An own key that wasn't set through Kraiter can't be compared, so it is treated as
    /// a different one.
    #[must_use]
    pub fn is_signed_with(&self, dkim: &DkimAttributes, signing: &Signing) -> bool {
        let is_own = dkim.origin() == ses::DkimOrigin::Byodkim;
        match signing {
            Signing::EasyDkim { key_length: None } => !is_own,
            Signing::EasyDkim { key_length } => {
                let (now, next) = dkim.key_lengths();
                !is_own && next.or(now) == *key_length
            }
            Signing::Byodkim { .. } => {
                let key = ByodkimKey::of(signing);
                is_own && key == self.byodkim_key && key.map(|key| key.selector) == dkim.selector()
            }
        }
    }

    /// Returns the DNS records that SES needs. An email address needs none.
    #[must_use]
    pub fn required_records(&self, dkim: &DkimAttributes) -> Vec<RequiredRecord> {
        if self.name.is_domain() {
            let key = self.byodkim_key.as_ref().map(|key| (&key.selector, &key.public_key));
            RequiredRecord::for_domain(dkim, self.name.as_str(), self.region, key)
        } else {
            Vec::new()
        }
    }

    /// Converts the details that SES returns.
    #[must_use]
    pub fn to_identity(&self, details: &EmailIdentity, now: OffsetDateTime) -> Identity {
        let dkim = &details.dkim_attributes;
        let is_domain = self.name.is_domain();
        let records = self.required_records(dkim);
        let verified = details.verified_for_sending_status;
        let status = VerificationStatus::of(details.verification_status, verified);
        let dkim_status = VerificationStatus::of(dkim.status, false);
        let is_done = verified && (!is_domain || dkim_status == VerificationStatus::Success);
        let has_failed = VerificationStatus::Failed == if verified { dkim_status } else { status };
        Identity {
            verified,
            verification_status: status,
            dkim_status: is_domain.then_some(dkim_status),
            dkim: is_domain.then(|| self.dkim(dkim)),
            dns_records: records.iter().filter_map(dns_record).collect(),
            poll_after_seconds: if is_done || has_failed { None } else { Some(self.poll_after(now)) },
            ..self.to_unverified()
        }
    }

    /// Converts an entry of SES's list. It is complete for an email address, and partial for a domain.
    #[must_use]
    pub fn to_listed_identity(&self, listed: &ListedIdentity, now: OffsetDateTime) -> Identity {
        let verified = listed.sending_enabled;
        let status = VerificationStatus::of(listed.verification_status, verified);
        let is_pending = !verified && status != VerificationStatus::Failed;
        Identity {
            verified,
            verification_status: status,
            partial: self.name.is_domain(),
            poll_after_seconds: is_pending.then(|| self.poll_after(now)),
            ..self.to_unverified()
        }
    }

    fn to_unverified(&self) -> Identity {
        Identity {
            id: self.id,
            identity: self.name.as_str().to_owned(),
            kind: IdentityType::from(&self.name),
            region: self.region,
            verified: false,
            verification_status: VerificationStatus::NotStarted,
            dkim_status: None,
            dkim: None,
            dns_records: Vec::new(),
            partial: false,
            poll_after_seconds: None,
            created_at: self.created_at,
        }
    }

    fn dkim(&self, dkim: &DkimAttributes) -> Dkim {
        let (key_length, next_key_length) = dkim.key_lengths();
        let selector = dkim.selector();
        let key = self.byodkim_key.as_ref().filter(|key| Some(&key.selector) == selector.as_ref());
        let origin = match dkim.origin() {
            ses::DkimOrigin::EasyDkim => DkimOrigin::EasyDkim,
            ses::DkimOrigin::Byodkim => DkimOrigin::Byodkim,
            ses::DkimOrigin::DeterministicEasyDkim => DkimOrigin::DeterministicEasyDkim,
        };
        Dkim {
            origin,
            signing_enabled: dkim.signing_enabled,
            key_length: key_length.map(u32::from),
            next_key_length: next_key_length.map(u32::from),
            selector: selector.map(|selector| selector.to_string()),
            public_key: key.map(|key| key.public_key.to_string()),
            hosted_zone: (origin != DkimOrigin::Byodkim).then(|| dkim.hosted_zone(self.region)),
        }
    }

    /// Returns the seconds until the next poll. The interval grows: SES usually finds new records within minutes, and stops looking after
    /// 72 hours.
    fn poll_after(&self, now: OffsetDateTime) -> u32 {
        match self.records_since.map(|since| now - since) {
            Some(age) if age < Duration::minutes(10) => 10,
            Some(age) if age > Duration::hours(1) => 600,
            _ => 60,
        }
    }
}

impl VerificationStatus {
    /// Converts SES's status. If SES gave none, whether the identity is verified decides.
    const fn of(status: ses::VerificationStatus, verified: bool) -> Self {
        match status {
            ses::VerificationStatus::Success => Self::Success,
            ses::VerificationStatus::Failed => Self::Failed,
            ses::VerificationStatus::TemporaryFailure => Self::TemporaryFailure,
            ses::VerificationStatus::NotStarted => Self::NotStarted,
            ses::VerificationStatus::Unknown if verified => Self::Success,
            ses::VerificationStatus::Pending | ses::VerificationStatus::Unknown => Self::Pending,
        }
    }
}

fn dns_record(record: &RequiredRecord) -> Option<DnsRecord> {
    let kind = record.kind().name().to_owned();
    Some(DnsRecord { kind, name: record.name.clone(), value: record.text()? })
}

/// Codes of problems that only a list of identities has.
#[cfg(feature = "openapi")]
pub(crate) const LIST_PROBLEMS: [&str; 2] = [IDENTITY_UNREADABLE, LIST_TRUNCATED];

const IDENTITY_UNREADABLE: &str = "identity_unreadable";

const LIST_TRUNCATED: &str = "list_truncated";

/// SES's code for an identity that doesn't exist.
const NOT_FOUND: &str = "NotFoundException";

/// Converts an error of SES about an identity in `region`.
#[must_use]
pub fn identity_error(error: &Error, region: Region) -> ApiError {
    match error.code() {
        Some(NOT_FOUND) => ApiError::NotFound { what: "identity" },
        _ if refuses_region(error, region) => {
            ApiError::ConnectionUnusable(Reason::RegionNotEnabled { region })
        }
        _ => error.into(),
    }
}

/// Returns true if the account hasn't enabled the region. Such a region doesn't recognise the account's credentials.
fn refuses_region(error: &Error, region: Region) -> bool {
    match error.code() {
        Some("OptInRequired" | "RegionDisabledException") => true,
        Some("UnrecognizedClientException" | "InvalidClientTokenId") => region.is_opt_in(),
        _ => false,
    }
}

impl IdentityProblem {
    /// Converts the error of SES to a call of `action`.
    #[must_use]
    pub fn from_aws(error: &Error, region: Region, action: &str) -> Self {
        let api_error = if error.is_access_denied() {
            ApiError::ConnectionUnusable(Reason::of_denial(error, action))
        } else {
            identity_error(error, region)
        };
        Self::new(&api_error, region, error.code())
    }

    /// Creates the problem from an error of the API.
    #[must_use]
    pub fn new(error: &ApiError, region: Region, aws_code: Option<&str>) -> Self {
        Self {
            region,
            code: error.code().to_owned(),
            message: error.detail(),
            help: error.help().unwrap_or_default().into_owned(),
            aws_code: aws_code.map(str::to_owned),
        }
    }

    /// Creates the problem for an identity whose name is neither a domain nor an email address.
    #[must_use]
    pub fn unreadable(name: &str, region: Region) -> Self {
        Self {
            region,
            code: IDENTITY_UNREADABLE.into(),
            message: format!("SES lists {name:?}, which is not a valid domain or email address."),
            help: "No action is needed: the other identities are listed.".into(),
            aws_code: None,
        }
    }

    /// Creates the problem for a region with more identities than Kraiter lists.
    #[must_use]
    pub fn truncated(region: Region) -> Self {
        Self {
            region,
            code: LIST_TRUNCATED.into(),
            message: "The region has more identities than Kraiter lists.".into(),
            help: "To list a missing identity, add it by name. An existing identity isn't created again."
                .into(),
            aws_code: None,
        }
    }

    /// Creates the problem for `count` domains without details, because SES throttled the calls.
    #[must_use]
    pub fn throttled(region: Region, count: usize) -> Self {
        Self {
            region,
            code: "aws_throttled".into(),
            message: format!(
                "SES throttled the calls, so {count} domains are listed without their DNS records."
            ),
            help: "Open a domain to see its records, or list again in a minute.".into(),
            aws_code: None,
        }
    }
}

impl DnsCheck {
    /// Creates the response to a check of the identity's domain at `now`.
    #[must_use]
    pub fn new(identity: &KnownIdentity, report: DomainReport, now: OffsetDateTime) -> Self {
        let DomainReport { zone, records, advice, retry_after } = report;
        Self {
            id: identity.id,
            identity: identity.name.as_str().to_owned(),
            region: identity.region,
            checked_at: now,
            complete: !records.is_empty()
                && records.iter().all(|record| record.status == RecordStatus::Found),
            zone,
            records,
            advice,
            check_again_after_seconds: retry_after,
        }
    }
}

#[cfg(test)]
mod tests;
