//! The work of converting a document.

/// Steps for one unit of a template's fuel.
const STEPS_PER_FUEL: u64 = 128;

/// Steps for a byte that is tokenised.
pub(super) const BYTE: usize = 8;

/// Steps for a tag, a text or a copy of an element.
pub(super) const TOKEN: usize = 300;

/// Steps for an attribute.
pub(super) const ATTRIBUTE: usize = 100;

/// Steps for a word that is written.
pub(super) const WORD: usize = 64;

/// Limits the work of a conversion. In a step, one open element is looked at.
#[derive(Debug)]
pub(super) struct Work {
    limit: u64,
    left: u64,
}

impl Work {
    pub(super) fn new(fuel: u64) -> Self {
        let limit = fuel.saturating_mul(STEPS_PER_FUEL);
        Self { limit, left: limit }
    }

    pub(super) fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(steps as u64);
    }

    pub(super) const fn is_exhausted(&self) -> bool {
        self.left == 0
    }

    /// Returns the fuel that was used.
    pub(super) const fn fuel(&self) -> u64 {
        (self.limit - self.left).div_ceil(STEPS_PER_FUEL)
    }
}
