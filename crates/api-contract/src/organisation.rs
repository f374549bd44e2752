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

/// A change of an organisation. What isn't given stays as it is.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateOrganisation {
    /// The name, 1 to 100 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: Option<String>,
    /// Whether the organisation is suspended: it can't send or change anything, but its events still arrive.
    #[serde(default)]
    pub suspended: Option<bool>,
}

/// A valid change of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationChange {
    name: Option<String>,
    suspended: Option<bool>,
}

impl OrganisationChange {
    /// Returns the organisation after the change. One that is suspended already stays so since then.
    #[must_use]
    pub fn apply(self, organisation: Organisation, now: OffsetDateTime) -> Organisation {
        let suspended_at = match self.suspended {
            Some(true) => organisation.suspended_at.or(Some(now)),
            Some(false) => None,
            None => organisation.suspended_at,
        };
        Organisation { name: self.name.unwrap_or(organisation.name), suspended_at, ..organisation }
    }
}

impl UpdateOrganisation {
    /// Validates the change.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `name` if it is invalid, or if there is no change.
    pub fn parse(self) -> Result<OrganisationChange, FieldError> {
        if self.name.is_none() && self.suspended.is_none() {
            return Err(FieldError::missing("name"));
        }
        let name = self.name.map(|name| name::parse(&name)).transpose()?;
        Ok(OrganisationChange { name, suspended: self.suspended })
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
    /// Since when the organisation is suspended; `null` if it isn't.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub suspended_at: Option<OffsetDateTime>,
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
    use time::Duration;

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
    fn a_change_has_a_name_or_a_standing() {
        let parse = |name: Option<&str>, suspended| {
            UpdateOrganisation { name: name.map(str::to_owned), suspended }.parse()
        };
        assert_eq!(parse(None, None).unwrap_err().code, "missing_field");
        assert_eq!(parse(Some(" "), Some(true)).unwrap_err().code, "missing_field");
        let suspended = OrganisationChange { name: None, suspended: Some(true) };
        assert_eq!(parse(None, Some(true)), Ok(suspended));
        assert_eq!(parse(Some(" Shop "), None).unwrap().name.as_deref(), Some("Shop"));
    }

    #[test]
    fn a_suspended_organisation_stays_suspended_until_it_is_resumed() {
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds);
        let id = OrganisationId::new(at(0), 7);
        let active = Organisation { id, name: "Shop".into(), created_at: at(0), suspended_at: None };
        let change =
            |name: Option<&str>, suspended| OrganisationChange { name: name.map(str::to_owned), suspended };
        let suspended = change(None, Some(true)).apply(active.clone(), at(1));
        assert_eq!((suspended.name.as_str(), suspended.suspended_at), ("Shop", Some(at(1))));
        let again = change(Some("Store"), Some(true)).apply(suspended.clone(), at(2));
        assert_eq!((again.name.as_str(), again.suspended_at), ("Store", Some(at(1))));
        assert_eq!(change(Some("Store"), None).apply(suspended.clone(), at(2)), again);
        assert_eq!(change(None, Some(false)).apply(suspended, at(2)), active);
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
