//! The connection's state machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod fixtures;
mod interleavings;
mod replacement;
mod table;
