//! `POST /v1/identities/{id}/check-dns`.

use aws_sans_io::Region;
use domain::IdentityId;
use email_dns::{DnsAdvice, RecordCheck};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::openapi::Timestamp;

/// What DNS says of a domain's records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DnsCheckView {
    /// The identity.
    pub id: IdentityId,
    /// Its domain.
    pub identity: String,
    /// Its region.
    pub region: Region,
    /// When DNS was asked.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub checked_at: OffsetDateTime,
    /// Whether every record that SES needs is there. SES looks for itself, so it may take a while longer.
    pub complete: bool,
    /// The zone that the domain lies in (`example.com` for `mail.example.com`); `null` where DNS doesn't tell.
    pub zone: Option<String>,
    /// The records that SES needs.
    pub records: Vec<RecordCheck>,
    /// SPF and DMARC.
    pub advice: Vec<DnsAdvice>,
    /// In how many seconds asking again can show something new; `null` where nothing is awaited.
    pub check_again_after_seconds: Option<u32>,
}
