//! Private half of a DKIM key.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use pkcs1::{RsaPrivateKeyRef, UintRef};
use pkcs8::PrivateKeyInfoRef;
use zeroize::Zeroizing;

use super::PublicKey;
use crate::ValidationError;

/// Key lengths that SES accepts, in bits.
/// <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html>
const KEY_BITS: std::ops::RangeInclusive<usize> = 1024..=2048;

/// Longest key that SES accepts, in base64 characters.
const MAX_CHARS: usize = 20_480;

/// An RSA private key in the form that SES accepts: its DER encoding (PKCS#1 or PKCS#8) in base64, without PEM markers.
///
/// It is zeroed on drop and prints as `[redacted]`. The crate only computes its public half and never signs with it.
///
/// ```
/// use aws_sans_io::dkim::PrivateKey;
///
/// assert!("-----BEGIN PRIVATE KEY-----\nbm8gc3VjaCBrZXk=\n-----END PRIVATE KEY-----".parse::<PrivateKey>().is_err());
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html)
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey {
    base64: Zeroizing<String>,
    public: PublicKey,
}

impl PrivateKey {
    /// Returns the key in base64.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.base64
    }

    /// Returns the public half.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl FromStr for PrivateKey {
    type Err = ValidationError;

    /// Parses a PEM file (`RSA PRIVATE KEY` or `PRIVATE KEY`), or the base64 between its markers. Text around the key is ignored, and line
    /// breaks may be written as `\n`, as in JSON and environment variables.
    fn from_str(text: &str) -> Result<Self, ValidationError> {
        if text.len() > 2 * MAX_CHARS {
            return Err(ValidationError::DkimPrivateKey);
        }
        let text = Zeroizing::new(text.replace("\\r", "\r").replace("\\n", "\n"));
        let inner = strip_pem_markers(&text)?;
        let mut base64 = Zeroizing::new(String::with_capacity(inner.len()));
        base64.extend(inner.chars().filter(|c| !c.is_ascii_whitespace() && *c != '\u{feff}'));
        if base64.len() > MAX_CHARS {
            return Err(ValidationError::DkimPrivateKey);
        }
        let der =
            Zeroizing::new(STANDARD.decode(base64.as_bytes()).map_err(|_| ValidationError::DkimPrivateKey)?);
        let public = public_half(&der)?;
        Ok(Self { base64, public })
    }
}

/// Returns the text between the markers of the private key in a PEM file, or the whole text if it has none.
fn strip_pem_markers(text: &str) -> Result<&str, ValidationError> {
    let sections = || text.split("-----BEGIN ").skip(1).filter_map(|section| section.split_once("-----"));
    if sections().next().is_none() {
        return Ok(text);
    }
    // Other sections are parameters or certificates.
    let mut keys = sections().filter(|(label, _)| label.ends_with("PRIVATE KEY"));
    let (Some((label, rest)), None) = (keys.next(), keys.next()) else {
        return Err(ValidationError::DkimPrivateKey);
    };
    match label {
        "RSA PRIVATE KEY" | "PRIVATE KEY" => {}
        "ENCRYPTED PRIVATE KEY" => return Err(ValidationError::DkimPrivateKeyEncrypted),
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err(ValidationError::DkimPrivateKeyAlgorithm),
        _ => return Err(ValidationError::DkimPrivateKey),
    }
    // Header of an encrypted PKCS#1 file: <https://www.rfc-editor.org/rfc/rfc1421#section-4.6.1.1>
    if rest.contains("Proc-Type:") {
        return Err(ValidationError::DkimPrivateKeyEncrypted);
    }
    let (inner, end) = rest.split_once("-----END ").ok_or(ValidationError::DkimPrivateKey)?;
    let is_end_marker = end.strip_prefix(label).is_some_and(|end| end.starts_with("-----"));
    if is_end_marker { Ok(inner) } else { Err(ValidationError::DkimPrivateKey) }
}

fn public_half(der: &[u8]) -> Result<PublicKey, ValidationError> {
    let pkcs1 = match PrivateKeyInfoRef::try_from(der) {
        Ok(info) if info.algorithm.oid == pkcs1::ALGORITHM_OID => info.private_key.as_bytes(),
        Ok(_) => return Err(ValidationError::DkimPrivateKeyAlgorithm),
        Err(_) => der,
    };
    let key = RsaPrivateKeyRef::try_from(pkcs1).map_err(|_| ValidationError::DkimPrivateKey)?;
    if !KEY_BITS.contains(&bits(&key.modulus)) {
        return Err(ValidationError::DkimPrivateKeyLength);
    }
    PublicKey::new(&key.public_key()).map_err(|_| ValidationError::DkimPrivateKey)
}

fn bits(number: &UintRef<'_>) -> usize {
    let bytes = number.as_bytes();
    bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([redacted])")
    }
}
