//! Validation errors of this crate's types.

use thiserror::Error;

/// A text that is not a valid value of the type it was parsed as.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// Not an email address.
    #[error("invalid email address")]
    EmailAddress,
    /// An address that SES can't send to or from.
    #[error("the part of an email address before the @ must be ASCII")]
    EmailAddressNotAscii,
    /// Not a display name.
    #[error(
        "a display name must be one line without bidirectional-override characters, at most 320 bytes long with the address when encoded, and in double quotes if it contains , ; @ < > or \\"
    )]
    DisplayName,
    /// Not a domain name.
    #[error("invalid domain name")]
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
                "Use the form name@example.com, or Name <name@example.com> if a display name is allowed."
            }
            Self::EmailAddressNotAscii => {
                "Use an ASCII address: Amazon SES supports other characters in the domain only."
            }
            Self::DisplayName => {
                "Use a short name in the form \"Doe, Jane\" <jane@example.com>. A name that is not ASCII becomes longer when it is encoded."
            }
            Self::Domain => "Use the form example.com, without a scheme or path.",
        }
    }
}
