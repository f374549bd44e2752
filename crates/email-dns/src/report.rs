//! The report of a DNS check.

use serde::{Deserialize, Serialize};

/// The state of a required DNS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// The record is published.
    Found,
    /// The record is not published.
    Missing,
    /// The record has a different value.
    Mismatch,
    /// Unknown so far: DNS has not responded, or may not have propagated the record yet.
    Pending,
}

/// The purpose of a TXT record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdvicePurpose {
    /// SPF: the servers that may send email for the domain (RFC 7208).
    Spf,
    /// DMARC: the policy for email that fails authentication (RFC 9989).
    Dmarc,
}

/// The recommended action for a record that other services may also use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdviceAction {
    /// Leave the record as it is.
    Keep,
    /// Add the record in `value`.
    Publish,
    /// Replace the text in `found` with `value`.
    Change,
    /// Fix the text in `found` by hand: the right value can't be derived.
    FixManually,
    /// Nothing for now: the record could not be looked up.
    Wait,
}

/// A record that SES requires, and whether it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecordCheck {
    /// `CNAME` or `TXT`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["CNAME", "TXT"])))]
    pub kind: String,
    /// The full name of the record.
    pub name: String,
    /// The name relative to the zone, as most DNS providers expect it; `null` if the zone is unknown.
    pub host: Option<String>,
    /// The value to publish; `null` if only you know it, because you set your own key directly in SES.
    pub value: Option<String>,
    /// The state of the record.
    pub status: RecordStatus,
    /// The values that are published instead. If `value` is `null`, the values that are published.
    pub found: Vec<String>,
    /// The finding, as a sentence.
    pub message: String,
    /// Instructions to fix the record; `null` if there is nothing to do.
    pub help: Option<String>,
}

/// Advice on a record that receivers check but SES doesn't require.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DnsAdvice {
    /// The purpose of the record.
    pub purpose: AdvicePurpose,
    /// The recommended action.
    pub action: AdviceAction,
    /// Always `TXT`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schemars", schemars(extend("const" = "TXT")))]
    pub kind: String,
    /// The full name of the record.
    pub name: String,
    /// The name relative to the zone; `null` if the zone is unknown.
    pub host: Option<String>,
    /// The text to publish; `null` if there is nothing to publish.
    pub value: Option<String>,
    /// The texts of this kind that are published.
    pub found: Vec<String>,
    /// The reason for the advice.
    pub message: String,
}

/// The result of a domain check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainReport {
    /// The zone of the domain, if known.
    pub zone: Option<String>,
    /// The records that SES requires.
    pub records: Vec<RecordCheck>,
    /// Advice on SPF and DMARC.
    pub advice: Vec<DnsAdvice>,
    /// Seconds until another check can give a different result; `None` if all records are published.
    pub retry_after: Option<u32>,
}
