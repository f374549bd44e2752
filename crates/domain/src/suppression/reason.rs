//! Reasons for suppressing an address.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The reason why an address is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// An email to the address bounced permanently.
    Bounce = 1,
    /// The recipient marked an email as spam.
    Complaint = 2,
    /// The recipient unsubscribed.
    Unsubscribe = 3,
    /// Emails to the address bounced temporarily several times.
    SoftBounces = 4,
    /// Somebody added the address.
    Manual = 5,
}

/// The error for an unknown reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reason is bounce, complaint, unsubscribe, soft_bounces or manual")]
pub struct ParseReasonError;

impl SuppressionReason {
    pub const ALL: [Self; 5] =
        [Self::Bounce, Self::Complaint, Self::Unsubscribe, Self::SoftBounces, Self::Manual];

    /// Returns the number in storage, which must not change.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the reason with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.number() == number)
    }

    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Complaint => "complaint",
            Self::Unsubscribe => "unsubscribe",
            Self::SoftBounces => "soft_bounces",
            Self::Manual => "manual",
        }
    }

    /// Returns a description for people, in parentheses after an address.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Bounce => "permanently bounced",
            Self::Complaint => "marked an email as spam",
            Self::Unsubscribe => "unsubscribed",
            Self::SoftBounces => "bounced several times",
            Self::Manual => "added manually",
        }
    }
}

impl fmt::Display for SuppressionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SuppressionReason {
    type Err = ParseReasonError;

    fn from_str(text: &str) -> Result<Self, ParseReasonError> {
        Self::ALL.into_iter().find(|reason| reason.name() == text).ok_or(ParseReasonError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_the_same_name_in_json_and_as_text() {
        for reason in SuppressionReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert_eq!(reason.name().parse(), Ok(reason));
            assert!(ParseReasonError.to_string().contains(reason.name()));
        }
        assert_eq!("Bounce".parse::<SuppressionReason>(), Err(ParseReasonError));
    }
}
