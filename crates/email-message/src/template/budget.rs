//! Rendering budgets.

use super::{part::MAX_RENDERED_BYTES, source::Template};

/// Fuel for an email. One unit takes at most half a microsecond in the Worker, so this is 50 ms.
pub(super) const EMAIL_FUEL: u64 = 100_000;

/// Fuel for all emails of a batch.
const BATCH_FUEL: u64 = 10 * EMAIL_FUEL;

/// The maximum total length of the rendered emails of a batch, in bytes.
const BATCH_BYTES: usize = 8 * MAX_RENDERED_BYTES;

/// The remaining work and output length for emails that are rendered together.
///
/// A batch has less than the sum of its emails' limits, so that it cannot cost a hundred times as much as one email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    fuel: u64,
    bytes: usize,
    /// Fuel spent since the last pause.
    since_pause: u64,
}

impl Budget {
    /// Returns the budget of a single email.
    #[must_use]
    pub const fn for_email() -> Self {
        Self { fuel: EMAIL_FUEL, bytes: 3 * MAX_RENDERED_BYTES, since_pause: 0 }
    }

    /// Returns the budget of all emails of a batch together.
    #[must_use]
    pub const fn for_batch() -> Self {
        Self { fuel: BATCH_FUEL, bytes: BATCH_BYTES, since_pause: 0 }
    }

    /// Returns whether so much work has been done since the last pause that others should have a turn now, and restarts the count.
    pub fn is_pause_due(&mut self) -> bool {
        let is_due = self.since_pause >= EMAIL_FUEL / 5;
        if is_due {
            self.since_pause = 0;
        }
        is_due
    }

    /// Returns whether nothing is left.
    #[must_use]
    pub const fn is_used_up(&self) -> bool {
        self.fuel == 0
    }

    /// Returns what the next email may use.
    pub(super) fn email(&self) -> Self {
        Self { fuel: self.fuel.min(EMAIL_FUEL), ..*self }
    }

    pub(super) const fn fuel(&self) -> u64 {
        self.fuel
    }

    /// Returns the maximum length of the next part, in bytes.
    pub(super) fn part_bytes(&self) -> usize {
        self.bytes.min(MAX_RENDERED_BYTES)
    }

    /// Returns whether a batch has used so much that the next email has less than in a request of its own.
    pub(super) const fn is_short(&self) -> bool {
        self.fuel < EMAIL_FUEL || self.bytes < MAX_RENDERED_BYTES
    }

    /// Subtracts what parsing a template has used.
    pub fn spend_parsing(&mut self, template: &Template) {
        self.spend(template.parsing_fuel(), 0);
    }

    /// Subtracts what an email has used of its limit.
    pub(super) fn spend_difference(&mut self, limit: &Self, left: &Self) {
        self.spend(limit.fuel - left.fuel, limit.bytes - left.bytes);
    }

    /// Subtracts what a part has used.
    pub(super) fn spend(&mut self, fuel: u64, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(fuel);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.since_pause = self.since_pause.saturating_add(fuel);
    }
}
