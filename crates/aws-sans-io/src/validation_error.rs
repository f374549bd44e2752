//! Validation errors of this crate's types.

use thiserror::Error;

/// The error of a text that is not a valid value of the type it is parsed as.
///
/// ```
/// use aws_sans_io::{Region, ValidationError};
///
/// let error = "atlantis-1".parse::<Region>().unwrap_err();
/// assert_eq!(error, ValidationError::Region);
/// assert_eq!(error.to_string(), "not a region where Amazon SES v2 is available");
/// assert_eq!(error.help(), "Use the code of a region where Amazon SES is available, such as eu-west-1.");
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// Not an AWS account ID.
    #[error("an AWS account ID has exactly 12 digits")]
    AccountId,
    /// Not a region where Amazon SES v2 is available.
    #[error("not a region where Amazon SES v2 is available")]
    Region,
    /// Not the ARN of an IAM role.
    #[error("a role ARN has the form arn:aws:iam::123456789012:role/ExampleRole")]
    RoleArn,
    /// Not the ARN of an SNS topic.
    #[error("a topic ARN has the form arn:aws:sns:eu-west-1:123456789012:example-topic")]
    TopicArn,
    /// Not a role session name.
    #[error("a role session name has 2 to 64 letters, digits or characters of _+=,.@-")]
    RoleSessionName,
    /// Not a session duration.
    #[error("a session duration is 900 to 43,200 whole seconds")]
    SessionDuration,
    /// An endpoint that isn't on loopback.
    #[error("an endpoint must be an http:// or https:// URL on loopback (127.0.0.1, localhost or [::1])")]
    Endpoint,
    /// Not a length of an Easy DKIM key.
    #[error("an Easy DKIM key has 1024 or 2048 bits")]
    DkimKeyLength,
    /// Not a DKIM selector.
    #[error("a DKIM selector has 1 to 63 letters, digits or inner hyphens")]
    DkimSelector,
    /// Not an RSA private key.
    #[error("not an RSA private key in PEM format (PKCS#1 or PKCS#8)")]
    DkimPrivateKey,
    /// A private key of another algorithm, such as Ed25519.
    #[error("the private key is not an RSA key")]
    DkimPrivateKeyAlgorithm,
    /// A private key that is encrypted with a password.
    #[error("the private key is encrypted with a password")]
    DkimPrivateKeyEncrypted,
    /// A private key with a length that SES doesn't accept.
    #[error("Amazon SES only accepts private keys of 1024 to 2048 bits")]
    DkimPrivateKeyLength,
    /// Not an RSA public key.
    #[error("not an RSA public key in base64")]
    DkimPublicKey,
}

impl ValidationError {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccountId => "invalid_account_id",
            Self::Region => "invalid_region",
            Self::RoleArn => "invalid_role_arn",
            Self::TopicArn => "invalid_topic_arn",
            Self::RoleSessionName => "invalid_role_session_name",
            Self::SessionDuration => "invalid_session_duration",
            Self::Endpoint => "invalid_endpoint",
            Self::DkimKeyLength => "invalid_key_length",
            Self::DkimSelector => "invalid_selector",
            Self::DkimPrivateKey => "invalid_private_key",
            Self::DkimPrivateKeyAlgorithm => "unsupported_private_key_algorithm",
            Self::DkimPrivateKeyEncrypted => "encrypted_private_key",
            Self::DkimPrivateKeyLength => "unsupported_private_key",
            Self::DkimPublicKey => "invalid_public_key",
        }
    }

    /// Returns a sentence that says how to fix the value.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::AccountId => "Copy the account ID from the top right corner of the AWS console.",
            Self::Region => "Use the code of a region where Amazon SES is available, such as eu-west-1.",
            Self::RoleArn => "Copy the ARN from the role's summary in the IAM console.",
            Self::TopicArn => "Copy the ARN from the topic's page in the SNS console.",
            Self::RoleSessionName => "Remove all other characters and shorten the name to 64.",
            Self::SessionDuration => "Use 3600 seconds, which every role allows.",
            Self::Endpoint => "Use the URL of an AWS emulator on this machine, or no endpoint to call AWS.",
            Self::DkimKeyLength => {
                "Omit the length for 2048 bits. Use 1024 only if your DNS provider doesn't support longer records."
            }
            Self::DkimSelector => "Use a label that doesn't exist below _domainkey yet, such as mail2026.",
            Self::DkimPrivateKey => {
                "Create a key with \"openssl genrsa -out dkim.pem 2048\" and use the whole content of the file."
            }
            Self::DkimPrivateKeyEncrypted => {
                "Remove the password with \"openssl rsa -in dkim.pem -out decrypted.pem\"."
            }
            Self::DkimPrivateKeyAlgorithm => {
                "Amazon SES signs with RSA only. Create a key with \"openssl genrsa -out dkim.pem 2048\"."
            }
            Self::DkimPrivateKeyLength => "Create a key with \"openssl genrsa -out dkim.pem 2048\".",
            Self::DkimPublicKey => "Use the key's DER encoding (SubjectPublicKeyInfo) in base64.",
        }
    }
}
