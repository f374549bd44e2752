//! Whom an organisation's mail doesn't go to any more.
//!
//! What speaks against an address is a set of facts: each hard bounce, complaint and unsubscribe, each entry by hand, each soft bounce.
//! A fact is kept once, however often it is told, and never changed. Whether an address is suppressed is a function of its facts and of
//! two times of which the later counts: when it was last removed by hand, and when a mail to it was last delivered. So the end doesn't
//! depend on the order in which events come.
//!
//! | module | subject |
//! |---|---|
//! | [`AddressKey`] | an address, as it is compared |
//! | [`SuppressionReason`] | why |
//! | `told` | what an event of SES says of addresses (feature `server`) |
//! | [`SuppressedRecipient`] | a recipient whom a mail leaves out |
//! | [`Recipients`] | whom a mail still goes to when its turn comes (feature `server`) |
//! | `csv` | lists that come and go as CSV (feature `server`) |
//! | `unsubscribe` | one click, as RFC 8058 has it (feature `server`) |

mod address_key;
mod csv;
mod hand_over;
mod reason;
mod recipients;
mod told;
mod unsubscribe;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::EmailId;
#[cfg(feature = "schemars")]
use crate::schema::Timestamp;

pub use address_key::AddressKey;
pub use csv::{BadRow, ImportedRow, MAX_IMPORTED_ROWS, read as read_csv, write as write_csv};
pub use hand_over::{ALL_SUPPRESSED, Recipients, all_suppressed_message};
pub use reason::{SuppressionReason, UnknownReason};
pub use recipients::SuppressedRecipient;
pub use told::{SOFT_BOUNCE, SOFT_BOUNCE_WINDOW, SOFT_BOUNCES, Told};
pub use unsubscribe::{PAGE_POLICY, Unsubscribe};

/// An address that Kraiter doesn't send to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Suppression {
    /// The address in lower case, with an international domain in Punycode.
    pub address: AddressKey,
    /// Why the address is suppressed. If there are several reasons, the first.
    pub reason: SuppressionReason,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub since: OffsetDateTime,
    /// The email that caused it; `null` if the address was added by hand or imported.
    pub email_id: Option<EmailId>,
}
