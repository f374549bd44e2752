//! The memory of request bodies. All requests of an isolate share it, and so do the Durable Objects that run in the same isolate.

use std::cell::RefCell;

use api_contract::{ApiError, BodyBudget, BodyOwner};

thread_local! {
    static BUDGET: RefCell<BodyBudget> = RefCell::default();
}

/// Bytes that a body holds. Dropping the permit releases them.
#[derive(Debug)]
pub(crate) struct BodyPermit {
    owner: BodyOwner,
    bytes: usize,
}

impl BodyPermit {
    /// Returns a permit for no bytes yet.
    pub(crate) const fn new(owner: BodyOwner) -> Self {
        Self { owner, bytes: 0 }
    }

    /// Raises the permit to `bytes` in total.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if the budget is exhausted.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), ApiError> {
        if bytes > self.bytes {
            BUDGET.with_borrow_mut(|budget| budget.resize(self.owner, self.bytes, bytes))?;
            self.bytes = bytes;
        }
        Ok(())
    }
}

impl Drop for BodyPermit {
    fn drop(&mut self) {
        // Releasing never fails.
        let _ = BUDGET.with_borrow_mut(|budget| budget.resize(self.owner, self.bytes, 0));
    }
}
