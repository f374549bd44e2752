//! Entries of the suppression list.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AddressKey, SuppressionReason};
use crate::EmailId;
#[cfg(feature = "schemars")]
use crate::schema::Timestamp;

/// An address that Kraiter doesn't send to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Suppression {
    /// The address in lower case, with an international domain in Punycode.
    pub address: AddressKey,
    /// The reason. If there are several reasons, the first.
    pub reason: SuppressionReason,
    /// Time of the suppression.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub since: OffsetDateTime,
    /// The email that caused it; `null` if the address was added by hand or imported.
    pub email_id: Option<EmailId>,
}
