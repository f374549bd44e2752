//! Everything that stands in for the outside on one machine: a local AWS, customers with keys of their own, the AWS
//! console's quick-create page, DNS, and the Worker in workerd. Used by `cargo xtask demo`, `cargo xtask test` and the end-to-end
//! tests; nothing of it is in the product.

pub mod api;
pub mod console;
pub mod customer;
pub mod emulator;
pub mod error;
pub mod http;
mod http1;
pub mod ports;
pub mod process;
pub mod resolver;
pub mod temp_dir;
pub mod template;
pub mod test_env;
pub mod tools;
pub mod wait;
pub mod workerd;

pub use error::{Error, Result};
