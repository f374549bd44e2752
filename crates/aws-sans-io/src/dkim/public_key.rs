//! The half of a key that everybody may see.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{PublicKey as RsaPublicKey, pkcs8::DecodePublicKey};
use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// An RSA public key as DNS holds it: its DER form (`SubjectPublicKeyInfo`) in base64.
///
/// <https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(String);

impl PublicKey {
    pub(super) fn from_der(der: &[u8]) -> Self {
        Self(STANDARD.encode(der))
    }

    /// The key in base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text of the TXT record that publishes it, in the form that AWS documents.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html>
    #[must_use]
    pub fn record_value(&self) -> String {
        format!("p={}", self.0)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        let der = STANDARD.decode(&text).map_err(|_| ValidationError::DkimPublicKey)?;
        RsaPublicKey::from_public_key_der(&der).map_err(|_| ValidationError::DkimPublicKey)?;
        Ok(Self(text))
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
