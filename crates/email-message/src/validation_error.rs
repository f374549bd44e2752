//! Validation errors of this crate's types.

use thiserror::Error;

/// A text that is not a valid value of the type it was parsed as.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// Not an email address.
    #[error("not an email address")]
    EmailAddress,
    /// An address that SES can't send to or from.
    #[error("the part of an email address before the @ must be plain ASCII: Amazon SES takes no other")]
    EmailAddressNotAscii,
    /// Not a display name.
    #[error(
        "a display name is one line of at most 200 characters; one with , ; @ < > or \\ stands in double quotes"
    )]
    DisplayName,
    /// Not a domain name.
    #[error("not a domain name")]
    Domain,
}

impl ValidationError {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmailAddress => "invalid_email_address",
            Self::EmailAddressNotAscii => "unsupported_email_address",
            Self::DisplayName => "invalid_display_name",
            Self::Domain => "invalid_domain",
        }
    }

    /// Returns a sentence that says how to fix the value.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::EmailAddress => {
                "Write it as name@example.com, or as Name <name@example.com> where a name is allowed."
            }
            Self::EmailAddressNotAscii => {
                "Ask the recipient for an address in ASCII; the domain may be international."
            }
            Self::DisplayName => "Write it as \"Doe, Jane\" <jane@example.com>.",
            Self::Domain => "Write it as example.com, without a scheme or a path.",
        }
    }
}
