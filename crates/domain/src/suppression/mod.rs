//! Addresses that an organisation's email must not be sent to.
//!
//! What is known against an address is a set of facts: hard bounces, complaints, unsubscribes, soft bounces and manual entries. A fact is
//! stored once, however often it is reported, and never changed. Whether an address is suppressed depends on its facts and on the later
//! of two times: when it was last removed from the list, and when an email to it was last delivered. So the order in which events arrive
//! doesn't matter.
//!
//! | file | contents |
//! |---|---|
//! | `address_key` | an address in the form in which addresses are compared |
//! | `reason` | why an address is suppressed |
//! | `entry` | an entry of the list |
//! | `recipient` | a suppressed recipient of an email |
//! | `signal` | what an SES event means for its addresses |
//! | `csv` | import and export |
//! | `unsubscribe` | one-click unsubscribe links |

mod address_key;
mod csv;
mod entry;
mod reason;
mod recipient;
mod signal;
mod unsubscribe;

pub use address_key::AddressKey;
pub use csv::{ImportedRow, InvalidRow, MAX_IMPORTED_ROWS, parse as parse_csv, write as write_csv};
pub use entry::Suppression;
pub use reason::{ParseReasonError, SuppressionReason};
pub use recipient::SuppressedRecipient;
pub use signal::{MAX_SOFT_BOUNCES, SOFT_BOUNCE, SOFT_BOUNCE_WINDOW, SuppressionSignal};
pub use unsubscribe::{PAGE_CSP, Unsubscribe};
