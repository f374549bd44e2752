//! What connects an account: the external ID, the two policies, the stack and the link that makes it.

mod external_id;

pub use external_id::ExternalId;
