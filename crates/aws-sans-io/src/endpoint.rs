//! Where a service is reached: AWS itself, or an emulator on loopback.

use std::str::FromStr;

use url::{Host, Url};

use super::{Region, Service};
use crate::ValidationError;

/// Where AWS is: the real one by default, or what `AWS_ENDPOINT_URL` names, which must be on loopback so that no setting can
/// relax a check in production.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint(Option<String>);

impl Endpoint {
    /// AWS itself.
    #[must_use]
    pub const fn aws() -> Self {
        Self(None)
    }

    /// The loopback origin (`http://127.0.0.1:4566`), where AWS is stood in for.
    #[must_use]
    pub fn loopback_origin(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Scheme and authority for calls to `service` about `region`, without a trailing slash.
    #[must_use]
    pub fn origin(&self, service: Service, region: Region) -> String {
        self.0.clone().unwrap_or_else(|| {
            let prefix = service.host_prefix();
            match service {
                Service::Iam => format!("https://{prefix}.amazonaws.com"),
                _ => format!("https://{prefix}.{}.amazonaws.com", service.calling_region(region)),
            }
        })
    }
}

/// Whether a URL's host is this machine: 127.0.0.0/8, `::1` or `localhost`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl FromStr for Endpoint {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let url = Url::parse(text).map_err(|_| ValidationError::Endpoint)?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if bare && is_loopback(&url) {
            Ok(Self(Some(url.origin().ascii_serialization())))
        } else {
            Err(ValidationError::Endpoint)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sts_of_an_opt_in_region_is_called_where_every_account_may() {
        let milan: Region = "eu-south-1".parse().unwrap();
        assert_eq!(Endpoint::aws().origin(Service::Sts, milan), "https://sts.eu-central-1.amazonaws.com");
        assert_eq!(Endpoint::aws().origin(Service::Ses, milan), "https://email.eu-south-1.amazonaws.com");
    }

    #[test]
    fn only_loopback_stands_in_for_aws() {
        for right in
            ["http://127.0.0.1:4566", "http://localhost:4566/", "http://[::1]:4566", "https://127.0.0.2"]
        {
            assert!(right.parse::<Endpoint>().is_ok(), "{right}");
        }
        for wrong in [
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
            assert_eq!(wrong.parse::<Endpoint>(), Err(ValidationError::Endpoint), "{wrong:?}");
        }
    }
}
