//! The words of AWS as types that can't hold a wrong value, and what every operation shares.

mod account_id;
mod arn;
mod credentials;
#[cfg(feature = "server")]
pub(crate) mod encode;
mod endpoint;
#[cfg(feature = "server")]
mod error;
#[cfg(feature = "server")]
mod operation;
mod region;
mod service;
#[cfg(feature = "server")]
pub mod sign;
#[cfg(feature = "server")]
pub mod xml;

pub use account_id::AccountId;
pub use arn::{RoleArn, TopicArn};
pub use credentials::Credentials;
pub use endpoint::Endpoint;
pub(crate) use endpoint::is_loopback;
#[cfg(feature = "server")]
pub use error::{Error, Retry, Status};
#[cfg(feature = "server")]
pub use operation::{BuildError, Operation, read_error, signed_head, signed_request, unsigned_request};
pub use region::{Region, RegionInfo};
pub use service::Service;
