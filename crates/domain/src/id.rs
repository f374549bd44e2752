//! Identifiers of stored objects: a prefix for the kind, and a UUID of version 7, so that IDs sort by creation time.
//!
//! <https://www.rfc-editor.org/rfc/rfc9562#section-5.7>

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};
use time::OffsetDateTime;
use uuid::{Builder, Uuid, Variant};

/// The random bits of most identifiers.
const ALL: u128 = u128::MAX;

/// The random bits of an email's identifier: those behind the variant.
const LOW: u128 = u64::MAX as u128;

/// Creates a UUID of version 7 from the time and the low 80 bits of `random`; version and variant replace 6 of them.
fn uuid_v7(now: OffsetDateTime, random: u128) -> Uuid {
    let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    let [_, _, _, _, _, _, bits @ ..] = random.to_be_bytes();
    Builder::from_unix_timestamp_millis(milliseconds, &bits).into_uuid()
}

fn is_uuid_v7(uuid: Uuid) -> bool {
    uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122
}

/// Declares an identifier with its prefix, its random bits and the description of its schema.
macro_rules! id {
    ($name:ident, $prefix:literal, $random:expr, $description:literal) => {
        #[doc = $description]
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr,
        )]
        pub struct $name(Uuid);

        impl $name {
            /// Creates an identifier from the time and random bits.
            #[must_use]
            pub fn new(now: OffsetDateTime, random: u128) -> Self {
                Self(uuid_v7(now, random & $random))
            }

            /// Returns the UUID's bytes. They sort as the identifiers do.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// Returns the time that the identifier was created with, in milliseconds.
            #[must_use]
            pub fn created_at(self) -> OffsetDateTime {
                let [a, b, c, d, e, f, ..] = self.to_bytes();
                let milliseconds = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
                    .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            }

            /// Converts from the UUID's bytes. Returns `None` if they are not a UUID of version 7.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
                Some(Uuid::from_bytes(bytes)).filter(|uuid| is_uuid_v7(*uuid)).map(Self)
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
                let uuid = Uuid::try_parse(uuid).map_err(|_| ParseIdError)?;
                let id = Self::from_bytes(uuid.into_bytes()).ok_or(ParseIdError)?;
                // Only one spelling is valid, so that IDs can be compared as strings.
                if id.to_string() == text { Ok(id) } else { Err(ParseIdError) }
            }
        }

        #[cfg(feature = "schemars")]
        crate::text_schema!(
            $name,
            stringify!($name),
            concat!("^", $prefix, "_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$"),
            concat!($prefix, "_019ab0c5d0007000800000000000000a"),
            $description
        );
    };
}

/// The error for a string that is not an identifier of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct ParseIdError;

id!(OrganisationId, "org", ALL, "An organisation's id. Ids sort by creation time.");
id!(EmailId, "eml", LOW, "An email's id. Ids sort by creation time.");
id!(IdentityId, "idn", ALL, "An identity's id. Ids sort by creation time.");
id!(TemplateId, "tpl", ALL, "A template's id. Ids sort by creation time.");
id!(ApiKeyId, "key", ALL, "The id of an API key, not the key itself. Ids sort by creation time.");
id!(WebhookId, "whk", ALL, "The id of a webhook endpoint. Ids sort by creation time.");
id!(
    FeedEventId,
    "evt",
    ALL,
    "The id of an event in the feed. It is the same in every delivery of the event."
);
id!(AwsCallId, "awc", ALL, "A place in the list of calls to AWS. Ids sort by time.");
id!(RequestId, "req", ALL, "A request's id, as in responses and logs.");

impl EmailId {
    /// An id below every other.
    pub const LOWEST: Self = Self(Uuid::from_u128(0x7000_8000_0000_0000_0000));

    /// Returns the id that follows in the order of ids. `None` after the last id of a millisecond.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let next = u128::from_be_bytes(self.to_bytes()).checked_add(1)?;
        Self::from_bytes(next.to_be_bytes())
    }

    /// Returns the number of the organisation's shard that stores the email: the 8 bits before the variant. It is 0 so far.
    ///
    /// Returns `None` if the 4 format bits before it aren't 0: then the meaning of the 8 bits is unknown.
    #[must_use]
    pub const fn shard(self) -> Option<u8> {
        match self.to_bytes() {
            [_, _, _, _, _, _, 0x70, shard, ..] => Some(shard),
            _ => None,
        }
    }
}

impl From<EmailId> for AwsCallId {
    /// Returns the place of the calls that sent an email: when it was accepted.
    fn from(email: EmailId) -> Self {
        Self(email.0)
    }
}

impl FeedEventId {
    /// Returns the id of the event with this number in its organisation's feed. It needs no place in storage.
    #[must_use]
    pub fn of(organisation: OrganisationId, number: u64, at: OffsetDateTime) -> Self {
        Self::new(at, u128::from_be_bytes(organisation.to_bytes()) ^ u128::from(number))
    }
}

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
    fn a_uuid_of_another_version_or_variant_is_rejected() {
        let id = OrganisationId::new(datetime!(2026-11-24 12:00 UTC), 7);
        assert_eq!(OrganisationId::from_bytes(id.to_bytes()), Some(id));
        for (index, byte) in [(6, 0x40), (8, 0x00), (8, 0xc0)] {
            let mut bytes = id.to_bytes();
            bytes[index] = byte;
            assert_eq!(OrganisationId::from_bytes(bytes), None);
            let text = format!("org_{}", Uuid::from_bytes(bytes).simple());
            assert_eq!(text.parse::<OrganisationId>(), Err(ParseIdError));
        }
    }

    #[test]
    fn the_lowest_id_is_that_of_the_first_time() {
        assert_eq!(EmailId::LOWEST, EmailId::new(OffsetDateTime::UNIX_EPOCH, 0));
    }

    #[test]
    fn nothing_is_between_an_email_and_the_next_id() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), 7);
        assert_eq!(id.next(), Some(EmailId::new(datetime!(2026-11-24 12:00 UTC), 8)));
        assert_eq!(EmailId::new(datetime!(2026-11-24 12:00 UTC), u128::MAX).next(), None);
    }

    #[test]
    fn a_new_email_belongs_to_shard_0_and_its_format_is_checked() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), u128::MAX);
        assert_eq!(id.to_string(), "eml_01a20d6d5a007000bfffffffffffffff");
        assert_eq!(id.shard(), Some(0));
        let mut bytes = id.to_bytes();
        bytes[7] = 200;
        assert_eq!(EmailId::from_bytes(bytes).unwrap().shard(), Some(200));
        bytes[6] |= 1;
        assert_eq!(EmailId::from_bytes(bytes).unwrap().shard(), None);
    }

    #[test]
    fn events_of_one_millisecond_have_different_ids_in_and_across_organisations() {
        let now = datetime!(2026-11-24 12:00 UTC);
        let [one, other] = [1, 2].map(|random| OrganisationId::new(now, random << 40));
        let id = |organisation, number| FeedEventId::of(organisation, number, now);
        assert_eq!(id(one, 7), id(one, 7));
        assert_ne!(id(one, 7), id(one, 8));
        assert_ne!(id(one, 7), id(other, 7));
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
        assert_accepts_pattern::<WebhookId>();
        assert_accepts_pattern::<FeedEventId>();
        assert_accepts_pattern::<AwsCallId>();
        assert_accepts_pattern::<RequestId>();
    }

    proptest! {
        #[test]
        fn an_identifier_parses_to_itself(random: u128) {
            let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), random);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.created_at(), datetime!(2026-11-24 12:00 UTC));
            prop_assert_eq!(EmailId::from_bytes(id.to_bytes()), Some(id));
        }
    }
}
