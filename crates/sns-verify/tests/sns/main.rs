//! Verification of the messages in `tests/vectors`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a helper fails the test")]

mod certificates;
mod events;
mod genuine;
mod messages;
mod mutations;
mod other_rsa;
mod vectors;
