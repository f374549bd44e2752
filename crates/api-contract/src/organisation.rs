//! Organisations: `/v1/organisations`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use super::schema::Timestamp;
use aws_sans_io::Region;
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
    /// The AWS region that most emails will be sent from. Kraiter stores the organisation's data near it, and can't move it later. Defaults
    /// to the location of the caller.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Region>"))]
    pub region: Option<String>,
}

/// An organisation's name: 1 to 100 characters without control or bidirectional-override characters, trimmed.
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
    /// Validates the name and the region.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for the first field that is invalid.
    pub fn parse(self) -> Result<(OrganisationName, Option<Region>), FieldError> {
        let name = name::parse(&self.name).map(OrganisationName)?;
        let region = self.region.map(|region| region.parse().map_err(FieldError::invalid("region")));
        Ok((name, region.transpose()?))
    }
}

/// A change of an organisation.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateOrganisation {
    /// The name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
}

impl UpdateOrganisation {
    /// Validates the name.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `name`.
    pub fn parse(self) -> Result<OrganisationName, FieldError> {
        name::parse(&self.name).map(OrganisationName)
    }
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// The organisation's id.
    pub id: OrganisationId,
    /// The name.
    pub name: String,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
}

/// A page of organisations, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganisationPage {
    /// The organisations.
    pub data: Vec<Organisation>,
    /// The `cursor` of the next page; `null` on the last page.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<OrganisationId>"))]
    pub next_cursor: Option<String>,
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
        let parse = |name: &str| CreateOrganisation { name: name.into(), region: None }.parse();
        assert_eq!(parse("  Ünïted ").unwrap().0.as_str(), "Ünïted");
        assert_eq!(parse(" ").unwrap_err().code, "missing_field");
        assert_eq!(parse(&"ü".repeat(101)).unwrap_err().code, "invalid_name");
        assert_eq!(parse("a\nb").unwrap_err().code, "invalid_name");
    }

    #[test]
    fn the_region_is_optional_and_must_exist() {
        let parse = |region: Option<&str>| {
            CreateOrganisation { name: "a".into(), region: region.map(str::to_owned) }.parse()
        };
        assert_eq!(parse(None).unwrap().1, None);
        assert_eq!(parse(Some("eu-west-1")).unwrap().1.map(Region::name), Some("eu-west-1"));
        let error = parse(Some("mars")).unwrap_err();
        assert_eq!((error.field.as_str(), error.code), ("region", "invalid_region"));
    }
}
