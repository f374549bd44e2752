//! What is wrong with a value that a person typed.

use thiserror::Error;

/// A text that isn't the value it claims to be. The message says what was expected; [`Invalid::help`] says where to find it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalid {
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
    /// Not an external ID as Kraiter makes it.
    #[error("an external ID is four lower-case letters or digits, a hyphen and 26 characters of a-z and 2-7")]
    ExternalId,
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
    /// Not a configuration set's name.
    #[error("a configuration set name has 1 to 64 letters, digits, hyphens or underscores")]
    ConfigurationSetName,
    /// Not a role session name.
    #[error("a role session name has 2 to 64 letters, digits or characters of _+=,.@-")]
    RoleSessionName,
    /// Not a session duration.
    #[error("a session lasts 900 to 43,200 whole seconds")]
    SessionDuration,
    /// Neither `https://` nor plain HTTP on loopback.
    #[error("an https:// URL is needed (plain http:// only on loopback)")]
    Url,
    /// An endpoint that isn't on loopback.
    #[error(
        "AWS_ENDPOINT_URL must be an http:// or https:// URL on loopback (127.0.0.1, localhost or [::1])"
    )]
    Endpoint,
    /// Neither `https://` nor plain HTTP on loopback, or with more than a path.
    #[error("an https:// URL without a query is needed (plain http:// only on loopback)")]
    ResolverUrl,
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

impl Invalid {
    /// The stable code, as it stands in the `code` of a problem document.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccountId => "invalid_account_id",
            Self::Region => "invalid_region",
            Self::RoleArn => "invalid_role_arn",
            Self::TopicArn => "invalid_topic_arn",
            Self::ExternalId => "invalid_external_id",
            Self::EmailAddress => "invalid_email_address",
            Self::EmailAddressNotAscii => "unsupported_email_address",
            Self::DisplayName => "invalid_display_name",
            Self::Domain => "invalid_domain",
            Self::ConfigurationSetName => "invalid_configuration_set_name",
            Self::RoleSessionName => "invalid_role_session_name",
            Self::SessionDuration => "invalid_session_duration",
            Self::Url => "invalid_url",
            Self::Endpoint => "invalid_endpoint",
            Self::ResolverUrl => "invalid_resolver_url",
            Self::DkimKeyLength => "invalid_key_length",
            Self::DkimSelector => "invalid_selector",
            Self::DkimPrivateKey => "invalid_private_key",
            Self::DkimPrivateKeyEncrypted => "encrypted_private_key",
            Self::DkimPrivateKeyLength => "unsupported_private_key",
            Self::DkimPublicKey => "invalid_public_key",
        }
    }

    /// How to mend it, for the person who typed it.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::AccountId => "The account ID stands at the top right of the AWS console.",
            Self::Region => "Choose one of the regions listed by GET /v1/aws-binding.",
            Self::RoleArn => "Copy the ARN from the role's summary in the IAM console.",
            Self::TopicArn => "Copy the ARN from the topic's page in the SNS console.",
            Self::ExternalId => {
                "Copy the external ID from the Identities page; Kraiter makes it, it can't be chosen."
            }
            Self::EmailAddress => {
                "Write it as name@example.com, or as Name <name@example.com> where a name is allowed."
            }
            Self::EmailAddressNotAscii => {
                "Ask the recipient for an address in ASCII; the domain may be international."
            }
            Self::DisplayName => "Write it as \"Doe, Jane\" <jane@example.com>.",
            Self::Domain => "Write it as example.com, without a scheme or a path.",
            Self::ConfigurationSetName => "Copy the name from the SES console under Configuration sets.",
            Self::RoleSessionName => "Use letters, digits and _+=,.@- only.",
            Self::SessionDuration => "Ask for an hour: every role allows it.",
            Self::Url => "Write the whole URL, such as https://kraiter.example.com.",
            Self::Endpoint => "Unset it in production: Kraiter then talks to AWS itself.",
            Self::ResolverUrl => {
                "Give a DNS-over-HTTPS address such as https://cloudflare-dns.com/dns-query."
            }
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
