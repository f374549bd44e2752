//! Addresses that an organisation's email must not be sent to.
//!
//! What is known against an address is a set of facts: hard bounces, complaints, unsubscribes, soft bounces and manual entries. A fact is
//! stored once, however often it is reported, and never changed. Whether an address is suppressed depends on its facts, on when it was last
//! removed from the list, and for soft bounces on when an email to it was last delivered. So the order in which events arrive doesn't
//! matter.
//!
//! | file | contents |
//! |---|---|
//! | `address_key` | an address in the form in which addresses are compared |
//! | `reason` | why an address is suppressed |
//! | `entry` | an entry of the list |
//! | `recipient` | a suppressed recipient of an email |
//! | `signal` | what an SES event means for its recipients |
//! | `fact` | what is known about an address, and whether it is suppressed |
//! | `csv` | import and export |
//! | `unsubscribe` | one-click unsubscribe links |

mod address_key;
mod csv;
mod entry;
mod fact;
mod reason;
mod recipient;
mod signal;
mod unsubscribe;

pub use address_key::AddressKey;
pub use csv::{
    HEADER as CSV_HEADER, ImportedRow, InvalidRow, MAX_IMPORTED_ROWS, parse as parse_csv,
    write_rows as write_csv_rows,
};
pub use entry::Suppression;
pub use fact::{AddressFacts, Fact, FactKind, message_source};
pub use reason::{ParseReasonError, SuppressionReason};
pub use recipient::SuppressedRecipient;
pub use signal::{MAX_SOFT_BOUNCES, SOFT_BOUNCE_WINDOW, SuppressionSignal, suppressible_addresses};
pub use unsubscribe::{PAGE_CSP, Unsubscribe, invalid_link_page};
