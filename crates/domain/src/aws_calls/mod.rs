//! The calls that Kraiter makes in a customer's account, as its security team compares them with `CloudTrail`.
//!
//! A call has no parameters, bodies or credentials here. Calls that send an email are in the email's history
//! ([`SesCall`](crate::delivery::SesCall)).

mod cloud_trail;
mod record;

pub use cloud_trail::CloudTrailQueries;
pub use record::{AwsCallRecord, AwsCallResult, CALL_RETENTION, MAX_CALLS, SEND_EMAIL, TRIMMED_CALLS};
