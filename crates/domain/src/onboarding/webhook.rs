//! Where a customer's topic posts to.

use std::fmt;

use aws_sans_io::RoleArn;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::PublicUrl;
use crate::ValidationError;

/// The secret part of a webhook's address: 256 random bits. Only its digest is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookToken(Zeroizing<String>);

impl WebhookToken {
    /// A new token from 32 random bytes.
    #[must_use]
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(Zeroizing::new(BASE32_NOPAD.encode(random).to_ascii_lowercase()))
    }

    /// The token in a request's path; `None` where it can't be one of ours.
    #[must_use]
    pub fn from_path(segment: &str) -> Option<Self> {
        let is_right =
            segment.len() == 52 && segment.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        is_right.then(|| Self(Zeroizing::new(segment.to_owned())))
    }

    /// What is stored and looked up: SHA-256 in lower-case hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for WebhookToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookToken([redacted])")
    }
}

/// The address that a stack subscribes to its topic, before the stack adds what it knows.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Zeroizing<String>);

impl WebhookUrl {
    /// The address of `token` below the Worker's own.
    #[must_use]
    pub fn new(public_url: &PublicUrl, token: &WebhookToken) -> Self {
        Self(Zeroizing::new(format!("{}/webhooks/sns/{}", public_url.origin(), token.0.as_str())))
    }

    /// The address, to be handed to the customer.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl([redacted])")
    }
}

/// What a stack says of itself in the query of the address that it subscribes: `role_arn` and `configuration_set`.
///
/// It isn't signed by SNS: it is a claim, to be proven by assuming the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackReport {
    /// The role that the stack made.
    pub role_arn: RoleArn,
    /// The configuration set that it made.
    pub configuration_set: String,
}

impl StackReport {
    /// Reads the query of a post to the webhook.
    ///
    /// # Errors
    /// [`ValidationError`] where one of the two is missing, given twice or wrong.
    pub fn parse(query: &str) -> Result<Self, ValidationError> {
        let one = |wanted: &str, wrong: ValidationError| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
            match (values.next(), values.next()) {
                (Some((_, value)), None) => Ok(value),
                _ => Err(wrong),
            }
        };
        let role_arn = one("role_arn", aws_sans_io::ValidationError::RoleArn.into())?.parse::<RoleArn>()?;
        let configuration_set = one("configuration_set", ValidationError::ConfigurationSetName)?.into_owned();
        let name_is_right = (1..=64).contains(&configuration_set.len())
            && configuration_set.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if name_is_right {
            Ok(Self { role_arn, configuration_set })
        } else {
            Err(ValidationError::ConfigurationSetName)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_again_in_the_path_and_does_not_print() {
        let token = WebhookToken::from_random(&[3; 32]);
        let url = WebhookUrl::new(&"https://a.example".parse().unwrap(), &token);
        let segment = url.reveal().rsplit_once('/').unwrap().1;
        assert_eq!(WebhookToken::from_path(segment).unwrap().digest(), token.digest());
        assert!(!format!("{token:?}{url:?}").contains(segment));
        for wrong in ["", "short", &segment.to_uppercase(), &format!("{segment}a")] {
            assert!(WebhookToken::from_path(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_report_needs_each_value_once() {
        let role = "role_arn=arn:aws:iam::123456789012:role/a";
        assert!(StackReport::parse(&format!("{role}&configuration_set=b")).is_ok());
        for wrong in [
            String::new(),
            role.to_owned(),
            "configuration_set=b".to_owned(),
            format!("{role}&{role}&configuration_set=b"),
            format!("{role}&configuration_set="),
            format!("{role}&configuration_set=a%20b"),
            "role_arn=nope&configuration_set=b".to_owned(),
        ] {
            assert!(StackReport::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
