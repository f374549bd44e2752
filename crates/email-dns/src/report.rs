//! Findings of a DNS check.

use serde::{Deserialize, Serialize};

/// Whether a record is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// It is there as it should be.
    Found,
    /// It isn't there.
    Missing,
    /// Something else is there.
    Mismatch,
    /// Nothing can be said for sure yet: the resolver can't tell, or DNS may not have spread the record.
    Pending,
}

/// What a text record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdvicePurpose {
    /// Who may send mail of the domain (RFC 7208).
    Spf,
    /// What receivers do with mail that isn't the domain's (RFC 9989).
    Dmarc,
}

/// What to do about a record that others may have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdviceAction {
    /// Leave it: it is right as it is.
    Keep,
    /// Add the record in `value`.
    Publish,
    /// Put `value` in the place of the text in `found`.
    Change,
    /// Mend by hand what is in `found`: what is right can't be told from outside.
    FixManually,
    /// Nothing: it could not be looked up.
    Wait,
}

/// A record that SES needs, and whether it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecordCheck {
    /// `CNAME` or `TXT`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["CNAME", "TXT"])))]
    pub kind: String,
    /// The record's full name.
    pub name: String,
    /// The name inside its zone, as most DNS hosts want it; `null` where the zone isn't known.
    pub host: Option<String>,
    /// The value to publish; `null` where only the customer has it (the public half of a key that Kraiter wasn't given).
    pub value: Option<String>,
    /// Whether it is there.
    pub status: RecordStatus,
    /// What is there instead, or what is there where `value` is `null`.
    pub found: Vec<String>,
    /// What was seen, for people.
    pub message: String,
    /// What to do; `null` where nothing is to be done.
    pub help: Option<String>,
}

/// A record that isn't SES's to need, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DnsAdvice {
    /// What it is for.
    pub purpose: AdvicePurpose,
    /// What to do.
    pub action: AdviceAction,
    /// `TXT`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schemars", schemars(extend("const" = "TXT")))]
    pub kind: String,
    /// The record's full name.
    pub name: String,
    /// The name inside its zone; `null` where the zone isn't known.
    pub host: Option<String>,
    /// The text to publish; `null` where nothing is to be published.
    pub value: Option<String>,
    /// The texts of this purpose that are there.
    pub found: Vec<String>,
    /// Why, for people.
    pub message: String,
}
