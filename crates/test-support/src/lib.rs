//! Everything that stands in for the outside on one machine: a local AWS, customers with keys of their own, the AWS
//! console's quick-create page, DNS, and the Worker in workerd. Used by `cargo xtask demo`, `cargo xtask test` and the end-to-end
//! tests; nothing of it is in the product.

pub mod api;
pub mod console;
pub mod customer;
pub mod emulator;
pub mod error;
pub mod folder;
pub mod http;
pub mod lab;
mod message;
pub mod ports;
pub mod process;
pub mod resolver;
pub mod template;
pub mod toolbox;
pub mod wait;
pub mod workerd;

pub use error::{Error, Result};
