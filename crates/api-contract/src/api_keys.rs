//! `/v1/api-keys`: several keys an organisation, each with a name.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

#[cfg(feature = "openapi")]
use super::{ApiKeySecret, openapi::Timestamp};
use domain::ApiKeyId;

use super::{FieldError, name};

/// The most keys of an organisation.
pub const MAX_API_KEYS: usize = 20;

/// The name of the key that comes with an organisation.
pub const FIRST_KEY: &str = "First key";

/// How exactly it is noted when a key was last shown: not with every request, which would be a write each.
const EXACTLY: Duration = Duration::minutes(5);

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
    /// The name, checked.
    ///
    /// # Errors
    /// [`FieldError`] for `name`.
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
    #[cfg_attr(feature = "openapi", schemars(with = "ApiKeySecret"))]
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

/// Whether it is to be noted that a key is shown now.
#[must_use]
pub fn is_use_news(last_used_at: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    last_used_at.is_none_or(|last| now - last >= EXACTLY)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        let parse = |name: &str| CreateApiKey { name: name.into() }.parse();
        assert_eq!(parse(" Shop ").unwrap(), "Shop");
        assert_eq!(parse("").unwrap_err().field, "name");
        assert_eq!(parse(&"x".repeat(101)).unwrap_err().code, "invalid_name");
    }

    #[test]
    fn a_use_is_noted_once_in_five_minutes() {
        let now = datetime!(2026-11-24 12:00 UTC);
        assert!(is_use_news(None, now));
        assert!(!is_use_news(Some(now - Duration::minutes(4)), now));
        assert!(is_use_news(Some(now - Duration::minutes(5)), now));
    }
}
