//! How long an assumed role lasts.

use std::fmt;

use time::Duration;

use crate::ValidationError;

/// A session's length: 900 to 43,200 whole seconds. The role's own maximum (an hour unless its owner raised it) limits it further,
/// and is only known by AWS refusing.
///
/// ```
/// use aws_sans_io::sts::SessionDuration;
/// use time::Duration;
///
/// assert_eq!(SessionDuration::default().as_secs(), 3600);
/// assert!(SessionDuration::try_from(Duration::minutes(14)).is_err());
/// ```
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_RequestParameters>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionDuration(u16);

impl SessionDuration {
    /// The shortest: a quarter of an hour.
    pub const MIN: Self = Self(900);
    /// The longest: half a day.
    pub const MAX: Self = Self(43_200);
    /// What every role allows: an hour.
    pub const HOUR: Self = Self(3600);

    /// The length in seconds.
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

    fn try_from(length: Duration) -> Result<Self, ValidationError> {
        let seconds = u16::try_from(length.whole_seconds()).map_err(|_| ValidationError::SessionDuration)?;
        let range = Self::MIN.0..=Self::MAX.0;
        if length.subsec_nanoseconds() == 0 && range.contains(&seconds) {
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
    fn only_what_sts_takes_is_a_duration() {
        for right in [900, 3600, 43_200] {
            let length = SessionDuration::try_from(Duration::seconds(right)).unwrap();
            assert_eq!(i64::from(length.as_secs()), right);
        }
        for wrong in [-900, 0, 899, 43_201, 65_536 + 900] {
            assert_eq!(
                SessionDuration::try_from(Duration::seconds(wrong)),
                Err(ValidationError::SessionDuration)
            );
        }
        assert_eq!(
            SessionDuration::try_from(Duration::milliseconds(900_500)),
            Err(ValidationError::SessionDuration)
        );
    }
}
