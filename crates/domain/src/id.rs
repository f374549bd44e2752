//! The identifiers of what Kraiter keeps: a prefix that tells the kind, and a UUID of version 7, which begins with the
//! time: so they sort by it.
//!
//! <https://www.rfc-editor.org/rfc/rfc9562#section-5.7>

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

/// Declares an identifier with its prefix.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier from the time and 74 random bits (the other bits of `random` are left out).
            #[must_use]
            pub fn new(now: OffsetDateTime, random: u128) -> Self {
                let milliseconds = now.unix_timestamp_nanos() / 1_000_000;
                let [_, _, _, _, _, _, bits @ ..] = random.to_be_bytes();
                Self(Builder::from_unix_timestamp_millis(u64::try_from(milliseconds).unwrap_or(0), &bits).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = UnknownId;

            fn from_str(text: &str) -> Result<Self, UnknownId> {
                let uuid = text.strip_prefix(concat!($prefix, "_")).ok_or(UnknownId)?;
                let id = Self(Uuid::try_parse(uuid).map_err(|_| UnknownId)?);
                // One spelling an identifier, so that a text can be compared as it is.
                if id.to_string() == text { Ok(id) } else { Err(UnknownId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = UnknownId;

            fn try_from(text: String) -> Result<Self, UnknownId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

/// A text that can't be one of our identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct UnknownId;

id!(
    /// An organisation: `org_…`.
    OrganisationId, "org"
);
id!(
    /// An email: `eml_…`.
    EmailId, "eml"
);
id!(
    /// A sender identity: `idn_…`.
    IdentityId, "idn"
);

id!(
    /// A template: `tpl_…`.
    TemplateId, "tpl"
);

id!(
    /// An API key: `key_…`. It names the key, and isn't it.
    ApiKeyId, "key"
);

id!(
    /// A request, as answers and logs name it: `req_…`.
    RequestId, "req"
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_identifier_of_another_kind_is_refused() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), 7).to_string();
        assert!(id.parse::<EmailId>().is_ok());
        assert_eq!(id.parse::<OrganisationId>(), Err(UnknownId));
        assert_eq!(id.to_ascii_uppercase().parse::<EmailId>(), Err(UnknownId));
    }

    #[test]
    fn later_identifiers_sort_later() {
        let early = EmailId::new(datetime!(2026-11-24 12:00 UTC), u128::MAX).to_string();
        assert!(early < EmailId::new(datetime!(2026-11-24 12:00:00.001 UTC), 0).to_string());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(random: u128) {
            let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), random);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
