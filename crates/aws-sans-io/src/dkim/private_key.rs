//! A customer's own signing key, on its way to SES and nowhere else.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{
    PublicKey as RsaPublicKey,
    pkcs1::{DecodeRsaPublicKey, RsaPrivateKeyRef, der::Encode},
    pkcs8::{EncodePublicKey, ObjectIdentifier, PrivateKeyInfoRef},
};
use zeroize::Zeroizing;

use super::PublicKey;
use crate::ValidationError;

/// The lengths of a key, in bits, that SES signs with.
/// <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html>
const KEY_BITS: std::ops::RangeInclusive<usize> = 1024..=2048;

/// The longest text that SES takes.
const MAX_CHARS: usize = 20_480;

/// `rsaEncryption`: <https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1>
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// An RSA private key that a customer brings, in the form that SES takes: its DER (PKCS#1 or PKCS#8) in base64, without the lines
/// of a PEM file. It is wiped from memory when dropped and prints as `[redacted]`; nothing but its public half is ever computed.
///
/// ```
/// use aws_sans_io::dkim::PrivateKey;
///
/// assert!("-----BEGIN PRIVATE KEY-----\nbm8gc3VjaCBrZXk=\n-----END PRIVATE KEY-----".parse::<PrivateKey>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey {
    base64: Zeroizing<String>,
    public: PublicKey,
}

impl PrivateKey {
    /// The key itself, for the one request that hands it to SES.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.base64
    }

    /// The half that is published.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl FromStr for PrivateKey {
    type Err = ValidationError;

    /// Reads a PEM file (`RSA PRIVATE KEY` or `PRIVATE KEY`), or what stands between its lines.
    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if text.len() > 2 * MAX_CHARS {
            return Err(ValidationError::DkimPrivateKey);
        }
        let inner = between_lines(text.trim())?;
        let mut base64 = Zeroizing::new(String::with_capacity(inner.len()));
        base64.extend(inner.chars().filter(|character| !character.is_ascii_whitespace()));
        if base64.len() > MAX_CHARS {
            return Err(ValidationError::DkimPrivateKey);
        }
        let der =
            Zeroizing::new(STANDARD.decode(base64.as_bytes()).map_err(|_| ValidationError::DkimPrivateKey)?);
        let public = public_half(&der)?;
        Ok(Self { base64, public })
    }
}

/// What stands between the lines of a PEM file; the text itself where it has none.
fn between_lines(text: &str) -> Result<&str, ValidationError> {
    let Some(rest) = text.strip_prefix("-----BEGIN ") else { return Ok(text) };
    let (label, rest) = rest.split_once("-----").ok_or(ValidationError::DkimPrivateKey)?;
    match label {
        "RSA PRIVATE KEY" | "PRIVATE KEY" => {}
        "ENCRYPTED PRIVATE KEY" => return Err(ValidationError::DkimPrivateKeyEncrypted),
        _ => return Err(ValidationError::DkimPrivateKey),
    }
    // How a PKCS#1 file says that it wants a password: <https://www.rfc-editor.org/rfc/rfc1421#section-4.6.1.1>
    if rest.contains("Proc-Type:") {
        return Err(ValidationError::DkimPrivateKeyEncrypted);
    }
    let (inner, end) = rest.split_once("-----END ").ok_or(ValidationError::DkimPrivateKey)?;
    let ends = end.strip_suffix("-----").is_some_and(|end| end == label);
    if ends { Ok(inner) } else { Err(ValidationError::DkimPrivateKey) }
}

fn public_half(der: &[u8]) -> Result<PublicKey, ValidationError> {
    let pkcs1 = match PrivateKeyInfoRef::try_from(der) {
        Ok(info) if info.algorithm.oid == RSA => info.private_key.as_bytes(),
        Ok(_) => return Err(ValidationError::DkimPrivateKey),
        Err(_) => der,
    };
    let key = RsaPrivateKeyRef::try_from(pkcs1).map_err(|_| ValidationError::DkimPrivateKey)?;
    if !KEY_BITS.contains(&bits(key.modulus.as_bytes())) {
        return Err(ValidationError::DkimPrivateKeyLength);
    }
    let public = key.public_key().to_der().map_err(|_| ValidationError::DkimPrivateKey)?;
    let public = RsaPublicKey::from_pkcs1_der(&public).map_err(|_| ValidationError::DkimPrivateKey)?;
    let spki = public.to_public_key_der().map_err(|_| ValidationError::DkimPrivateKey)?;
    Ok(PublicKey::from_der(spki.as_bytes()))
}

/// How many bits a number without leading zero bytes has.
fn bits(bytes: &[u8]) -> usize {
    bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([redacted])")
    }
}
