//! What connects an account: the external ID, the two IAM policies, the stack and the link that makes it.
//!
//! The policies that a person pastes by hand ([`trust_policy`], [`permissions_policy`]) and those in the [`Template`] are made
//! by the same functions, from values in the one case and from references in the other, so that they can't drift apart.

mod events;
mod external_id;
mod permissions_policy;
mod policy;
mod public_url;
mod quick_create;
mod session_policy;
mod stack_name;
mod template;
mod trust_policy;
mod webhook;

pub use events::{configuration_set_name, event_destination_name, topic_policy};
pub use external_id::ExternalId;
pub use permissions_policy::permissions_policy;
pub use policy::{Policy, Statement};
pub use public_url::{Protocol, PublicUrl};
pub use quick_create::{QuickCreate, console_origin};
pub use session_policy::SessionPurpose;
pub use stack_name::StackName;
pub use template::{Parameters, Template};
pub use trust_policy::trust_policy;
pub use webhook::{StackReport, WebhookToken, WebhookUrl};
