//! A local test environment: an AWS emulator, AWS customers, a mock AWS console, a mock DNS resolver, and the Worker in
//! workerd. Used by `cargo xtask demo`, `cargo xtask test` and the end-to-end tests; not part of the product.
#![allow(missing_docs, reason = "the crate isn't published; a comment must say more than the name")]
#![allow(clippy::missing_errors_doc, reason = "the callers are tests, which fail with any error")]

pub mod api;
pub mod console;
pub mod customer;
pub mod emulator;
pub mod error;
pub mod http;
mod http1;
pub mod operator;
pub mod ports;
pub mod process;
pub mod resolver;
pub mod restricted_session;
pub mod sns_retries;
pub mod sns_signer;
pub mod temp_dir;
pub mod template;
pub mod test_env;
pub mod tools;
pub mod wait;
pub mod workerd;

pub use error::{Error, Result};
