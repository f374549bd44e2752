//! Validation errors of this crate's types.

use thiserror::Error;

/// A text that is not a valid value of the type it was parsed as.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// Not an AWS account id.
    #[error("an AWS account ID has exactly 12 digits")]
    AccountId,
    /// Not a region where Amazon SES v2 is available.
    #[error("not a region where Amazon SES v2 is available")]
    Region,
    /// Not the ARN of an IAM role.
    #[error("a role ARN looks like arn:aws:iam::123456789012:role/KraiterSESRole")]
    RoleArn,
    /// Not the ARN of an SNS topic.
    #[error("a topic ARN looks like arn:aws:sns:eu-west-1:123456789012:topic-name")]
    TopicArn,
    /// Not a role session name.
    #[error("a role session name has 2 to 64 letters, digits or characters of _+=,.@-")]
    RoleSessionName,
    /// Not a session duration.
    #[error("a session lasts 900 to 43,200 whole seconds")]
    SessionDuration,
    /// An endpoint that isn't on loopback.
    #[error(
        "AWS_ENDPOINT_URL must be an http:// or https:// URL on loopback (127.0.0.1, localhost or [::1])"
    )]
    Endpoint,
    /// Not a length of key that SES makes.
    #[error("a key that Amazon SES makes has 1024 or 2048 bits")]
    DkimKeyLength,
    /// Not a DKIM selector.
    #[error("a selector has 1 to 63 letters, digits or inner hyphens")]
    DkimSelector,
    /// Not an RSA private key.
    #[error("not an RSA private key in PEM form (PKCS#1 or PKCS#8)")]
    DkimPrivateKey,
    /// A private key that wants a password.
    #[error("the private key is protected by a password")]
    DkimPrivateKeyEncrypted,
    /// A private key that is too short or too long for SES.
    #[error("a private key needs 1024 to 2048 bits: Amazon SES takes no other")]
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
            Self::DkimPrivateKeyEncrypted => "encrypted_private_key",
            Self::DkimPrivateKeyLength => "unsupported_private_key",
            Self::DkimPublicKey => "invalid_public_key",
        }
    }

    /// Returns a sentence that says how to fix the value.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::AccountId => "The account ID stands at the top right of the AWS console.",
            Self::Region => "Choose one of the regions listed by GET /v1/aws-binding.",
            Self::RoleArn => "Copy the ARN from the role's summary in the IAM console.",
            Self::TopicArn => "Copy the ARN from the topic's page in the SNS console.",
            Self::RoleSessionName => "Use letters, digits and _+=,.@- only.",
            Self::SessionDuration => "Ask for an hour: every role allows it.",
            Self::Endpoint => "Unset it in production: Kraiter then talks to AWS itself.",
            Self::DkimKeyLength => {
                "Leave it out for 2048 bits; 1024 is for DNS hosts that take no longer record."
            }
            Self::DkimSelector => {
                "Choose a name that isn't in use below _domainkey yet, such as kraiter2026."
            }
            Self::DkimPrivateKey => {
                "Make one by: openssl genrsa -out dkim.pem 2048, and give the file's whole text."
            }
            Self::DkimPrivateKeyEncrypted => {
                "Take the password off first: openssl rsa -in dkim.pem -out open.pem."
            }
            Self::DkimPrivateKeyLength => "Make one by: openssl genrsa -out dkim.pem 2048.",
            Self::DkimPublicKey => "Give the private key again.",
        }
    }
}
