//! Numbered attempts to check a role.
//!
//! A check takes seconds, and meanwhile the role may be replaced, the connection may end, or another check may start and finish. Each check is
//! therefore an attempt with a number. Its result counts only if no later attempt has finished and the role is still the one that it
//! checked, and it covers only the requests that were made before it started.

use serde::{Deserialize, Serialize};

use super::Binding;

/// A check that has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckAttempt {
    pub number: u64,
    /// The role to check.
    pub binding: Binding,
}

/// Which attempts have started, and which still count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attempts {
    /// The last attempt that started.
    started: u64,
    /// The last attempt that no longer counts, nor do those before.
    closed: u64,
    /// The last attempt that had started when a check was requested.
    requested: u64,
}

impl Attempts {
    pub(super) const fn start(&mut self) -> u64 {
        self.started += 1;
        self.started
    }

    pub(super) const fn request(&mut self) {
        self.requested = self.started;
    }

    /// From now on, no attempt that has started counts.
    pub(super) const fn close_all(&mut self) {
        self.closed = self.started;
    }

    pub(super) const fn is_current(&self, number: u64) -> bool {
        number > self.closed
    }

    /// Closes an attempt that finished. Returns whether it covers the last request.
    pub(super) const fn finish(&mut self, number: u64) -> bool {
        self.closed = number;
        number > self.requested
    }
}
