//! What may be spent on filling templates in.

use super::MAX_RENDERED_BYTES;
use crate::template::engine::FUEL;

/// The most fuel for all mails of a batch: that of forty parts.
const BATCH_FUEL: u64 = 40 * FUEL;

/// The most bytes that all mails of a batch are filled in to.
const BATCH_BYTES: usize = 8 * MAX_RENDERED_BYTES;

/// What is left of the work and the length for mails that are filled in together: a hundred of them may not take a hundred times what
/// one takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    fuel: u64,
    bytes: usize,
}

impl Budget {
    /// For one mail: each of its parts has what a part may have.
    #[must_use]
    pub const fn of_one() -> Self {
        Self { fuel: 3 * FUEL, bytes: 3 * MAX_RENDERED_BYTES }
    }

    /// For all mails of a batch.
    #[must_use]
    pub const fn of_batch() -> Self {
        Self { fuel: BATCH_FUEL, bytes: BATCH_BYTES }
    }

    /// What the next part may take of each.
    pub(super) fn part(&self) -> (u64, usize) {
        (self.fuel.min(FUEL), self.bytes.min(MAX_RENDERED_BYTES))
    }

    /// Whether a part that has taken all it may have would have got more by itself.
    pub(super) const fn is_short(&self) -> bool {
        self.fuel < FUEL || self.bytes < MAX_RENDERED_BYTES
    }

    /// Notes what a part has taken.
    pub(super) fn spend(&mut self, fuel: u64, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(fuel);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
