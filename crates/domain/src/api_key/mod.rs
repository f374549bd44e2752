//! What API keys may do.

mod restriction;
mod rights;
mod scope;

pub use restriction::{MAX_RESTRICTION_ENTRIES, RestrictionError, SendRestriction};
pub use rights::KeyRights;
pub use scope::{KeyScope, RequiredScope};
