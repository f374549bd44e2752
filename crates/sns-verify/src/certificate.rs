//! Signing certificates.

use std::ops::RangeInclusive;

use aws_sans_io::Region;
use base64::{Engine, engine::general_purpose::STANDARD};
use time::OffsetDateTime;

use super::{CertificateUrl, Rejection};
use crate::{certificate_url::Issuer, x509::X509};

/// Accepted key lengths, in bits. SNS uses 2048. The maximum bounds the cost of a verification.
const KEY_BITS: RangeInclusive<usize> = 2048..=4096;

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
    /// The DER encoding of the `SubjectPublicKeyInfo`.
    public_key: Vec<u8>,
    #[cfg(feature = "rsa")]
    key: rsa::PublicKey,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

impl Certificate {
    /// Parses the file that was downloaded from `url`.
    ///
    /// # Errors
    /// [`Rejection::CertificateUnreadable`], [`Rejection::CertificateNotSns`] or [`Rejection::KeyLength`].
    pub fn from_pem(url: &CertificateUrl, pem: &[u8]) -> Result<Self, Rejection> {
        let der = first_certificate(pem).ok_or(Rejection::CertificateUnreadable)?;
        let certificate = X509::parse(&der).map_err(|_| Rejection::CertificateUnreadable)?;
        if let Issuer::Sns(region) = url.issuer()
            && !is_issued_to_sns(&certificate, region)
        {
            return Err(Rejection::CertificateNotSns);
        }
        if !KEY_BITS.contains(&certificate.key_bits) {
            return Err(Rejection::KeyLength);
        }
        Ok(Self {
            url: url.clone(),
            #[cfg(feature = "rsa")]
            key: rsa::pkcs8::DecodePublicKey::from_public_key_der(certificate.public_key)
                .map_err(|_| Rejection::CertificateUnreadable)?,
            public_key: certificate.public_key.to_vec(),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
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

    pub(super) fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    #[cfg(feature = "rsa")]
    pub(super) const fn key(&self) -> &rsa::PublicKey {
        &self.key
    }
}

/// Returns the DER encoding of the first certificate in a PEM file.
fn first_certificate(pem: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(pem).ok()?.trim_start().strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let (base64, _) = text.split_once("-----END CERTIFICATE-----")?;
    let base64: String = base64.split_ascii_whitespace().collect();
    STANDARD.decode(base64).ok()
}

/// Returns whether the certificate has a DNS name of SNS or, if it has no DNS names, such a common name (RFC 6125).
fn is_issued_to_sns(certificate: &X509<'_>, region: Region) -> bool {
    let names =
        if certificate.dns_names.is_empty() { &certificate.common_names } else { &certificate.dns_names };
    let expected = [
        "sns.amazonaws.com".to_owned(),
        format!("sns-signing.{region}.amazonaws.com"),
        format!("sns.{region}.amazonaws.com"),
    ];
    names.iter().any(|name| expected.iter().any(|expected| expected.as_bytes() == *name))
}
