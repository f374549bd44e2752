//! The certificate that messages are signed with.

use aws_sans_io::Region;
use rsa::{PublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};
use time::OffsetDateTime;
use x509_cert::{
    Certificate as X509,
    der::Encode,
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Time,
};

use super::{CertificateUrl, Rejection};
use crate::certificate_url::Issuer;

/// The lengths of a key, in bits, that are accepted: SNS uses 2048. A longer one would only cost time.
const KEY_BITS: std::ops::RangeInclusive<u32> = 2048..=4096;

/// A signing certificate of SNS, tied to the address that it was fetched from. Its dates are checked whenever it is used, so
/// that it may be cached.
///
/// What makes it trustworthy is where it comes from: the TLS connection to `sns.<region>.amazonaws.com`, whose own
/// certificate the edge's fetch checks up to a root. The file holds the leaf alone, so its chain isn't built a second time;
/// AWS's own SDK for Java doesn't either.
///
/// As that SDK does, the names that the certificate is made out to are compared: `sns.amazonaws.com`, or
/// `sns-signing.<region>.amazonaws.com` in opt-in regions
/// ([`SnsHostProvider`](https://github.com/aws/aws-sdk-java-v2/tree/master/services-custom/sns-message-manager)).
/// The host that it was fetched from passes too. A stand-in on loopback has no such name, and none is asked of it.
#[derive(Clone, Debug)]
pub struct Certificate {
    url: CertificateUrl,
    key: PublicKey,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

impl Certificate {
    /// Reads what was fetched from `url`.
    ///
    /// # Errors
    /// [`Rejection::CertificateUnreadable`], [`Rejection::CertificateNotSns`] or [`Rejection::KeyLength`].
    pub fn from_pem(url: &CertificateUrl, pem: &[u8]) -> Result<Self, Rejection> {
        let chain = X509::load_pem_chain(pem).map_err(|_| Rejection::CertificateUnreadable)?;
        let certificate = chain.first().ok_or(Rejection::CertificateUnreadable)?.tbs_certificate();
        if let Issuer::Sns(region) = url.issuer()
            && !is_made_out_to_sns(&names(certificate)?, region)
        {
            return Err(Rejection::CertificateNotSns);
        }
        let key =
            certificate.subject_public_key_info().to_der().map_err(|_| Rejection::CertificateUnreadable)?;
        let key = PublicKey::from_public_key_der(&key).map_err(|_| Rejection::CertificateUnreadable)?;
        if !KEY_BITS.contains(&key.n().bit_width()) {
            return Err(Rejection::KeyLength);
        }
        let validity = certificate.validity();
        Ok(Self {
            url: url.clone(),
            key,
            not_before: at(validity.not_before)?,
            not_after: at(validity.not_after)?,
        })
    }

    /// The address that it was fetched from.
    #[must_use]
    pub const fn url(&self) -> &CertificateUrl {
        &self.url
    }

    /// Whether `now` lies between its dates, both included.
    #[must_use]
    pub fn is_valid_at(&self, now: OffsetDateTime) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }

    pub(super) const fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// The DNS names of the subject; its common name only where there are none (RFC 6125).
fn names(certificate: &x509_cert::TbsCertificate) -> Result<Vec<String>, Rejection> {
    let unreadable = |_| Rejection::CertificateUnreadable;
    let alternative = certificate.get_extension::<SubjectAltName>().map_err(unreadable)?;
    let names: Vec<_> =
        alternative
            .iter()
            .flat_map(|(_, SubjectAltName(names))| names)
            .filter_map(|name| {
                if let GeneralName::DnsName(name) = name { Some(name.as_str().to_owned()) } else { None }
            })
            .collect();
    if !names.is_empty() {
        return Ok(names);
    }
    let common = certificate.subject().common_name().map_err(unreadable)?;
    Ok(common.iter().map(|name| name.value().into_owned()).collect())
}

fn is_made_out_to_sns(names: &[String], region: Region) -> bool {
    let expected = [
        "sns.amazonaws.com".to_owned(),
        format!("sns-signing.{region}.amazonaws.com"),
        format!("sns.{region}.amazonaws.com"),
    ];
    names.iter().any(|name| expected.contains(name))
}

fn at(time: Time) -> Result<OffsetDateTime, Rejection> {
    i64::try_from(time.to_unix_duration().as_secs())
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .ok_or(Rejection::CertificateUnreadable)
}
