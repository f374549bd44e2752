//! What SNS posts, from the bytes to a proven message and the event in it, on the vectors of `tests/vectors/sns`.

// Clippy's `allow-unwrap-in-tests` sees test functions only, and here the helpers beside them are tests too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod certificates;
mod events;
mod messages;
mod mutations;
mod sns_validator;
mod vectors;
