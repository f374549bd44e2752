//! The stored form of an email: one row that is queue, log and what is shown, in as few bytes as possible.
//!
//! | file | contents |
//! |---|---|
//! | `head` | what is shown of an email, without its content |
//! | `attempts` | when and how often SES was called |
//! | `steps` | the history |
//! | `events` | SES's events |

mod attempts;
mod events;
mod head;
mod steps;

pub use attempts::Attempts;
pub use events::{AddedEvent, EventLog, MAX_LOGGED_BYTES, MAX_LOGGED_EVENTS, StoredEvent, event_source};
pub use head::EmailHead;
