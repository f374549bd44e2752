//! A memory budget for large request bodies.
//!
//! All requests of an isolate share its memory, and so do the Durable Objects that run in the same isolate.

use std::cell::Cell;

use api_contract::{ApiError, MAX_BODY_BYTES, MAX_HELD_BYTES};

thread_local! {
    static RESERVED: Cell<usize> = const { Cell::new(0) };
}

/// Bytes reserved for a request body. Dropping the permit releases them. Bodies up to [`MAX_BODY_BYTES`] reserve nothing.
#[derive(Debug, Default)]
pub(crate) struct BodyPermit(usize);

impl BodyPermit {
    /// Raises the reservation to `bytes` in total.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if the budget is exhausted.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), ApiError> {
        if bytes <= MAX_BODY_BYTES || bytes <= self.0 {
            return Ok(());
        }
        let reserved = RESERVED.get() - self.0 + bytes;
        if reserved > MAX_HELD_BYTES {
            return Err(ApiError::Busy);
        }
        RESERVED.set(reserved);
        self.0 = bytes;
        Ok(())
    }
}

impl Drop for BodyPermit {
    fn drop(&mut self) {
        RESERVED.set(RESERVED.get() - self.0);
    }
}
