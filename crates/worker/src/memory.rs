//! Room for large bodies. All requests of an instance share its memory, and the Durable Objects that run in it do too.

use std::cell::Cell;

use kraiter_core::api::{ApiError, MAX_BODY_BYTES, MAX_HELD_BYTES};

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Room for a body; it is given back when this is dropped. Bodies that every route takes need none.
#[derive(Debug, Default)]
pub(crate) struct Permit(usize);

impl Permit {
    /// Takes room for so many bytes in all.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where others have it.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), ApiError> {
        if bytes <= MAX_BODY_BYTES || bytes <= self.0 {
            return Ok(());
        }
        let held = HELD.get() - self.0 + bytes;
        if held > MAX_HELD_BYTES {
            return Err(ApiError::Busy);
        }
        HELD.set(held);
        self.0 = bytes;
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        HELD.set(HELD.get() - self.0);
    }
}
