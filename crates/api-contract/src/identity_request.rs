//! Requests about identities: `POST /v1/identities`, `PUT /v1/identities/{id}/dkim` and `GET /v1/identities`.

use std::fmt;

use aws_sans_io::{
    Region,
    dkim::{KeyLength, Signing},
};
use domain::IdentityId;
use email_message::SenderIdentity;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use zeroize::Zeroizing;

use super::{FieldError, PageQuery};

/// A domain or email address to verify.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateIdentity {
    /// The domain or email address.
    pub identity: String,
    /// The region. Defaults to the connection's default region.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Region>"))]
    pub region: Option<String>,
    /// The key to sign a domain's email with. Defaults to a key that SES generates.
    #[serde(default, deserialize_with = "optional_object")]
    pub dkim: Option<DkimKey>,
}

/// Deserializes an object or `null`. A derived struct would also accept a list of its fields.
fn optional_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DkimKey>, D::Error> {
    struct Object;

    impl<'de> Visitor<'de> for Object {
        type Value = Option<DkimKey>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            DkimKey::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }
    }

    deserializer.deserialize_any(Object)
}

/// The key to sign a domain's email with: one that SES generates, or your own.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DkimKey {
    /// The length of the key in bits: 1024 or 2048.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = [1024, 2048, null])))]
    pub key_length: Option<u32>,
    /// The selector of your key.
    #[cfg_attr(
        feature = "openapi",
        schemars(regex(pattern = "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"))
    )]
    pub selector: Option<String>,
    /// Your private key. Kraiter passes it to SES and doesn't store it.
    pub private_key: Option<PrivateKeyText>,
}

/// The key to sign a domain's email with from now on: one that SES generates, of this length, or your own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct DkimChoice(pub DkimKey);

/// An unvalidated private key. It is printed as `[redacted]` and wiped from memory when dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct PrivateKeyText(Zeroizing<String>);

impl From<String> for PrivateKeyText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for PrivateKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKeyText([redacted])")
    }
}

/// A validated [`CreateIdentity`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIdentity {
    /// The domain or email address.
    pub name: SenderIdentity,
    /// The region. Defaults to the connection's default region.
    pub region: Option<Region>,
    /// How to sign the email. Defaults to a key that SES generates.
    pub signing: Option<Signing>,
}

impl CreateIdentity {
    /// Validates the request.
    ///
    /// # Errors
    /// Fails with the first field that is missing or invalid.
    pub fn parse(self) -> Result<NewIdentity, FieldError> {
        if self.identity.is_empty() {
            return Err(FieldError::missing("identity"));
        }
        let name: SenderIdentity = self.identity.parse().map_err(FieldError::invalid("identity"))?;
        let region =
            self.region.map(|text| text.parse().map_err(FieldError::invalid("region"))).transpose()?;
        if self.dkim.is_some() && !name.is_domain() {
            return Err(FieldError {
                help: "Omit \"dkim\", or verify the domain instead of the address.",
                ..FieldError::new("dkim", "not_a_domain", "only a domain can have a DKIM key")
            });
        }
        let signing = self.dkim.map(|dkim| dkim.signing("dkim.")).transpose()?;
        Ok(NewIdentity { name, region, signing })
    }
}

impl DkimChoice {
    /// Validates the choice.
    ///
    /// # Errors
    /// Fails with the field that is missing or invalid.
    pub fn parse(self) -> Result<Signing, FieldError> {
        let DkimKey { key_length: None, selector: None, private_key: None } = self.0 else {
            return self.0.signing("");
        };
        Err(FieldError {
            help: "Set \"keyLength\" for a key that SES generates, or \"selector\" and \"privateKey\" for your own.",
            ..FieldError::missing("keyLength")
        })
    }
}

impl DkimKey {
    /// Validates the key. `parent` comes before the names of its fields in errors.
    fn signing(self, parent: &str) -> Result<Signing, FieldError> {
        let field = |name: &str| format!("{parent}{name}");
        match (self.key_length, self.selector, self.private_key) {
            (key_length, None, None) => {
                let key_length = key_length.map(KeyLength::try_from).transpose();
                Ok(Signing::EasyDkim {
                    key_length: key_length.map_err(FieldError::invalid(field("keyLength")))?,
                })
            }
            (Some(_), ..) => Err(FieldError {
                help: "Omit \"keyLength\" if you use your own key.",
                ..FieldError::new(
                    field("keyLength"),
                    "conflicting_field",
                    "\"keyLength\" can't be combined with \"selector\" and \"privateKey\"",
                )
            }),
            (None, None, Some(_)) => Err(FieldError::missing(field("selector"))),
            (None, Some(_), None) => Err(FieldError::missing(field("privateKey"))),
            (None, Some(selector), Some(key)) => Ok(Signing::Byodkim {
                selector: selector.parse().map_err(FieldError::invalid(field("selector")))?,
                private_key: key.0.parse().map_err(FieldError::invalid(field("privateKey")))?,
            }),
        }
    }
}

/// The regions to list identities of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionSelection {
    /// The regions that the organisation uses.
    InUse,
    /// Every region.
    All,
    /// These regions.
    Named(Vec<Region>),
}

impl RegionSelection {
    /// Returns the regions, without duplicates. `in_use` are the regions that the organisation uses.
    #[must_use]
    pub fn resolve(&self, in_use: impl IntoIterator<Item = Region>) -> Vec<Region> {
        match self {
            Self::All => Region::all().collect(),
            Self::Named(named) => named.clone(),
            Self::InUse => {
                let mut regions = Vec::new();
                for region in in_use {
                    if !regions.contains(&region) {
                        regions.push(region);
                    }
                }
                regions
            }
        }
    }
}

/// A query for identities: `?region=eu-west-1&limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityQuery {
    /// The regions: `region=`, which may be repeated, or `region=all`.
    pub regions: RegionSelection,
    /// The maximum number of identities, 1 to 100. Defaults to 100.
    pub limit: u32,
    /// The last id of the previous page.
    pub after: Option<IdentityId>,
}

impl IdentityQuery {
    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 100, cursor: None };
        let mut regions = RegionSelection::InUse;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name != "region" {
                page.parse_parameter(&name, &value)?;
            } else if value == "all" {
                regions = RegionSelection::All;
            } else {
                let region: Region = value.parse().map_err(FieldError::invalid("region"))?;
                match &mut regions {
                    RegionSelection::All => {}
                    RegionSelection::InUse => regions = RegionSelection::Named(vec![region]),
                    RegionSelection::Named(named) if named.contains(&region) => {}
                    RegionSelection::Named(named) => named.push(region),
                }
            }
        }
        Ok(Self { regions, limit: page.limit, after: page.after()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    const KEY: &str = include_str!("../../../tests/vectors/dkim/rsa-2048.pkcs1.pem");

    fn create(body: &str) -> Result<NewIdentity, FieldError> {
        parse_json::<CreateIdentity>(body.as_bytes()).unwrap().parse()
    }

    fn rejected(request: DkimKey) -> (&'static str, String) {
        let error = DkimChoice(request).parse().unwrap_err();
        (error.code, error.field)
    }

    #[test]
    fn an_error_names_the_field_that_is_missing_or_invalid() {
        let made = create(r#"{"identity":"example.com","region":"eu-west-1"}"#).unwrap();
        assert_eq!((made.name.as_str(), made.signing), ("example.com", None));
        for (body, code, field) in [
            (r#"{"identity":""}"#, "missing_field", "identity"),
            (r#"{"identity":"localhost"}"#, "invalid_domain", "identity"),
            (r#"{"identity":"example.com","region":"mars"}"#, "invalid_region", "region"),
            (r#"{"identity":"me@example.com","dkim":{}}"#, "not_a_domain", "dkim"),
            (r#"{"identity":"a.example","dkim":{"keyLength":512}}"#, "invalid_key_length", "dkim.keyLength"),
            (r#"{"identity":"a.example","dkim":{"selector":"s"}}"#, "missing_field", "dkim.privateKey"),
            (r#"{"identity":"a.example","dkim":{"privateKey":"s"}}"#, "missing_field", "dkim.selector"),
            (
                r#"{"identity":"a.example","dkim":{"keyLength":1024,"selector":"s","privateKey":"x"}}"#,
                "conflicting_field",
                "dkim.keyLength",
            ),
            (
                r#"{"identity":"a.example","dkim":{"selector":"a.b","privateKey":"x"}}"#,
                "invalid_selector",
                "dkim.selector",
            ),
            (
                r#"{"identity":"a.example","dkim":{"selector":"s","privateKey":"x"}}"#,
                "invalid_private_key",
                "dkim.privateKey",
            ),
        ] {
            let error = create(body).unwrap_err();
            assert_eq!((error.code, error.field.as_str()), (code, field), "{body}");
        }
    }

    #[test]
    fn a_domain_is_signed_with_a_key_of_ses_or_with_the_customers_own() {
        for (body, key_length) in [
            (r#"{"identity":"a.example","dkim":{}}"#, None),
            (r#"{"identity":"a.example","dkim":{"keyLength":1024}}"#, Some(KeyLength::Rsa1024)),
        ] {
            assert_eq!(create(body).unwrap().signing, Some(Signing::EasyDkim { key_length }));
        }
        let own = DkimKey {
            selector: Some("S1".into()),
            private_key: Some(KEY.to_owned().into()),
            ..Default::default()
        };
        assert!(!format!("{own:?}").contains("MII"), "{own:?}");
        assert!(
            matches!(DkimChoice(own).parse().unwrap(), Signing::Byodkim { selector, .. } if selector.as_str() == "s1")
        );
    }

    #[test]
    fn changing_the_key_requires_a_length_or_a_private_key() {
        assert_eq!(rejected(DkimKey::default()), ("missing_field", "keyLength".into()));
        let long = DkimKey { key_length: Some(4096), ..Default::default() };
        assert_eq!(rejected(long), ("invalid_key_length", "keyLength".into()));
        let half = DkimKey { selector: Some("s".into()), ..Default::default() };
        assert_eq!(rejected(half), ("missing_field", "privateKey".into()));
    }

    #[test]
    fn regions_can_be_repeated_or_all() {
        let regions = |query: &str| IdentityQuery::parse(query).unwrap().regions;
        let named =
            |names: &[&str]| RegionSelection::Named(names.iter().map(|name| name.parse().unwrap()).collect());
        assert_eq!(regions(""), RegionSelection::InUse);
        assert_eq!(regions("region=eu-west-1"), named(&["eu-west-1"]));
        assert_eq!(
            regions("region=eu-west-1&region=us-east-1&region=eu-west-1"),
            named(&["eu-west-1", "us-east-1"])
        );
        for all in ["region=all", "region=eu-west-1&region=all", "region=all&region=eu-west-1"] {
            assert_eq!(regions(all), RegionSelection::All);
        }
        assert_eq!(IdentityQuery::parse("limit=5").unwrap().limit, 5);
        for (wrong, field) in [
            ("region=", "region"),
            ("region=ALL", "region"),
            ("region=eu-west-1,us-east-1", "region"),
            ("limit=0", "limit"),
            ("cursor=x", "cursor"),
            ("regions=all", "regions"),
        ] {
            assert_eq!(IdentityQuery::parse(wrong).unwrap_err().field, field, "{wrong}");
        }
    }
}
