//! Why an address is suppressed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why an address is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// An email to the address bounced permanently.
    Bounce,
    /// The recipient marked an email as spam.
    Complaint,
    /// The recipient unsubscribed.
    Unsubscribe,
    /// Emails to the address bounced temporarily several times.
    SoftBounces,
    /// Somebody added the address.
    Manual,
}

/// A text that is no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reason is bounce, complaint, unsubscribe, soft_bounces or manual")]
pub struct UnknownReason;

impl SuppressionReason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::Bounce, Self::Complaint, Self::Unsubscribe, Self::SoftBounces, Self::Manual];

    /// The name, as it stands in the API and in storage.
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

    /// What people read, after an address.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Bounce => "mail to it came back for good",
            Self::Complaint => "its owner called a mail spam",
            Self::Unsubscribe => "its owner has unsubscribed",
            Self::SoftBounces => "mail to it came back again and again",
            Self::Manual => "it was entered by hand",
        }
    }
}

impl fmt::Display for SuppressionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SuppressionReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.into_iter().find(|reason| reason.name() == text).ok_or(UnknownReason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_name_everywhere() {
        for reason in SuppressionReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert_eq!(reason.name().parse(), Ok(reason));
            assert!(UnknownReason.to_string().contains(reason.name()));
        }
        assert_eq!("Bounce".parse::<SuppressionReason>(), Err(UnknownReason));
    }
}
