//! The DNS check of a domain: `POST /v1/identities/{id}/check-dns`.

use aws_sans_io::Region;
use domain::IdentityId;
use email_dns::{DnsAdvice, RecordCheck};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::schema::Timestamp;

/// The DNS records of a domain, compared with the required ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DnsCheck {
    /// The identity's id.
    pub id: IdentityId,
    /// The domain.
    pub identity: String,
    /// The region of the identity.
    pub region: Region,
    /// Time of the DNS queries.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub checked_at: OffsetDateTime,
    /// True if every record that SES needs is published. SES checks on its own, so `verified` may take a while
    /// longer.
    pub complete: bool,
    /// The zone that contains the domain, such as `example.com` for `mail.example.com`; `null` if it is unknown.
    pub zone: Option<String>,
    /// The records that SES needs.
    pub records: Vec<RecordCheck>,
    /// SPF and DMARC records.
    pub advice: Vec<DnsAdvice>,
    /// Seconds until a new check may show changes; `null` if nothing is pending.
    pub check_again_after_seconds: Option<u32>,
}
