//! The delivery policy of an email.

use serde::{Deserialize, Serialize};

/// Decides what happens if the response of SES is lost and no event shows whether the email was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryPolicy {
    /// Don't retry: the email may be lost.
    #[default]
    AtMostOnce,
    /// Retry: the email may arrive twice.
    AtLeastOnce,
}

impl DeliveryPolicy {
    pub const ALL: [Self; 2] = [Self::AtMostOnce, Self::AtLeastOnce];

    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtMostOnce => "at_most_once",
            Self::AtLeastOnce => "at_least_once",
        }
    }

    /// Returns the policy with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_the_same_name_in_json_and_as_text() {
        for policy in DeliveryPolicy::ALL {
            assert_eq!(serde_json::to_value(policy).unwrap(), policy.name());
            assert_eq!(DeliveryPolicy::from_name(policy.name()), Some(policy));
        }
        assert_eq!(DeliveryPolicy::from_name("exactly_once"), None);
    }
}
