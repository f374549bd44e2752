//! AWS services.

use super::Region;

/// An AWS service.
///
/// ```
/// use aws_sans_io::Service;
///
/// assert_eq!((Service::Ses.signing_name(), Service::Ses.host_prefix()), ("ses", "email"));
/// ```
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
    /// AWS CloudFormation.
    CloudFormation,
    /// AWS Identity and Access Management.
    Iam,
}

impl Service {
    /// Returns the name in the credential scope of a signature.
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

    /// Returns the first label of the service's host name.
    #[must_use]
    pub const fn host_prefix(self) -> &'static str {
        match self {
            Self::Ses => "email",
            other => other.signing_name(),
        }
    }

    /// Returns the region that requests about `region` are sent to and signed for.
    ///
    /// It only differs from `region` for STS: the region of its endpoint must be
    /// [enabled](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html) in the caller's account.
    /// The credentials that STS returns are valid in all regions. See [`Region::sts_region`].
    #[must_use]
    pub fn request_region(self, region: Region) -> Region {
        match self {
            Self::Sts => region.sts_region(),
            _ => region,
        }
    }
}
