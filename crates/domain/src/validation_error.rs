//! Validation errors of this crate's types.

use thiserror::Error;

/// A text that is not a valid value of the type it was parsed as.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// An invalid AWS value.
    #[error(transparent)]
    Aws(#[from] aws_sans_io::ValidationError),
    /// An invalid address or domain name.
    #[error(transparent)]
    Email(#[from] email_message::ValidationError),
    /// An invalid resolver URL.
    #[error(transparent)]
    Dns(#[from] email_dns::ValidationError),
    /// Not an external ID as Kraiter makes it.
    #[error("an external ID is four lower-case letters or digits, a hyphen and 26 characters of a-z and 2-7")]
    ExternalId,
    /// Not a configuration set's name.
    #[error("a configuration set name has 1 to 64 letters, digits, hyphens or underscores")]
    ConfigurationSetName,
    /// Neither `https://` nor plain HTTP on loopback.
    #[error("an https:// URL is needed (plain http:// only on loopback)")]
    Url,
}

impl ValidationError {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Aws(error) => error.code(),
            Self::Email(error) => error.code(),
            Self::Dns(error) => error.code(),
            Self::ExternalId => "invalid_external_id",
            Self::ConfigurationSetName => "invalid_configuration_set_name",
            Self::Url => "invalid_url",
        }
    }

    /// Returns a sentence that says how to fix the value.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Aws(error) => error.help(),
            Self::Email(error) => error.help(),
            Self::Dns(error) => error.help(),
            Self::ExternalId => {
                "Copy the external ID from the Identities page; Kraiter makes it, it can't be chosen."
            }
            Self::ConfigurationSetName => "Copy the name from the SES console under Configuration sets.",
            Self::Url => "Write the whole URL, such as https://kraiter.example.com.",
        }
    }
}
