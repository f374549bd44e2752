//! HTTP: reading requests, authenticating them and writing responses.

pub(crate) mod auth;
pub(crate) mod body_budget;
mod error;
pub(crate) mod request;
pub(crate) mod request_limits;
mod response;

pub(crate) use self::{auth::RequestCredentials, error::Error, response::ApiResponse};
