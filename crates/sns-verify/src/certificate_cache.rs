//! A cache of signing certificates.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

use time::{Duration, OffsetDateTime};

use super::{CertificateUrl, Rejection};
use crate::certificate_url::Issuer;

/// The most certificates of a region. SNS has one, or two while it replaces it, about once a year.
const MAX_CERTIFICATES: usize = 4;

/// The most URLs of one sender that are downloaded within [`PERIOD`] without a certificate as the result.
const MAX_DOWNLOADS: usize = 4;

/// How long a URL isn't downloaded again for the same sender after a failure.
const PERIOD: Duration = Duration::seconds(10);

/// Certificates that were downloaded, and downloads that have failed.
///
/// Anyone who knows the URL of an endpoint can post messages that name certificates which don't exist, on SNS's own host. In this cache,
/// they neither replace certificates that do exist, nor cause a download each. `C` is what you cache of a certificate. `S` is the sender, as
/// far as you know it before the signature is verified, such as the owner of the endpoint: one sender's failures don't affect others.
///
/// ```
/// use aws_sans_io::Endpoint;
/// use sns_verify::{CertificateCache, CertificateUrl, Rejection};
/// use time::macros::datetime;
///
/// let name = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a.pem";
/// let url = CertificateUrl::parse(name, "eu-west-1".parse()?, &Endpoint::aws())?;
/// let (mut cache, now) = (CertificateCache::default(), datetime!(2026-11-24 12:00 UTC));
///
/// assert_eq!(cache.find(&url, "shop", now), Ok(None)); // Download it.
/// cache.insert(&url, &"shop", Ok("the certificate"));
/// assert_eq!(cache.find(&url, "another", now), Ok(Some("the certificate")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CertificateCache<C, S> {
    certificates: HashMap<Issuer, VecDeque<(CertificateUrl, C)>>,
    downloads: HashMap<S, Downloads>,
}

/// Downloads for one sender.
#[derive(Clone, Debug)]
struct Downloads {
    until: OffsetDateTime,
    /// The URLs, and why they failed. `None` if they haven't yet.
    urls: Vec<(CertificateUrl, Option<Rejection>)>,
}

impl<C, S> Default for CertificateCache<C, S> {
    fn default() -> Self {
        Self { certificates: HashMap::new(), downloads: HashMap::new() }
    }
}

impl<C: Clone, S: Eq + Hash> CertificateCache<C, S> {
    /// Returns the cached certificate, or `None` if the URL must be downloaded. Then [`insert`](Self::insert) the result.
    ///
    /// # Errors
    /// Returns why a recent download has failed, or [`Rejection::CertificateUnavailable`] if too many others of this sender have.
    pub fn find(
        &mut self,
        url: &CertificateUrl,
        sender: S,
        now: OffsetDateTime,
    ) -> Result<Option<C>, Rejection> {
        let known =
            self.certificates.get(&url.issuer()).into_iter().flatten().find(|(known, _)| known == url);
        if let Some((_, certificate)) = known {
            return Ok(Some(certificate.clone()));
        }
        self.downloads.retain(|_, downloads| downloads.until > now);
        let new = || Downloads { until: now + PERIOD, urls: Vec::new() };
        let urls = &mut self.downloads.entry(sender).or_insert_with(new).urls;
        match urls.iter().find(|(known, _)| known == url) {
            Some((_, Some(rejection))) => Err(*rejection),
            Some((_, None)) => Ok(None),
            None if urls.len() < MAX_DOWNLOADS => {
                urls.push((url.clone(), None));
                Ok(None)
            }
            None => Err(Rejection::CertificateUnavailable),
        }
    }

    /// Stores the result of a download. Pass a certificate only if it is valid now, so that expired ones replace none.
    pub fn insert(&mut self, url: &CertificateUrl, sender: &S, result: Result<C, Rejection>) {
        let urls = self.downloads.get_mut(sender).map(|downloads| &mut downloads.urls);
        match result {
            Ok(certificate) => {
                if let Some(urls) = urls {
                    urls.retain(|(known, _)| known != url);
                }
                let certificates = self.certificates.entry(url.issuer()).or_default();
                certificates.retain(|(known, _)| known != url);
                if certificates.len() == MAX_CERTIFICATES {
                    certificates.pop_front();
                }
                certificates.push_back((url.clone(), certificate));
            }
            Err(rejection) => {
                let known = urls.into_iter().flatten().find(|(known, _)| known == url);
                if let Some((_, failed)) = known {
                    *failed = Some(rejection);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::Endpoint;
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    const UNAVAILABLE: Rejection = Rejection::CertificateUnavailable;

    fn url(region: &str, number: u32) -> CertificateUrl {
        let url = format!("https://sns.{region}.amazonaws.com/SimpleNotificationService-{number:08x}.pem");
        CertificateUrl::parse(&url, region.parse().unwrap(), &Endpoint::aws()).unwrap()
    }

    fn ireland(number: u32) -> CertificateUrl {
        url("eu-west-1", number)
    }

    fn cache_with(certificates: &[CertificateUrl]) -> CertificateCache<u32, &'static str> {
        let mut cache = CertificateCache::default();
        for (number, url) in (0..).zip(certificates) {
            assert_eq!(cache.find(url, "shop", NOON), Ok(None));
            cache.insert(url, &"shop", Ok(number));
        }
        cache
    }

    #[test]
    fn made_up_names_replace_no_certificate_and_few_of_them_are_downloaded() {
        let right = ireland(0);
        let mut cache = cache_with(std::slice::from_ref(&right));
        let mut downloads = 0;
        for number in 1..=1_000 {
            let made_up = ireland(number);
            match cache.find(&made_up, "attacker", NOON) {
                Ok(certificate) => {
                    assert_eq!(certificate, None);
                    downloads += 1;
                    // Half of the results arrive before the next message.
                    if number % 2 == 0 {
                        cache.insert(&made_up, &"attacker", Err(UNAVAILABLE));
                    }
                }
                Err(rejection) => assert_eq!(rejection, UNAVAILABLE),
            }
        }
        assert_eq!(downloads, MAX_DOWNLOADS);
        assert_eq!(cache.find(&right, "attacker", NOON), Ok(Some(0)));
    }

    #[test]
    fn made_up_names_keep_no_other_sender_from_the_right_certificate() {
        let mut cache = cache_with(&[]);
        for number in 1..=10 {
            let _ = cache.find(&ireland(number), "attacker", NOON);
        }
        assert_eq!(cache.find(&ireland(0), "attacker", NOON), Err(UNAVAILABLE));
        assert_eq!(cache.find(&ireland(0), "shop", NOON), Ok(None));
        cache.insert(&ireland(0), &"shop", Ok(7));
        assert_eq!(cache.find(&ireland(0), "attacker", NOON), Ok(Some(7)));
    }

    #[test]
    fn a_failed_download_is_repeated_after_ten_seconds() {
        let mut cache = cache_with(&[]);
        let unreadable = Rejection::CertificateUnreadable;
        assert_eq!(cache.find(&ireland(0), "shop", NOON), Ok(None));
        // Messages that arrive meanwhile don't wait for it.
        assert_eq!(cache.find(&ireland(0), "shop", NOON), Ok(None));
        cache.insert(&ireland(0), &"shop", Err(unreadable));
        assert_eq!(cache.find(&ireland(0), "shop", NOON + Duration::seconds(9)), Err(unreadable));
        assert_eq!(cache.find(&ireland(0), "shop", NOON + Duration::seconds(10)), Ok(None));
    }

    #[test]
    fn each_region_has_its_own_certificates_and_the_oldest_goes_first() {
        let all: Vec<_> = [url("us-east-1", 9)].into_iter().chain((0..5).map(ireland)).collect();
        let mut cache = cache_with(&all);
        assert_eq!(cache.find(&all[0], "shop", NOON), Ok(Some(0)));
        assert_eq!(cache.find(&all[1], "shop", NOON), Ok(None));
        for (number, url) in (0..).zip(&all).skip(2) {
            assert_eq!(cache.find(url, "shop", NOON), Ok(Some(number)));
        }
    }

    #[test]
    fn a_certificate_that_was_downloaded_twice_is_cached_once() {
        let mut cache = cache_with(&[ireland(0), ireland(1)]);
        for _ in 0..MAX_CERTIFICATES {
            cache.insert(&ireland(1), &"shop", Ok(1));
        }
        assert_eq!(cache.find(&ireland(0), "shop", NOON), Ok(Some(0)));
    }

    #[test]
    fn successful_downloads_do_not_count() {
        let mut cache = cache_with(&(0..20).map(ireland).collect::<Vec<_>>());
        assert_eq!(cache.find(&ireland(20), "shop", NOON), Ok(None));
    }
}
