//! API keys of an organisation: `/v1/api-keys`.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

#[cfg(feature = "openapi")]
use super::schema::Timestamp;
use domain::ApiKeyId;

use super::{FieldError, name};

/// Maximum number of keys of an organisation.
pub const MAX_API_KEYS: usize = 20;

/// Name of the key that is created with an organisation.
pub const FIRST_KEY_NAME: &str = "First key";

/// Precision of a key's `last_used_at`, so that not every request is a write.
const LAST_USED_PRECISION: Duration = Duration::minutes(5);

/// An API key to create.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateApiKey {
    /// The purpose of the key, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
}

impl CreateApiKey {
    /// Validates the name.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `name`.
    pub fn parse(self) -> Result<String, FieldError> {
        name::parse(&self.name)
    }
}

/// An API key, without the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// The purpose of the key.
    pub name: String,
    /// The last four characters of the key.
    pub hint: String,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
    /// Time of last use, accurate to a few minutes; `null` if never used.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub last_used_at: Option<OffsetDateTime>,
    /// True if this request used the key, or a session that was created with it.
    pub current: bool,
}

/// A new API key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewApiKey {
    /// The key's public part.
    #[serde(flatten)]
    pub key: ApiKey,
    /// The key itself. It is only returned once.
    #[cfg_attr(feature = "openapi", schemars(with = "domain::token::ApiKeyToken"))]
    pub api_key: String,
}

/// The organisation's API keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyList {
    /// The keys, oldest first.
    pub data: Vec<ApiKey>,
}

/// Returns the token in an `Authorization: Bearer …` header.
#[must_use]
pub fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Returns true if `last_used_at` must be updated for a request at `now`.
#[must_use]
pub fn should_touch_last_used(last_used_at: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    last_used_at.is_none_or(|last| now - last >= LAST_USED_PRECISION)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_name_is_trimmed_and_has_1_to_100_characters() {
        let parse = |name: &str| CreateApiKey { name: name.into() }.parse();
        assert_eq!(parse(" Shop ").unwrap(), "Shop");
        assert_eq!(parse("").unwrap_err().field, "name");
        assert_eq!(parse(&"x".repeat(101)).unwrap_err().code, "invalid_name");
    }

    #[test]
    fn a_header_of_another_scheme_has_no_token() {
        assert_eq!(bearer_token("Bearer kr_key_x"), Some("kr_key_x"));
        assert_eq!(bearer_token("bearer kr_key_x"), Some("kr_key_x"));
        for other in ["", "Bearer", "Basic kr_key_x", "kr_key_x"] {
            assert_eq!(bearer_token(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_last_use_is_written_at_most_once_in_five_minutes() {
        let now = datetime!(2026-11-24 12:00 UTC);
        assert!(should_touch_last_used(None, now));
        assert!(!should_touch_last_used(Some(now - Duration::minutes(4)), now));
        assert!(should_touch_last_used(Some(now - Duration::minutes(5)), now));
    }
}
