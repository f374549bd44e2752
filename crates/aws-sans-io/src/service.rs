//! The AWS services that are spoken to, by the names they are signed and addressed with.

use super::Region;

/// An AWS service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// AWS Security Token Service.
    Sts,
    /// Amazon Simple Email Service, API v2.
    Ses,
    /// Amazon Simple Notification Service.
    Sns,
    /// Amazon Simple Storage Service.
    S3,
    /// AWS CloudFormation: what the customer uses, spoken only by the local tooling.
    CloudFormation,
    /// AWS Identity and Access Management: spoken only by the local tooling.
    Iam,
}

impl Service {
    /// The name in the credential scope of a signature.
    #[must_use]
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Ses => "ses",
            Self::Sns => "sns",
            Self::S3 => "s3",
            Self::CloudFormation => "cloudformation",
            Self::Iam => "iam",
        }
    }

    /// The first label of the service's host name; for SES v2 it differs from the signing name.
    #[must_use]
    pub const fn host_prefix(self) -> &'static str {
        match self {
            Self::Ses => "email",
            other => other.signing_name(),
        }
    }

    /// Where calls about `region` are sent to and signed for. STS is called in a region that is enabled in every account:
    /// the region of the call must be enabled in the *caller's* account, the tokens work everywhere.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html>
    #[must_use]
    pub fn calling_region(self, region: Region) -> Region {
        match self {
            Self::Sts => region.sts_region(),
            _ => region,
        }
    }
}
