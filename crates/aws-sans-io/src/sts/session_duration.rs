//! Session durations.

use std::fmt;

use time::Duration;

use crate::ValidationError;

/// The duration of a session: 900 to 43,200 whole seconds. Defaults to one hour.
///
/// STS rejects durations above the role's maximum, which is one hour unless it was raised.
///
/// ```
/// use aws_sans_io::sts::SessionDuration;
/// use time::Duration;
///
/// assert_eq!(SessionDuration::default().as_secs(), 3600);
/// assert!(SessionDuration::try_from(Duration::minutes(14)).is_err());
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_RequestParameters)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionDuration(u16);

impl SessionDuration {
    /// The shortest duration: 15 minutes.
    pub const MIN: Self = Self(900);
    /// The longest duration: 12 hours.
    pub const MAX: Self = Self(43_200);
    /// One hour, which every role allows.
    pub const HOUR: Self = Self(3600);

    /// Returns the duration in seconds.
    #[must_use]
    pub const fn as_secs(self) -> u16 {
        self.0
    }
}

impl Default for SessionDuration {
    fn default() -> Self {
        Self::HOUR
    }
}

impl TryFrom<Duration> for SessionDuration {
    type Error = ValidationError;

    fn try_from(duration: Duration) -> Result<Self, ValidationError> {
        let seconds =
            u16::try_from(duration.whole_seconds()).map_err(|_| ValidationError::SessionDuration)?;
        let range = Self::MIN.0..=Self::MAX.0;
        if duration.subsec_nanoseconds() == 0 && range.contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(ValidationError::SessionDuration)
        }
    }
}

impl fmt::Display for SessionDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_between_900_and_43_200_whole_seconds() {
        for valid in [900, 3600, 43_200] {
            let duration = SessionDuration::try_from(Duration::seconds(valid)).unwrap();
            assert_eq!(i64::from(duration.as_secs()), valid);
        }
        for invalid in [-900, 0, 899, 43_201, 65_536 + 900] {
            assert_eq!(
                SessionDuration::try_from(Duration::seconds(invalid)),
                Err(ValidationError::SessionDuration)
            );
        }
        assert_eq!(
            SessionDuration::try_from(Duration::milliseconds(900_500)),
            Err(ValidationError::SessionDuration)
        );
    }
}
