//! Connecting an AWS account: external ID, IAM policies, CloudFormation template and quick-create link.
//!
//! The same functions create the policies for manual setup ([`trust_policy`], [`permissions_policy`]) and those in the
//! [`StackTemplate`], so the two can't diverge.

mod events;
mod external_id;
mod permissions_policy;
mod policy;
mod public_url;
mod quick_create;
mod retries;
mod session_policy;
mod stack;
mod stack_name;
mod template;
mod template_version;
mod trust_policy;
mod webhook;

pub use events::{configuration_set_name, event_destination_name, topic_policy, tracking_set_name};
pub use external_id::ExternalId;
pub use permissions_policy::permissions_policy;
pub use policy::{Policy, Statement};
pub use public_url::{Protocol, PublicUrl};
pub use quick_create::{QuickCreateLink, console_origin};
pub use retries::{SNS_RETRY_TIME, delivery_policy};
pub use session_policy::{SessionLimits, SessionPurpose};
pub use stack::{Stack, StackId};
pub use stack_name::StackName;
pub use template::{StackParameters, StackTemplate};
pub use template_version::{TemplateUrl, TemplateVersion};
pub use trust_policy::trust_policy;
pub use webhook::{StackOutputs, WebhookUrl};
