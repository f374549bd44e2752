//! How mail of a domain is signed: by a key of SES's or by one that the customer brings.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html>

mod key_length;
mod private_key;
mod public_key;
mod selector;
mod signing;

pub use key_length::KeyLength;
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use selector::Selector;
pub use signing::Signing;
