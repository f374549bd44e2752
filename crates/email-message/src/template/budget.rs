//! Rendering budgets.

use super::part::MAX_RENDERED_BYTES;

/// Fuel for one part of an email: about one unit for each step and for each 64 bytes of output or intermediate text.
const PART_FUEL: u64 = 50_000;

/// Fuel for all emails of a batch.
const BATCH_FUEL: u64 = 40 * PART_FUEL;

/// The maximum total length of the rendered emails of a batch, in bytes.
const BATCH_BYTES: usize = 8 * MAX_RENDERED_BYTES;

/// The remaining work and output length for emails that are rendered together.
///
/// A batch has less than the sum of its emails' limits, so that it cannot cost a hundred times as much as one email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    fuel: u64,
    bytes: usize,
}

impl Budget {
    /// Returns the budget of a single email.
    #[must_use]
    pub const fn for_email() -> Self {
        Self { fuel: 3 * PART_FUEL, bytes: 3 * MAX_RENDERED_BYTES }
    }

    /// Returns the budget of all emails of a batch together.
    #[must_use]
    pub const fn for_batch() -> Self {
        Self { fuel: BATCH_FUEL, bytes: BATCH_BYTES }
    }

    /// Returns the fuel and the output bytes that the next part may use.
    pub(super) fn part(&self) -> (u64, usize) {
        (self.fuel.min(PART_FUEL), self.bytes.min(MAX_RENDERED_BYTES))
    }

    /// Returns whether the next part has a lower limit than in an email of its own.
    pub(super) const fn is_short(&self) -> bool {
        self.fuel < PART_FUEL || self.bytes < MAX_RENDERED_BYTES
    }

    /// Subtracts what a part has used.
    pub(super) fn spend(&mut self, fuel: u64, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(fuel);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
