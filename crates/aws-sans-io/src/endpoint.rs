//! AWS endpoints.

use std::str::FromStr;

use super::{HttpUrl, Region, Service};
use crate::ValidationError;

/// The endpoint that requests are sent to: AWS, or an emulator on loopback.
///
/// Other hosts are rejected, so a setting can't redirect signed requests to a third party.
///
/// ```
/// use aws_sans_io::{Endpoint, Service};
///
/// let region = "eu-west-1".parse()?;
/// assert_eq!(Endpoint::aws().origin(Service::Sts, region), "https://sts.eu-west-1.amazonaws.com");
///
/// let emulator: Endpoint = "http://127.0.0.1:4566".parse()?;
/// assert_eq!(emulator.origin(Service::Sts, region), "http://127.0.0.1:4566");
/// assert!("https://aws.example.com".parse::<Endpoint>().is_err());
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint(Option<String>);

impl Endpoint {
    /// Returns the endpoint of AWS.
    #[must_use]
    pub const fn aws() -> Self {
        Self(None)
    }

    /// Returns the origin of the emulator, such as `http://127.0.0.1:4566`, or `None` for AWS.
    #[must_use]
    pub fn loopback_origin(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the scheme and authority of requests to `service` in `region`, without a trailing slash.
    #[must_use]
    pub fn origin(&self, service: Service, region: Region) -> String {
        self.0.clone().unwrap_or_else(|| {
            let prefix = service.host_prefix();
            match service {
                Service::Iam => format!("https://{prefix}.amazonaws.com"),
                _ => format!("https://{prefix}.{}.amazonaws.com", service.request_region(region)),
            }
        })
    }
}

impl FromStr for Endpoint {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let url: HttpUrl = text.parse()?;
        if url.path() == "/" && url.is_loopback() {
            Ok(Self(Some(url.origin())))
        } else {
            Err(ValidationError::Endpoint)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sts_of_an_opt_in_region_is_called_in_a_region_enabled_by_default() {
        let milan: Region = "eu-south-1".parse().unwrap();
        assert_eq!(Endpoint::aws().origin(Service::Sts, milan), "https://sts.eu-central-1.amazonaws.com");
        assert_eq!(Endpoint::aws().origin(Service::Ses, milan), "https://email.eu-south-1.amazonaws.com");
    }

    #[test]
    fn only_loopback_urls_are_emulator_endpoints() {
        for valid in
            ["http://127.0.0.1:4566", "http://localhost:4566/", "http://[::1]:4566", "https://127.0.0.2"]
        {
            assert!(valid.parse::<Endpoint>().is_ok(), "{valid}");
        }
        for invalid in [
            "http://10.0.0.1:4566",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://user@127.0.0.1",
            "http://127.0.0.1/path",
            "ftp://127.0.0.1",
            "127.0.0.1:4566",
            "",
        ] {
            assert_eq!(invalid.parse::<Endpoint>(), Err(ValidationError::Endpoint), "{invalid:?}");
        }
    }
}
