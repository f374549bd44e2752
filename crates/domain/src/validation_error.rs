//! Validation errors of this crate's types.

use thiserror::Error;

/// The error for a string that is not a valid value of its type.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    #[error(transparent)]
    Aws(#[from] aws_sans_io::ValidationError),
    #[error(transparent)]
    Email(#[from] email_message::ValidationError),
    #[error(transparent)]
    Dns(#[from] email_dns::ValidationError),
    #[error(
        "an external ID has four lower-case letters or digits, a hyphen and 26 characters of a-z and 2-7"
    )]
    ExternalId,
    #[error("a configuration set name has 1 to 64 letters, digits, hyphens or underscores")]
    ConfigurationSetName,
    #[error("a stack ID is an ARN such as arn:aws:cloudformation:eu-west-1:123456789012:stack/name/id")]
    StackId,
    #[error("a template version has 16 hexadecimal digits")]
    TemplateVersion,
    #[error("a public URL starts with https:// (http:// only on loopback) and has no path")]
    Url,
    #[error(
        "a signing secret has at least 32 printable ASCII characters and no spaces, as \"openssl rand -hex 32\" prints it"
    )]
    SigningSecret,
    #[error(
        "token tag keys are separated by commas; each has at least 32 printable ASCII characters and no spaces, as \"openssl rand -hex 32\" prints it"
    )]
    TokenTagKeys,
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
            Self::StackId => "invalid_stack_id",
            Self::TemplateVersion => "invalid_template_version",
            Self::Url => "invalid_url",
            Self::SigningSecret => "invalid_signing_secret",
            Self::TokenTagKeys => "invalid_token_tag_keys",
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
                "Copy the external ID from the Identities page. Kraiter generates it; you can't choose it."
            }
            Self::ConfigurationSetName => "Copy the name from the SES console under Configuration sets.",
            Self::StackId => "Copy the ID from the CloudFormation console under Stack info.",
            Self::TemplateVersion => "Use the URL that \"cargo xtask publish-template\" prints.",
            Self::Url => "Enter the origin only, such as https://kraiter.example.com.",
            Self::SigningSecret | Self::TokenTagKeys => "Generate one with: openssl rand -hex 32.",
        }
    }
}
