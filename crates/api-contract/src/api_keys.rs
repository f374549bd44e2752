//! API keys of an organisation: `/v1/api-keys`.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

#[cfg(feature = "openapi")]
use super::schema::Timestamp;
use domain::{
    ApiKeyId,
    api_key::{KeyRights, KeyScope},
};

use super::{ApiError, FieldError, KeyRestrictions, name};

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
    /// What the key may do. Defaults to `full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<KeyScope>"))]
    pub scope: Option<String>,
    /// Time at which the key stops working. Defaults to never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub expires_at: Option<String>,
    /// What emails of the key are limited to. Only for a key with the scope `sending`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<KeyRestrictions>,
    /// True for a test key: its emails go to the mailbox simulator of Amazon SES instead of their recipients. It has the scope `sending`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
}

impl CreateApiKey {
    /// Validates a request that was made at `now`. Returns the name and the rights.
    ///
    /// # Errors
    /// Fails with the first field that is invalid.
    pub fn parse(self, now: OffsetDateTime) -> Result<(String, KeyRights), FieldError> {
        let name = name::parse(&self.name)?;
        let scope = self.scope.map_or(Ok(KeyScope::Full), |scope| parse_scope(&scope))?;
        let expires_at = self.expires_at.map(|text| parse_expiry(&text, now)).transpose()?;
        if self.test && scope != KeyScope::Sending {
            return Err(FieldError {
                help: "Set the scope to sending.",
                ..FieldError::new("test", "invalid_test", "a test key has the scope \"sending\"")
            });
        }
        let rights = KeyRights { scope, expires_at, is_test: self.test, ..KeyRights::default() };
        let rights = match self.restrictions {
            Some(restrictions) => restrictions.add_to(rights)?,
            None => rights,
        };
        Ok((name, rights))
    }
}

fn parse_scope(name: &str) -> Result<KeyScope, FieldError> {
    let invalid = || FieldError::new("scope", "invalid_scope", "\"scope\" must be full, sending or read");
    KeyScope::from_name(name).ok_or_else(invalid)
}

fn parse_expiry(text: &str, now: OffsetDateTime) -> Result<OffsetDateTime, FieldError> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok().filter(|at| *at > now);
    let at = at.and_then(|at| at.checked_to_offset(UtcOffset::UTC));
    at.ok_or_else(|| FieldError {
        help: "Omit it for a key that doesn't expire.",
        ..FieldError::new(
            "expiresAt",
            "invalid_expiry",
            "an expiry is a time in the future with a time zone, such as 2027-11-24T12:00:00Z",
        )
    })
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
    /// What the key may do.
    pub scope: KeyScope,
    /// Time at which the key stops working; `null` if never.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub expires_at: Option<OffsetDateTime>,
    /// What emails of the key are limited to; `null` if they aren't.
    pub restrictions: Option<KeyRestrictions>,
    /// True for a test key.
    pub test: bool,
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

/// Returns the API key that the query parameter `key` names.
///
/// # Errors
/// Fails if the parameter is missing, or with a parameter that is unknown. An invalid ID is that of no key.
pub fn api_key_query(query: &str) -> Result<ApiKeyId, ApiError> {
    let mut key = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "key" => key = Some(value.parse().map_err(|_| ApiError::NotFound { what: "API key" })?),
            other => return Err(FieldError::unknown_parameter(other).into()),
        }
    }
    key.ok_or_else(|| FieldError::missing("key").into())
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

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn request(name: &str, scope: Option<&str>, expires_at: Option<&str>) -> CreateApiKey {
        CreateApiKey {
            name: name.into(),
            scope: scope.map(str::to_owned),
            expires_at: expires_at.map(str::to_owned),
            restrictions: None,
            test: false,
        }
    }

    #[test]
    fn the_key_to_revoke_is_named_in_the_query() {
        let id = ApiKeyId::new(OffsetDateTime::UNIX_EPOCH, 7);
        assert_eq!(api_key_query(&format!("key={id}")), Ok(id));
        let code = |query: &str| api_key_query(query).unwrap_err().code();
        assert_eq!(
            (code(""), code("key=first"), code("id=1")),
            ("missing_field", "not_found", "unknown_field")
        );
    }

    #[test]
    fn a_key_is_full_and_permanent_unless_the_request_says_otherwise() {
        let parse =
            |scope, expires_at| request("Shop", scope, expires_at).parse(NOW).map(|(_, rights)| rights);
        assert!(parse(None, None).unwrap().is_permanent_full());
        for scope in KeyScope::ALL {
            assert_eq!(parse(Some(scope.name()), None).unwrap().scope, scope);
        }
        let error = parse(Some("admin"), None).unwrap_err();
        assert_eq!((error.field.as_str(), error.code), ("scope", "invalid_scope"));
        let expiry = parse(None, Some("2026-11-24T14:00:00+01:00")).unwrap().expires_at;
        assert_eq!(expiry, Some(datetime!(2026-11-24 13:00 UTC)));
        for text in ["2026-11-24T12:00:00Z", "2026-11-25", "9999-12-31T23:59:59-23:59", "never", ""] {
            let error = parse(None, Some(text)).unwrap_err();
            assert_eq!((error.field.as_str(), error.code), ("expiresAt", "invalid_expiry"), "{text}");
        }
    }

    #[test]
    fn a_test_key_only_sends() {
        let parse = |scope| CreateApiKey { test: true, ..request("Tests", scope, None) }.parse(NOW);
        assert!(parse(Some("sending")).unwrap().1.is_test);
        for scope in [None, Some("full"), Some("read")] {
            assert_eq!(parse(scope).unwrap_err().code, "invalid_test");
        }
    }

    #[test]
    fn a_name_is_trimmed_and_has_1_to_100_characters() {
        let parse = |name: &str| request(name, None, None).parse(NOW);
        assert_eq!(parse(" Shop ").unwrap(), ("Shop".into(), KeyRights::default()));
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
        let now = NOW;
        assert!(should_touch_last_used(None, now));
        assert!(!should_touch_last_used(Some(now - Duration::minutes(4)), now));
        assert!(should_touch_last_used(Some(now - Duration::minutes(5)), now));
    }
}
