//! AWS Security Token Service (STS).
//!
//! [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html)

mod assume_role;
mod get_caller_identity;
mod query;
mod role_session_name;
mod session_duration;

pub use assume_role::{AssumeRole, AssumedRole};
pub use get_caller_identity::{CallerIdentity, GetCallerIdentity};
pub use role_session_name::RoleSessionName;
pub use session_duration::SessionDuration;
