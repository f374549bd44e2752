//! Amazon Simple Email Service (SES), API v2.
//!
//! [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/Welcome.html)

pub mod create_configuration_set;
pub mod create_configuration_set_event_destination;
pub mod create_email_identity;
mod delete_email_identity;
mod dkim_attributes;
pub mod event;
mod event_type;
pub mod get_account;
pub mod get_configuration_set;
pub mod get_email_identity;
mod identity;
mod json;
mod list_configuration_sets;
pub mod list_email_identities;
mod put_email_identity_dkim_signing_attributes;
pub mod send_email;
pub mod send_raw_email;
mod tracking_overrides;

pub use create_configuration_set::CreateConfigurationSet;
pub use create_configuration_set_event_destination::CreateConfigurationSetEventDestination;
pub use create_email_identity::{CreateEmailIdentity, CreatedEmailIdentity};
pub use delete_email_identity::DeleteEmailIdentity;
pub use dkim_attributes::{CnameRecord, DkimAttributes, DkimOrigin, DkimStatus};
pub use event_type::{EventType, ParseEventTypeError};
pub use get_account::{
    Account, EnforcementStatus, GetAccount, PricingAttributes, PricingPlan, ReviewDetails, ReviewStatus,
    SendQuota,
};
pub use get_configuration_set::GetConfigurationSet;
pub use get_email_identity::{EmailIdentity, GetEmailIdentity};
pub use identity::{IdentityType, VerificationStatus};
pub use list_configuration_sets::{ConfigurationSetPage, ListConfigurationSets};
pub use list_email_identities::{IdentityPage, ListEmailIdentities, ListRoute, ListedIdentity};
pub use put_email_identity_dkim_signing_attributes::PutEmailIdentityDkimSigningAttributes;
pub use send_email::{NameValue, SendEmail, SentEmail};
pub use send_raw_email::{BodyDigest, RawBody, SendRawEmail};
pub use tracking_overrides::TrackingOverrides;

/// Maximum number of recipients of a message: To, Cc and Bcc together.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/quotas.html)
pub const MAX_RECIPIENTS: usize = 50;
