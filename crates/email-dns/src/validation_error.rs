//! Validation errors of this crate's types.

use thiserror::Error;

/// A text that is not a valid value of the type it was parsed as.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// Not a resolver URL: neither `https://` nor `http://` on loopback, or with credentials, a query or a fragment.
    #[error(
        "a resolver URL must start with https:// (http:// on loopback only) and have no credentials, query or fragment"
    )]
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
            Self::ResolverUrl => "Use a DNS-over-HTTPS URL such as https://cloudflare-dns.com/dns-query.",
        }
    }
}
