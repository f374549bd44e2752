//! Identifiers of stored objects: a prefix for the kind, and a UUID of version 7, so that IDs sort by creation time.
//!
//! <https://www.rfc-editor.org/rfc/rfc9562#section-5.7>

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

/// Declares an identifier with its prefix, and the example and description of its schema.
macro_rules! id {
    ($name:ident, $prefix:literal, $description:literal) => {
        #[doc = $description]
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr,
        )]
        pub struct $name(Uuid);

        impl $name {
            /// Creates an identifier from the time and 74 of the random bits.
            #[must_use]
            pub fn new(now: OffsetDateTime, random: u128) -> Self {
                let milliseconds = now.unix_timestamp_nanos() / 1_000_000;
                let [_, _, _, _, _, _, bits @ ..] = random.to_be_bytes();
                Self(
                    Builder::from_unix_timestamp_millis(u64::try_from(milliseconds).unwrap_or(0), &bits)
                        .into_uuid(),
                )
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let uuid = text.strip_prefix(concat!($prefix, "_")).ok_or(ParseIdError)?;
                let id = Self(Uuid::try_parse(uuid).map_err(|_| ParseIdError)?);
                // Only one spelling is valid, so that IDs can be compared as strings.
                if id.to_string() == text { Ok(id) } else { Err(ParseIdError) }
            }
        }

        #[cfg(feature = "schemars")]
        crate::text_schema!(
            $name,
            stringify!($name),
            concat!("^", $prefix, "_[0-9a-f]{32}$"),
            concat!($prefix, "_019ab0c5d0007000800000000000000a"),
            $description
        );
    };
}

/// The error for a string that is not an identifier of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct ParseIdError;

id!(OrganisationId, "org", "An organisation's id. Ids sort by creation time.");
id!(EmailId, "eml", "An email's id. Ids sort by creation time.");
id!(IdentityId, "idn", "An identity's id. Ids sort by creation time.");
id!(TemplateId, "tpl", "A template's id. Ids sort by creation time.");
id!(ApiKeyId, "key", "The id of an API key, not the key itself. Ids sort by creation time.");
id!(RequestId, "req", "A request's id, as in responses and logs.");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_identifier_of_another_kind_is_rejected() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), 7).to_string();
        assert!(id.parse::<EmailId>().is_ok());
        assert_eq!(id.parse::<OrganisationId>(), Err(ParseIdError));
        assert_eq!(id.to_ascii_uppercase().parse::<EmailId>(), Err(ParseIdError));
    }

    #[test]
    fn later_identifiers_sort_after_earlier_ones() {
        let early = EmailId::new(datetime!(2026-11-24 12:00 UTC), u128::MAX).to_string();
        assert!(early < EmailId::new(datetime!(2026-11-24 12:00:00.001 UTC), 0).to_string());
    }

    #[test]
    fn an_identifier_is_a_string_in_json() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), 7);
        let json = serde_json::to_value(id).unwrap();
        assert_eq!(json, id.to_string());
        assert_eq!(serde_json::from_value::<EmailId>(json).unwrap(), id);
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn a_pattern_matches_only_valid_identifiers() {
        use crate::schema::assert_accepts_pattern;

        assert_accepts_pattern::<OrganisationId>();
        assert_accepts_pattern::<EmailId>();
        assert_accepts_pattern::<IdentityId>();
        assert_accepts_pattern::<TemplateId>();
        assert_accepts_pattern::<ApiKeyId>();
        assert_accepts_pattern::<RequestId>();
    }

    proptest! {
        #[test]
        fn an_identifier_parses_to_itself(random: u128) {
            let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), random);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
