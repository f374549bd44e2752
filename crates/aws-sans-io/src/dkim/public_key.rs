//! Public half of a DKIM key.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use pkcs1::RsaPublicKeyRef;
use pkcs8::{
    SubjectPublicKeyInfoRef, der,
    der::{Decode, Encode, asn1::BitStringRef},
};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::ValidationError;

/// An RSA public key in the form that DNS records use: its DER encoding (`SubjectPublicKeyInfo`) in base64.
///
/// See [`PrivateKey::public_key`](super::PrivateKey::public_key), and
/// [RFC 6376, section 3.6.1](https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1).
///
/// ```
/// use aws_sans_io::dkim::PublicKey;
///
/// assert!("AAAA".parse::<PublicKey>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub struct PublicKey(String);

impl PublicKey {
    pub(super) fn new(key: &RsaPublicKeyRef<'_>) -> der::Result<Self> {
        let key = key.to_der()?;
        let info = SubjectPublicKeyInfoRef {
            algorithm: pkcs1::ALGORITHM_ID,
            subject_public_key: BitStringRef::from_bytes(&key)?,
        };
        Ok(Self(STANDARD.encode(info.to_der()?)))
    }

    /// Returns the key in base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the value of the TXT record that publishes the key, in the
    /// [form that AWS documents](https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html):
    /// `p=<key>`.
    #[must_use]
    pub fn record_value(&self) -> String {
        format!("p={}", self.0)
    }
}

impl FromStr for PublicKey {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let der = STANDARD.decode(text).map_err(|_| ValidationError::DkimPublicKey)?;
        let is_rsa = SubjectPublicKeyInfoRef::from_der(&der).is_ok_and(|info| {
            info.algorithm == pkcs1::ALGORITHM_ID
                && info
                    .subject_public_key
                    .as_bytes()
                    .is_some_and(|key| RsaPublicKeyRef::from_der(key).is_ok())
        });
        if is_rsa { Ok(Self(text.to_owned())) } else { Err(ValidationError::DkimPublicKey) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
