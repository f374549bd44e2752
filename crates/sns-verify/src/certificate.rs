//! Signing certificates.

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

/// Accepted key lengths, in bits. SNS uses 2048. The maximum bounds the cost of a verification.
const KEY_BITS: std::ops::RangeInclusive<u32> = 2048..=4096;

/// A signing certificate of SNS and the URL that it was downloaded from.
///
/// Its dates are checked each time it is used, so it can be cached.
///
/// It is trusted because it was downloaded over TLS from `sns.<region>.amazonaws.com`. The file doesn't contain the issuer's
/// certificates, so its chain isn't verified. The
/// [AWS SDK for Java](https://github.com/aws/aws-sdk-java-v2/tree/master/services-custom/sns-message-manager) doesn't verify it
/// either. Like that SDK, this type requires the certificate to be issued to `sns.amazonaws.com` or, in opt-in regions,
/// `sns-signing.<region>.amazonaws.com`. It also accepts `sns.<region>.amazonaws.com`. An emulator on loopback may use any name.
///
/// See the [crate documentation](crate) for an example.
#[derive(Clone, Debug)]
pub struct Certificate {
    url: CertificateUrl,
    key: PublicKey,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

impl Certificate {
    /// Parses the file that was downloaded from `url`.
    ///
    /// # Errors
    /// [`Rejection::CertificateUnreadable`], [`Rejection::CertificateNotSns`] or [`Rejection::KeyLength`].
    pub fn from_pem(url: &CertificateUrl, pem: &[u8]) -> Result<Self, Rejection> {
        let chain = X509::load_pem_chain(pem).map_err(|_| Rejection::CertificateUnreadable)?;
        let certificate = chain.first().ok_or(Rejection::CertificateUnreadable)?.tbs_certificate();
        if let Issuer::Sns(region) = url.issuer()
            && !is_issued_to_sns(&names(certificate)?, region)
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
            not_before: to_offset_date_time(validity.not_before)?,
            not_after: to_offset_date_time(validity.not_after)?,
        })
    }

    /// Returns the URL that the certificate was downloaded from.
    #[must_use]
    pub const fn url(&self) -> &CertificateUrl {
        &self.url
    }

    /// Returns whether the certificate is valid at the time `now`. Both its dates are inclusive.
    #[must_use]
    pub fn is_valid_at(&self, now: OffsetDateTime) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }

    pub(super) const fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// Returns the DNS names of the certificate, or the common name if it has none (RFC 6125).
fn names(certificate: &x509_cert::TbsCertificate) -> Result<Vec<String>, Rejection> {
    let invalid = |_| Rejection::CertificateUnreadable;
    let alternative = certificate.get_extension::<SubjectAltName>().map_err(invalid)?;
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
    let common = certificate.subject().common_name().map_err(invalid)?;
    Ok(common.iter().map(|name| name.value().into_owned()).collect())
}

fn is_issued_to_sns(names: &[String], region: Region) -> bool {
    let expected = [
        "sns.amazonaws.com".to_owned(),
        format!("sns-signing.{region}.amazonaws.com"),
        format!("sns.{region}.amazonaws.com"),
    ];
    names.iter().any(|name| expected.contains(name))
}

fn to_offset_date_time(time: Time) -> Result<OffsetDateTime, Rejection> {
    i64::try_from(time.to_unix_duration().as_secs())
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .ok_or(Rejection::CertificateUnreadable)
}
