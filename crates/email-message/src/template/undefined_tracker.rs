//! Tracking of undefined values.

use std::sync::{Mutex, PoisonError};

/// Records lookups of values that don't exist.
///
/// A template may test whether a value is defined or provide a default. Any other use is an error, even if the engine would treat the
/// value as false.
#[derive(Debug, Default)]
pub(super) struct UndefinedTracker(Mutex<Lookups>);

#[derive(Debug, Default)]
struct Lookups {
    /// The path of the first value that was used without a test or default.
    first: Option<String>,
    /// The path of the latest value; a test or default may still follow.
    last: Option<String>,
}

impl UndefinedTracker {
    /// Records a failed lookup.
    pub(super) fn record(&self, path: impl FnOnce() -> String) {
        let mut lookups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lookups = &mut *lookups;
        if lookups.first.is_none() {
            lookups.first = lookups.last.take();
            lookups.last = Some(path());
        }
    }

    /// Removes the latest lookup, because the template tests the value or provides a default.
    pub(super) fn remove_last(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last = None;
    }

    /// Returns the path of the first undefined value that the template used.
    pub(super) fn take_first(&self) -> Option<String> {
        let mut lookups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = lookups.last.take();
        lookups.first.take().or(last)
    }
}
