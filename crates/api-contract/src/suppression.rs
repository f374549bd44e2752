//! The suppression list: `/v1/suppressions`.

use domain::suppression::{AddressKey, Suppression, SuppressionReason};
use serde::{Deserialize, Serialize};

use super::{FieldError, PageQuery};

/// Maximum length of a search text. No address is longer.
const MAX_SEARCH: usize = 254;

/// An address to suppress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateSuppression {
    /// The address, without a display name. Case-insensitive; the domain may be international.
    pub address: String,
    /// The reason. Defaults to `manual`.
    pub reason: Option<SuppressionReason>,
}

impl CreateSuppression {
    /// Validates the address. Returns it with the reason.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `address`.
    pub fn parse(self) -> Result<(AddressKey, SuppressionReason), FieldError> {
        if self.address.is_empty() {
            return Err(FieldError::missing("address"));
        }
        let address = self.address.parse().map_err(FieldError::invalid("address"))?;
        Ok((address, self.reason.unwrap_or(SuppressionReason::Manual)))
    }
}

/// A query for suppressed addresses: `?search=example.com&reason=bounce&limit=20&cursor=<address>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionQuery {
    /// The maximum number of addresses, 1 to 100. Defaults to 20.
    pub limit: u32,
    /// The last address of the previous page.
    pub after: Option<AddressKey>,
    /// A part of the address, in lower case.
    pub search: Option<String>,
    /// The reason.
    pub reason: Option<SuppressionReason>,
}

impl SuppressionQuery {
    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 20, cursor: None };
        let (mut search, mut reason) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "search" if value.chars().count() > MAX_SEARCH => {
                    let message = format!("\"search\" must not have more than {MAX_SEARCH} characters");
                    return Err(FieldError::new("search", "invalid_search", message));
                }
                "search" => search = (!value.is_empty()).then(|| value.to_lowercase()),
                "reason" => {
                    let invalid = |error: domain::suppression::ParseReasonError| {
                        FieldError::new("reason", "invalid_reason", error.to_string())
                    };
                    reason = Some(value.parse().map_err(invalid)?);
                }
                name => page.parse_parameter(name, &value)?,
            }
        }
        Ok(Self { limit: page.limit, after: page.after()?, search, reason })
    }
}

/// A page of suppressed addresses, ordered by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppressionPage {
    /// The addresses.
    pub data: Vec<Suppression>,
    /// The `cursor` of the next page; `null` on the last page.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<AddressKey>"))]
    pub next_cursor: Option<String>,
}

/// The result of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppressionImport {
    /// Addresses that were added.
    pub added: u32,
    /// Addresses that were suppressed already.
    pub already: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    #[test]
    fn the_default_reason_is_manual() {
        let entry =
            |body: &str| Ok::<_, crate::ApiError>(parse_json::<CreateSuppression>(body.as_bytes())?.parse()?);
        let (address, reason) = entry(r#"{"address":"Ada@Example.com"}"#).unwrap();
        assert_eq!((address.as_str(), reason), ("ada@example.com", SuppressionReason::Manual));
        let (_, reason) = entry(r#"{"address":"ada@example.com","reason":"complaint"}"#).unwrap();
        assert_eq!(reason, SuppressionReason::Complaint);
        for (body, field) in [
            (r#"{"address":""}"#, "address"),
            (r#"{"address":"Ada <ada@example.com>"}"#, "address"),
            (r#"{"address":"ada@example.com","reason":"spam"}"#, "reason"),
            (r#"{"address":"ada@example.com","note":"x"}"#, "note"),
        ] {
            assert_eq!(entry(body).unwrap_err().field(), Some(field), "{body}");
        }
    }

    #[test]
    fn a_query_has_a_search_text_a_reason_and_a_page() {
        let query =
            SuppressionQuery::parse("search=ADA%2B&reason=bounce&limit=5&cursor=bob%40example.com").unwrap();
        assert_eq!((query.limit, query.search.as_deref()), (5, Some("ada+")));
        assert_eq!(query.after.unwrap().as_str(), "bob@example.com");
        assert_eq!(query.reason, Some(SuppressionReason::Bounce));
        assert_eq!(SuppressionQuery::parse("search=").unwrap().search, None);
        let long = format!("search={}", "a".repeat(255));
        for (query, field) in [
            ("reason=spam", "reason"),
            ("cursor=x", "cursor"),
            ("limit=0", "limit"),
            ("q=a", "q"),
            (&long, "search"),
        ] {
            assert_eq!(SuppressionQuery::parse(query).unwrap_err().field, field);
        }
    }
}
