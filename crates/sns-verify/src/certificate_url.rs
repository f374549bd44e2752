//! Where the certificate that a message was signed with lies.

use std::fmt;

use aws_sans_io::{Endpoint, Region, Service};

use super::Rejection;

/// The address of a signing certificate, built from the topic's region and a checked path. It is never the text that came with
/// a message, and may be fetched: without following redirects, and with a time-out of some seconds.
///
/// On AWS it is `https://sns.<region>.amazonaws.com/SimpleNotificationService-<hexadecimal digits>.pem` of the topic's own
/// region, compared as a whole. Patterns over the host are how other products were misled: `sns.s3-us-west-2.amazonaws.com` is
/// a bucket that anybody may own.
///
/// A loopback [`Endpoint`] that stands in for AWS names its own origin and path; then the origin must be that endpoint's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateUrl {
    url: String,
    issuer: Issuer,
}

/// Who hands out the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Issuer {
    /// SNS in this region.
    Sns(Region),
    /// What stands in for AWS on loopback.
    StandIn,
}

impl CertificateUrl {
    /// Checks the `SigningCertURL` of a message from a topic in `region`.
    ///
    /// ```
    /// use aws_sans_io::{Endpoint, Region};
    /// use sns_verify::CertificateUrl;
    ///
    /// let ireland: Region = "eu-west-1".parse()?;
    /// let from = |url| CertificateUrl::from_message(url, ireland, &Endpoint::aws());
    /// assert!(from("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a.pem").is_ok());
    /// assert!(from("https://sns.eu-west-1.amazonaws.com.example.com/SimpleNotificationService-7506a1e35b36ef5a.pem").is_err());
    /// # Ok::<(), aws_sans_io::ValidationError>(())
    /// ```
    ///
    /// # Errors
    /// [`Rejection::CertificateUrlRefused`] for any other address.
    pub fn from_message(
        signing_cert_url: &str,
        region: Region,
        endpoint: &Endpoint,
    ) -> Result<Self, Rejection> {
        let origin = endpoint.origin(Service::Sns, region);
        let path = signing_cert_url.strip_prefix(origin.as_str()).ok_or(Rejection::CertificateUrlRefused)?;
        let (path_is_right, issuer) = match endpoint.loopback_origin() {
            None => (is_path_of_sns(path), Issuer::Sns(region)),
            Some(_) => (is_plain_pem_path(path), Issuer::StandIn),
        };
        if path_is_right {
            Ok(Self { url: format!("{origin}{path}"), issuer })
        } else {
            Err(Rejection::CertificateUrlRefused)
        }
    }

    /// The address to fetch, which is also the key to cache by.
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

fn is_path_of_sns(path: &str) -> bool {
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

    const RIGHT: &str =
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";

    /// What comes before the hexadecimal digits; a change among those may name another certificate of SNS.
    const BEFORE_DIGITS: usize = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-".len();

    fn on_aws(url: &str) -> Result<CertificateUrl, Rejection> {
        CertificateUrl::from_message(url, "eu-west-1".parse().unwrap(), &Endpoint::aws())
    }

    fn on_loopback(url: &str) -> Result<CertificateUrl, Rejection> {
        let endpoint: Endpoint = "http://127.0.0.1:4566".parse().unwrap();
        CertificateUrl::from_message(url, "eu-west-1".parse().unwrap(), &endpoint)
    }

    #[test]
    fn the_certificate_of_the_topics_region_is_fetched() {
        let url = on_aws(RIGHT).unwrap();
        assert_eq!(url.as_str(), RIGHT);
        assert_eq!(url.issuer(), Issuer::Sns("eu-west-1".parse().unwrap()));
    }

    #[test]
    fn no_known_way_around_the_host_check_works() {
        let file = "SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";
        let hosts = [
            // Buckets, which anybody may own.
            "https://sns.s3-us-west-2.amazonaws.com/",
            "https://s3.amazonaws.com/sns.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.s3.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com.s3.amazonaws.com/",
            // Hosts that only look like it.
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
            // Another region's, and ones that don't exist.
            "https://sns.eu-west-2.amazonaws.com/",
            "https://sns.us-east-1.amazonaws.com/",
            "https://sns.cn-north-1.amazonaws.com/",
            "https://sns.eu-west-1a.amazonaws.com/",
            // User information, ports, and what parsers differ about.
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
            // Letters and dots that are folded into others.
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
            // Other schemes, and loopback where AWS is meant.
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
    fn no_other_file_of_the_host_is_fetched() {
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
        let long = RIGHT.replace("7506", &"7".repeat(129));
        assert_eq!(on_aws(&long), Err(Rejection::CertificateUrlRefused));
    }

    #[test]
    fn a_stand_in_hands_out_its_own_certificate_and_nothing_else() {
        let url = on_loopback("http://127.0.0.1:4566/_stand-in/sns/cert.pem").unwrap();
        assert_eq!(
            (url.as_str(), url.issuer()),
            ("http://127.0.0.1:4566/_stand-in/sns/cert.pem", Issuer::StandIn)
        );
        for wrong in [
            RIGHT,
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
            assert_eq!(on_loopback(wrong), Err(Rejection::CertificateUrlRefused), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_character_is_enough_to_be_refused(index in 0..BEFORE_DIGITS, with in "\\PC") {
            let changed: String =
                RIGHT.chars().enumerate().map(|(at, c)| if at == index { with.clone() } else { c.to_string() }).collect();
            prop_assume!(changed != RIGHT);
            prop_assert_eq!(on_aws(&changed), Err(Rejection::CertificateUrlRefused));
        }

        #[test]
        fn what_is_accepted_is_on_the_host_of_the_region(text in "(https://sns.eu-west-1.amazonaws.com)?\\PC{0,60}(.pem)?") {
            if let Ok(url) = on_aws(&text) {
                let parsed = url::Url::parse(url.as_str()).unwrap();
                prop_assert_eq!(parsed.host_str(), Some("sns.eu-west-1.amazonaws.com"));
                prop_assert_eq!((parsed.scheme(), parsed.port(), parsed.query()), ("https", None, None));
            }
        }
    }
}
