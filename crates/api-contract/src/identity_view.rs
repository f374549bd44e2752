//! From what SES says of an identity to what the API shows of it.

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

/// What Kraiter keeps of an identity. How it is, is asked of SES.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIdentity {
    /// Its id.
    pub id: IdentityId,
    /// The domain or address.
    pub name: SenderIdentity,
    /// Where it lives.
    pub region: Region,
    /// When it was made at Kraiter, or first seen by it.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Since when its DNS records are what they are, where it was Kraiter who made them so.
    #[serde(with = "time::serde::rfc3339::option")]
    pub records_since: Option<OffsetDateTime>,
    /// The public half of the customer's own key, with its selector.
    pub own_key: Option<OwnKey>,
}

/// The public half of a key that a customer has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnKey {
    /// Where it is published.
    pub selector: Selector,
    /// The key.
    pub public_key: PublicKey,
}

impl OwnKey {
    /// The public half of the key to sign with, where it is the customer's own.
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
    /// Whether mail is signed by such a key already, as far as SES and we can tell.
    #[must_use]
    pub fn is_signed(&self, dkim: &DkimAttributes, signing: &Signing) -> bool {
        let is_own = dkim.origin() == ses::DkimOrigin::Byodkim;
        match signing {
            Signing::EasyDkim { key_length: None } => !is_own,
            Signing::EasyDkim { key_length } => {
                let (now, next) = dkim.key_lengths();
                !is_own && next.or(now) == *key_length
            }
            Signing::Byodkim { .. } => {
                let wanted = OwnKey::of(signing);
                is_own && wanted == self.own_key && wanted.map(|key| key.selector) == dkim.selector()
            }
        }
    }

    /// The records that SES needs.
    #[must_use]
    pub fn published(&self, dkim: &DkimAttributes) -> Vec<RequiredRecord> {
        if self.name.is_domain() {
            let key = self.own_key.as_ref().map(|key| (&key.selector, &key.public_key));
            RequiredRecord::for_domain(dkim, self.name.as_str(), self.region, key)
        } else {
            Vec::new()
        }
    }

    /// The identity as `seen` by SES.
    #[must_use]
    pub fn seen(&self, seen: &EmailIdentity, now: OffsetDateTime) -> Identity {
        let dkim = &seen.dkim_attributes;
        let is_domain = self.name.is_domain();
        let published = self.published(dkim);
        let verified = seen.verified_for_sending_status;
        let status = VerificationStatus::of(seen.verification_status, verified);
        let dkim_status = VerificationStatus::of(dkim.status, false);
        let is_done = verified && (!is_domain || dkim_status == VerificationStatus::Success);
        let has_failed = VerificationStatus::Failed == if verified { dkim_status } else { status };
        Identity {
            verified,
            verification_status: status,
            dkim_status: is_domain.then_some(dkim_status),
            dkim: is_domain.then(|| self.dkim(dkim)),
            dns_records: published.iter().filter_map(dns_record).collect(),
            poll_after_seconds: if is_done || has_failed { None } else { Some(self.poll_after(now)) },
            ..self.view()
        }
    }

    /// The identity as SES lists it. Of an address that is all there is to know.
    #[must_use]
    pub fn listed(&self, listed: &ListedIdentity, now: OffsetDateTime) -> Identity {
        let verified = listed.sending_enabled;
        let status = VerificationStatus::of(listed.verification_status, verified);
        let is_awaited = !verified && status != VerificationStatus::Failed;
        Identity {
            verified,
            verification_status: status,
            partial: self.name.is_domain(),
            poll_after_seconds: is_awaited.then(|| self.poll_after(now)),
            ..self.view()
        }
    }

    fn view(&self) -> Identity {
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
        let own_key = self.own_key.as_ref().filter(|key| Some(&key.selector) == selector.as_ref());
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
            public_key: own_key.map(|key| key.public_key.to_string()),
            hosted_zone: (origin != DkimOrigin::Byodkim).then(|| dkim.hosted_zone(self.region)),
        }
    }

    /// SES finds new records within minutes, or within 72 hours where DNS is slow; then it gives up. So the pauses grow.
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
pub(crate) const LIST_PROBLEMS: [&str; 2] = [IDENTITY_UNREADABLE, LIST_CUT];

const IDENTITY_UNREADABLE: &str = "identity_unreadable";

const LIST_CUT: &str = "list_cut";

/// SES's word for an identity that isn't there.
const NOT_THERE: &str = "NotFoundException";

/// What a customer is told of an error that SES answered about an identity in `region`.
#[must_use]
pub fn identity_error(error: &Error, region: Region) -> ApiError {
    match error.code() {
        Some(NOT_THERE) => ApiError::NotFound { what: "identity" },
        _ if refuses_region(error, region) => {
            ApiError::ConnectionUnusable(Reason::RegionNotEnabled { region })
        }
        _ => error.into(),
    }
}

/// A region that the account hasn't enabled doesn't know its keys.
fn refuses_region(error: &Error, region: Region) -> bool {
    match error.code() {
        Some("OptInRequired" | "RegionDisabledException") => true,
        Some("UnrecognizedClientException" | "InvalidClientTokenId") => region.is_opt_in(),
        _ => false,
    }
}

impl IdentityProblem {
    /// Why a region doesn't show its identities: what SES answered to this action.
    #[must_use]
    pub fn of(error: &Error, region: Region, action: &str) -> Self {
        let told = if error.is_access_denied() {
            ApiError::ConnectionUnusable(Reason::PermissionMissing { action: action.to_owned() })
        } else {
            identity_error(error, region)
        };
        Self::told(&told, region, error.code())
    }

    /// The same in words of ours.
    #[must_use]
    pub fn told(error: &ApiError, region: Region, aws_code: Option<&str>) -> Self {
        Self {
            region,
            code: error.code().to_owned(),
            message: error.detail(),
            help: error.help().unwrap_or_default().to_owned(),
            aws_code: aws_code.map(str::to_owned),
        }
    }

    /// The region lists an identity, or more, whose name can't be read.
    #[must_use]
    pub fn unreadable(name: &str, region: Region) -> Self {
        Self {
            region,
            code: IDENTITY_UNREADABLE.into(),
            message: format!(
                "SES lists {name:?}, which is neither a domain nor an address that Kraiter can use."
            ),
            help: "Nothing has to be done: the others are shown.".into(),
            aws_code: None,
        }
    }

    /// The region has more identities than are read.
    #[must_use]
    pub fn cut(region: Region) -> Self {
        Self {
            region,
            code: LIST_CUT.into(),
            message: "The region has more identities than Kraiter lists.".into(),
            help: "Those that are missing can still be used: POST /v1/identities with their name gives their id.".into(),
            aws_code: None,
        }
    }

    /// SES asked for a lower rate, so that some domains are shown without their records.
    #[must_use]
    pub fn partial(region: Region, count: usize) -> Self {
        Self {
            region,
            code: "aws_throttled".into(),
            message: format!(
                "SES asks for a lower rate: {count} domains are shown without their DNS records."
            ),
            help: "Ask for each of them by GET /v1/identities/{id}, or list again in a minute.".into(),
            aws_code: None,
        }
    }
}

impl DnsCheck {
    /// What a check of the identity's domain has shown at `now`.
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
