//! `POST /v1/identities`, `PUT /v1/identities/{id}/dkim`, `GET /v1/identities`: what is asked.

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

/// Reads an object or `null`. A struct of serde's would take a list too, its fields by place.
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

/// A private key as it came; it prints as `[redacted]` and is wiped from memory when dropped.
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

/// An identity to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIdentity {
    /// What is to be verified.
    pub name: SenderIdentity,
    /// Where; the stack's region if `None`.
    pub region: Option<Region>,
    /// How its mail is to be signed, where the customer cares.
    pub signing: Option<Signing>,
}

impl CreateIdentity {
    /// The identity, checked.
    ///
    /// # Errors
    /// [`FieldError`] for `identity`, `region`, or what is in `dkim`.
    pub fn parse(self) -> Result<NewIdentity, FieldError> {
        if self.identity.is_empty() {
            return Err(FieldError::missing("identity"));
        }
        let name: SenderIdentity = self.identity.parse().map_err(FieldError::invalid("identity"))?;
        let region =
            self.region.map(|text| text.parse().map_err(FieldError::invalid("region"))).transpose()?;
        if self.dkim.is_some() && !name.is_domain() {
            return Err(FieldError {
                help: "Leave `dkim` out, or verify the domain instead of the address.",
                ..FieldError::new("dkim", "not_a_domain", "mail is signed by domain, not by address")
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
                help: "Leave `keyLength` out: a key of your own is as long as it is.",
                ..FieldError::new(
                    field("keyLength"),
                    "conflicting_field",
                    "`keyLength` is for a key that SES makes, `selector` and `privateKey` are for your own",
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

/// Which regions are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedRegions {
    /// Those that the organisation uses.
    Used,
    /// All that there are.
    All,
    /// These.
    Named(Vec<Region>),
}

impl AskedRegions {
    /// The regions to ask, each once; `used` are those that the organisation uses.
    #[must_use]
    pub fn among(&self, used: impl IntoIterator<Item = Region>) -> Vec<Region> {
        match self {
            Self::All => Region::all().collect(),
            Self::Named(named) => named.clone(),
            Self::Used => {
                let mut regions = Vec::new();
                for region in used {
                    if !regions.contains(&region) {
                        regions.push(region);
                    }
                }
                regions
            }
        }
    }
}

/// `GET /v1/identities?region=&limit=&cursor=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityQuery {
    /// Which regions are asked: `region=` once or several times, or `region=all`.
    pub regions: AskedRegions,
    /// At most this many identities, 1 to 100; 100 unless told.
    pub limit: u32,
    /// The last id of the page before.
    pub after: Option<IdentityId>,
}

impl IdentityQuery {
    /// Reads a query string.
    ///
    /// # Errors
    /// [`FieldError`] for the parameter that is wrong or isn't one.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 100, cursor: None };
        let mut regions = AskedRegions::Used;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name != "region" {
                page.take(&name, &value)?;
            } else if value == "all" {
                regions = AskedRegions::All;
            } else {
                let region: Region = value.parse().map_err(FieldError::invalid("region"))?;
                match &mut regions {
                    AskedRegions::All => {}
                    AskedRegions::Used => regions = AskedRegions::Named(vec![region]),
                    AskedRegions::Named(named) if named.contains(&region) => {}
                    AskedRegions::Named(named) => named.push(region),
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

    fn put(request: DkimKey) -> (&'static str, String) {
        let error = DkimChoice(request).parse().unwrap_err();
        (error.code, error.field)
    }

    #[test]
    fn each_wrong_field_is_named() {
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
    fn a_key_is_chosen_by_its_length_or_brought() {
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
    fn a_change_has_to_say_to_what() {
        assert_eq!(put(DkimKey::default()), ("missing_field", "keyLength".into()));
        let long = DkimKey { key_length: Some(4096), ..Default::default() };
        assert_eq!(put(long), ("invalid_key_length", "keyLength".into()));
        let half = DkimKey { selector: Some("s".into()), ..Default::default() };
        assert_eq!(put(half), ("missing_field", "privateKey".into()));
    }

    #[test]
    fn regions_are_named_once_several_times_or_all() {
        let regions = |query: &str| IdentityQuery::parse(query).unwrap().regions;
        let named =
            |names: &[&str]| AskedRegions::Named(names.iter().map(|name| name.parse().unwrap()).collect());
        assert_eq!(regions(""), AskedRegions::Used);
        assert_eq!(regions("region=eu-west-1"), named(&["eu-west-1"]));
        assert_eq!(
            regions("region=eu-west-1&region=us-east-1&region=eu-west-1"),
            named(&["eu-west-1", "us-east-1"])
        );
        for all in ["region=all", "region=eu-west-1&region=all", "region=all&region=eu-west-1"] {
            assert_eq!(regions(all), AskedRegions::All);
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
