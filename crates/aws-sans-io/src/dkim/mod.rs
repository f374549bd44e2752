//! DKIM keys and selectors, as Amazon SES accepts them.
//!
//! SES signs a domain's email with a key of its own ([Easy DKIM]) or with yours ([BYODKIM]).
//!
//! [Easy DKIM]: https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html
//! [BYODKIM]: https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html

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
