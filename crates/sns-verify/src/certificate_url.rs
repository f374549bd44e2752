//! URLs of signing certificates.

use std::fmt;

use aws_sans_io::{Endpoint, Region, Service};

use super::Rejection;

/// The URL of a signing certificate. It is safe to download.
///
/// It has the form `https://sns.<region>.amazonaws.com/SimpleNotificationService-<hexadecimal digits>.pem`, with the region of
/// the topic. The host is compared as a whole: with a pattern, `sns.s3-us-west-2.amazonaws.com` could pass, which is a bucket that
/// anyone can own.
///
/// If the [`Endpoint`] is an emulator on loopback, the URL must have the emulator's origin and can have any path to a `.pem` file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateUrl {
    url: String,
    issuer: Issuer,
}

/// The service that issued the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Issuer {
    /// SNS in this region.
    Sns(Region),
    /// An emulator on loopback.
    Emulator,
}

impl CertificateUrl {
    /// Parses the `SigningCertURL` of a message from a topic in `region`.
    ///
    /// ```
    /// use aws_sans_io::{Endpoint, Region};
    /// use sns_verify::CertificateUrl;
    ///
    /// let ireland: Region = "eu-west-1".parse()?;
    /// let parse = |url| CertificateUrl::parse(url, ireland, &Endpoint::aws());
    /// assert!(parse("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a.pem").is_ok());
    /// assert!(parse("https://sns.eu-west-1.amazonaws.com.example.com/SimpleNotificationService-7506a1e35b36ef5a.pem").is_err());
    /// # Ok::<(), aws_sans_io::ValidationError>(())
    /// ```
    ///
    /// # Errors
    /// [`Rejection::CertificateUrlRefused`] for any other URL.
    pub fn parse(signing_cert_url: &str, region: Region, endpoint: &Endpoint) -> Result<Self, Rejection> {
        let origin = endpoint.origin(Service::Sns, region);
        let path = signing_cert_url.strip_prefix(origin.as_str()).ok_or(Rejection::CertificateUrlRefused)?;
        let (is_valid_path, issuer) = match endpoint.loopback_origin() {
            None => (is_sns_path(path), Issuer::Sns(region)),
            Some(_) => (is_plain_pem_path(path), Issuer::Emulator),
        };
        if is_valid_path {
            Ok(Self { url: format!("{origin}{path}"), issuer })
        } else {
            Err(Rejection::CertificateUrlRefused)
        }
    }

    /// Returns the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    pub(super) const fn issuer(&self) -> Issuer {
        self.issuer
    }
}

impl fmt::Display for CertificateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn is_sns_path(path: &str) -> bool {
    path.strip_prefix("/SimpleNotificationService-").and_then(|rest| rest.strip_suffix(".pem")).is_some_and(
        |id| {
            (1..=128).contains(&id.len()) && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        },
    )
}

fn is_plain_pem_path(path: &str) -> bool {
    path.starts_with('/')
        && path.strip_suffix(".pem").is_some()
        && path.len() <= 256
        && !path.contains("..")
        && !path.contains("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: &str =
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";

    /// Length of the part before the hexadecimal digits. A URL with other digits is valid too.
    const BEFORE_DIGITS: usize = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-".len();

    fn on_aws(url: &str) -> Result<CertificateUrl, Rejection> {
        CertificateUrl::parse(url, "eu-west-1".parse().unwrap(), &Endpoint::aws())
    }

    fn on_loopback(url: &str) -> Result<CertificateUrl, Rejection> {
        let endpoint: Endpoint = "http://127.0.0.1:4566".parse().unwrap();
        CertificateUrl::parse(url, "eu-west-1".parse().unwrap(), &endpoint)
    }

    #[test]
    fn a_certificate_url_of_the_topics_region_is_accepted() {
        let url = on_aws(VALID).unwrap();
        assert_eq!(url.as_str(), VALID);
        assert_eq!(url.issuer(), Issuer::Sns("eu-west-1".parse().unwrap()));
    }

    #[test]
    fn other_hosts_are_rejected() {
        let file = "SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";
        let hosts = [
            // Buckets, which anyone can own.
            "https://sns.s3-us-west-2.amazonaws.com/",
            "https://s3.amazonaws.com/sns.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.s3.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com.s3.amazonaws.com/",
            // Similar hosts.
            "https://sns.eu-west-1.amazonaws.com.evil.com/",
            "https://sns.eu-west-1.amazonaws.com.cn/",
            "https://sns.eu-west-1.amazonaws.co/",
            "https://sns.eu-west-1.amazonaws.comevil.com/",
            "https://sns.eu-west-1-amazonaws.com/",
            "https://evil.com/sns.eu-west-1.amazonaws.com/",
            "https://evilsns.eu-west-1.amazonaws.com/",
            "https://x.sns.eu-west-1.amazonaws.com/",
            "https://sns.amazonaws.com/",
            "https://sqs.eu-west-1.amazonaws.com/",
            "https://sns-signing.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.api.aws/",
            // Other regions, existing or not.
            "https://sns.eu-west-2.amazonaws.com/",
            "https://sns.us-east-1.amazonaws.com/",
            "https://sns.cn-north-1.amazonaws.com/",
            "https://sns.eu-west-1a.amazonaws.com/",
            // User information, ports, and URLs that parsers interpret differently.
            "https://sns.eu-west-1.amazonaws.com@evil.com/",
            "https://sns.eu-west-1.amazonaws.com:443@evil.com/",
            "https://user@sns.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com:443/",
            "https://sns.eu-west-1.amazonaws.com:8443/",
            "https://sns.eu-west-1.amazonaws.com:/",
            "https://sns.eu-west-1.amazonaws.com\\@evil.com/",
            "https://evil.com\\sns.eu-west-1.amazonaws.com/",
            "https://evil.com#sns.eu-west-1.amazonaws.com/",
            "https://evil.com?sns.eu-west-1.amazonaws.com/",
            "https:\\\\sns.eu-west-1.amazonaws.com/",
            "https:/sns.eu-west-1.amazonaws.com/",
            "https:///sns.eu-west-1.amazonaws.com/",
            "//sns.eu-west-1.amazonaws.com/",
            "sns.eu-west-1.amazonaws.com/",
            " https://sns.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com\t/",
            "https://sns.eu-west-1.amazonaws.com\n/",
            "https://sns.eu-west-1.amazonaws.com\0/",
            "https://sns.eu-west-1.amazonaws.com%00.evil.com/",
            "https://sns.eu-west-1.amazonaws.com%2eevil.com/",
            // Characters that are normalised to others.
            "https://SNS.eu-west-1.amazonaws.com/",
            "https://sns.EU-WEST-1.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com./",
            "https://sns。eu-west-1。amazonaws。com/",
            "https://sns．eu-west-1．amazonaws．com/",
            "https://ѕns.eu-west-1.amazonaws.com/",
            "https://ｓｎｓ.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com\u{200b}/",
            "https://sns.eu\u{ad}-west-1.amazonaws.com/",
            "https://xn--ns-xbc.eu-west-1.amazonaws.com/",
            // Other schemes, and loopback although the endpoint is AWS.
            "http://sns.eu-west-1.amazonaws.com/",
            "HTTPS://sns.eu-west-1.amazonaws.com/",
            "ftp://sns.eu-west-1.amazonaws.com/",
            "file:///",
            "data:application/x-pem-file,",
            "http://127.0.0.1:4566/",
            "http://169.254.169.254/",
            "https://[::1]/",
        ];
        for host in hosts {
            let url = format!("{host}{file}");
            assert_eq!(on_aws(&url), Err(Rejection::CertificateUrlRefused), "{url:?}");
        }
    }

    #[test]
    fn other_paths_are_rejected() {
        let paths = [
            "",
            "/",
            "?Action=Publish&x=.pem",
            "/?Action=GetTopicAttributes#/SimpleNotificationService-0a.pem",
            "/SimpleNotificationService-.pem",
            "/SimpleNotificationService-0a",
            "/SimpleNotificationService-0a.pem?x=1",
            "/SimpleNotificationService-0a.pem#x",
            "/SimpleNotificationService-0a.pem/",
            "/SimpleNotificationService-0a.pem%00",
            "/SimpleNotificationService-0a.pem\n",
            "/SimpleNotificationService-0A.pem",
            "/SimpleNotificationService-0g.pem",
            "/SimpleNotificationService-0a/../x.pem",
            "/SimpleNotificationService-..%2fx.pem",
            "/SimpleNotificationService-٠a.pem",
            "/simplenotificationservice-0a.pem",
            "//SimpleNotificationService-0a.pem",
            "/x/SimpleNotificationService-0a.pem",
            "/../SimpleNotificationService-0a.pem",
            "\\SimpleNotificationService-0a.pem",
            "/SimpleNotificationService-0a.pem.pem",
            "/SimpleNotificationService-0a.PEM",
            "/SimpleNotificationService-0a%2epem",
        ];
        for path in paths {
            let url = format!("https://sns.eu-west-1.amazonaws.com{path}");
            assert_eq!(on_aws(&url), Err(Rejection::CertificateUrlRefused), "{url:?}");
        }
        let long = VALID.replace("7506", &"7".repeat(129));
        assert_eq!(on_aws(&long), Err(Rejection::CertificateUrlRefused));
    }

    #[test]
    fn only_certificate_urls_of_the_emulator_are_accepted() {
        let url = on_loopback("http://127.0.0.1:4566/_emulator/sns/cert.pem").unwrap();
        assert_eq!(
            (url.as_str(), url.issuer()),
            ("http://127.0.0.1:4566/_emulator/sns/cert.pem", Issuer::Emulator)
        );
        for invalid in [
            VALID,
            "http://127.0.0.1:4567/cert.pem",
            "http://127.0.0.1:45660/cert.pem",
            "http://127.0.0.1:4566@evil.com/cert.pem",
            "http://127.0.0.1:4566.evil.com/cert.pem",
            "http://127.0.0.1:4566",
            "http://127.0.0.1:4566cert.pem",
            "http://localhost:4566/cert.pem",
            "https://127.0.0.1:4566/cert.pem",
            "http://127.0.0.1:4566/cert.pem?x=.pem",
            "http://127.0.0.1:4566/../cert.pem",
            "http://127.0.0.1:4566//evil.com/cert.pem",
            "http://127.0.0.1:4566/%2e%2e/cert.pem",
            "http://127.0.0.1:4566/cert.txt",
        ] {
            assert_eq!(on_loopback(invalid), Err(Rejection::CertificateUrlRefused), "{invalid:?}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_character_is_rejected(index in 0..BEFORE_DIGITS, with in "\\PC") {
            let changed: String =
                VALID.chars().enumerate().map(|(at, c)| if at == index { with.clone() } else { c.to_string() }).collect();
            prop_assume!(changed != VALID);
            prop_assert_eq!(on_aws(&changed), Err(Rejection::CertificateUrlRefused));
        }

        #[test]
        fn an_accepted_url_is_on_the_host_of_the_region(text in "(https://sns.eu-west-1.amazonaws.com)?\\PC{0,60}(.pem)?") {
            if let Ok(url) = on_aws(&text) {
                let parsed = url::Url::parse(url.as_str()).unwrap();
                prop_assert_eq!(parsed.host_str(), Some("sns.eu-west-1.amazonaws.com"));
                prop_assert_eq!((parsed.scheme(), parsed.port(), parsed.query()), ("https", None, None));
            }
        }
    }
}
