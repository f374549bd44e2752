//! Signatures and hashes computed by the runtime, which is faster than WebAssembly.
//!
//! <https://developers.cloudflare.com/workers/runtime-apis/web-crypto/>

mod public_key;
mod sha256;

pub use public_key::PublicKey;
pub use sha256::{Sha256Stream, sha256};
