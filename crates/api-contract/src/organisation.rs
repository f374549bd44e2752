//! Organisations: `POST /v1/organisations`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use super::schema::Timestamp;
use domain::OrganisationId;

use super::{FieldError, name};

/// An organisation to create.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateOrganisation {
    /// The name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
}

/// An organisation's name: 1 to 100 characters without control characters, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationName(String);

impl OrganisationName {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CreateOrganisation {
    /// Validates the name.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `name`.
    pub fn parse(self) -> Result<OrganisationName, FieldError> {
        name::parse(&self.name).map(OrganisationName)
    }
}

/// A new organisation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewOrganisation {
    /// The organisation's id.
    pub id: OrganisationId,
    /// The name.
    pub name: String,
    /// The organisation's first API key. It is only returned once.
    #[cfg_attr(feature = "openapi", schemars(with = "domain::token::ApiKeyToken"))]
    pub api_key: String,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_has_1_to_100_characters() {
        let parse = |name: &str| CreateOrganisation { name: name.into() }.parse();
        assert_eq!(parse("  Ünïted ").unwrap().as_str(), "Ünïted");
        assert_eq!(parse(" ").unwrap_err().code, "missing_field");
        assert_eq!(parse(&"ü".repeat(101)).unwrap_err().code, "invalid_name");
        assert_eq!(parse("a\nb").unwrap_err().code, "invalid_name");
    }
}
