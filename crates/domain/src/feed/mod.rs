//! The event feed of an organisation: what happened to its emails and its connection, numbered without gaps.
//!
//! | file | contents |
//! |---|---|
//! | `event_type` | the types of events |
//! | `entry` | an event to append, and its stored form |

mod entry;
mod event_type;

pub use entry::{FeedEntry, StoredFeedData};
pub use event_type::{FeedEventType, UnknownFeedEventType};
