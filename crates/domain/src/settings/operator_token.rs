//! Tokens that operators choose.

use std::fmt;

use sha2::{Digest, Sha256};

use super::error::SettingError;

/// The minimum length in bytes: anyone who guesses the administrator's token can create organisations.
const MIN_LENGTH: usize = 16;

/// The setting `ADMIN_TOKEN` or `METRICS_TOKEN`, as its SHA-256 digest.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorToken([u8; 32]);

impl OperatorToken {
    pub(super) fn new(setting: &'static str, token: &str) -> Result<Self, SettingError> {
        if token.len() >= MIN_LENGTH && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Sha256::digest(token.as_bytes()).into()))
        } else {
            let message =
                format!("it must have at least {MIN_LENGTH} printable ASCII characters and no spaces");
            Err(SettingError { setting, message })
        }
    }

    /// Returns whether an `Authorization` header contains this token. Digests are compared, so the duration doesn't depend on the token.
    #[must_use]
    pub fn matches_authorization(&self, authorization: &str) -> bool {
        authorization.split_once(' ').is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && self.0 == *Sha256::digest(token.as_bytes())
        })
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_complete_token_with_its_scheme_matches() {
        let token = OperatorToken::new("ADMIN_TOKEN", "0123456789abcdef").unwrap();
        assert!(token.matches_authorization("Bearer 0123456789abcdef"));
        assert!(token.matches_authorization("bearer 0123456789abcdef"));
        for other in [
            "0123456789abcdef",
            "Bearer 0123456789abcde",
            "Bearer  0123456789abcdef",
            "Basic 0123456789abcdef",
            "",
        ] {
            assert!(!token.matches_authorization(other), "{other:?}");
        }
    }
}
