//! Validation errors of this crate's types.

use thiserror::Error;

/// A text that is not a valid value of the type it was parsed as.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// Neither `https://` nor plain HTTP on loopback, or with more than a path.
    #[error("an https:// URL without a query is needed (plain http:// only on loopback)")]
    ResolverUrl,
}

impl ValidationError {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResolverUrl => "invalid_resolver_url",
        }
    }

    /// Returns a sentence that says how to fix the value.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::ResolverUrl => {
                "Give a DNS-over-HTTPS address such as https://cloudflare-dns.com/dns-query."
            }
        }
    }
}
