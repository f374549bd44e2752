//! Scopes of API keys, and the scopes that routes require.

use serde::{Deserialize, Serialize};

/// What an API key may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Everything.
    #[default]
    Full = 1,
    /// Send, move and cancel emails, and get one by its ID.
    Sending = 2,
    /// Read everything and change nothing.
    Read = 3,
}

impl KeyScope {
    pub const ALL: [Self; 3] = [Self::Full, Self::Sending, Self::Read];

    /// Returns the number in storage, which must not change.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the scope with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.number() == number)
    }

    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Sending => "sending",
            Self::Read => "read",
        }
    }

    /// Returns the scope with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// The scope that a route requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequiredScope {
    /// Every key.
    Any,
    /// `read` or `full`.
    Read,
    /// `sending` or `full`.
    Sending,
    /// `full`.
    Full,
}

impl RequiredScope {
    /// Returns whether a key with this scope may call the route.
    #[must_use]
    pub const fn permits(self, scope: KeyScope) -> bool {
        match (self, scope) {
            (_, KeyScope::Full)
            | (Self::Any, _)
            | (Self::Read, KeyScope::Read)
            | (Self::Sending, KeyScope::Sending) => true,
            (Self::Read | Self::Sending | Self::Full, _) => false,
        }
    }

    /// Returns the name in the documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Read => "read",
            Self::Sending => "sending",
            Self::Full => "full",
        }
    }

    /// Returns the scopes that suffice, for people, as a list.
    #[must_use]
    pub const fn sufficient(self) -> &'static str {
        match self {
            Self::Any => "\"full\", \"sending\" or \"read\"",
            Self::Read => "\"read\" or \"full\"",
            Self::Sending => "\"sending\" or \"full\"",
            Self::Full => "\"full\"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_restored_from_its_number_and_its_name() {
        for scope in KeyScope::ALL {
            assert_eq!(KeyScope::from_number(scope.number()), Some(scope));
            assert_eq!(KeyScope::from_name(scope.name()), Some(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
        }
        assert_eq!(KeyScope::from_number(0), None);
        assert_eq!(KeyScope::from_name("admin"), None);
    }

    #[test]
    fn only_a_full_key_may_do_everything() {
        use RequiredScope::{Any, Full, Read, Sending};
        let permitted = |scope| [Any, Read, Sending, Full].map(|required| required.permits(scope));
        assert_eq!(permitted(KeyScope::Full), [true, true, true, true]);
        assert_eq!(permitted(KeyScope::Sending), [true, false, true, false]);
        assert_eq!(permitted(KeyScope::Read), [true, true, false, false]);
    }

    #[test]
    fn the_sufficient_scopes_are_those_that_are_permitted() {
        use RequiredScope::{Any, Full, Read, Sending};
        for required in [Any, Read, Sending, Full] {
            for scope in KeyScope::ALL {
                let is_listed = required.sufficient().contains(&format!("\"{}\"", scope.name()));
                assert_eq!(is_listed, required.permits(scope), "{required:?} {scope:?}");
            }
        }
    }
}
