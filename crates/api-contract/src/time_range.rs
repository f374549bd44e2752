//! Times in query strings.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::FieldError;

/// A range of times: `?since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// The earliest time.
    pub since: Option<OffsetDateTime>,
    /// The time after the last one.
    pub until: Option<OffsetDateTime>,
}

impl TimeRange {
    /// Parses one parameter. Returns false if it isn't one of a range.
    pub(super) fn parse_parameter(&mut self, name: &str, value: &str) -> Result<bool, FieldError> {
        let (bound, field, code) = match name {
            "since" => (&mut self.since, "since", "invalid_since"),
            "until" => (&mut self.until, "until", "invalid_until"),
            _ => return Ok(false),
        };
        *bound = Some(parse_time(field, code, value)?);
        Ok(true)
    }
}

/// Parses a time between the years 1970 and 9998: calculations with it don't overflow.
pub(super) fn parse_time(
    field: &'static str,
    code: &'static str,
    text: &str,
) -> Result<OffsetDateTime, FieldError> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok();
    at.filter(|at| at.unix_timestamp() >= 0 && at.year() < 9999).ok_or_else(|| FieldError {
        help: "Write it as in 2026-11-24T12:00:00Z.",
        ..FieldError::new(field, code, format!("\"{field}\" must be a time with a time zone (RFC 3339)"))
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_bound_is_a_time_with_a_zone() {
        let mut range = TimeRange::default();
        assert_eq!(range.parse_parameter("since", "2026-11-01T02:00:00+02:00"), Ok(true));
        assert_eq!(range.since, Some(datetime!(2026-11-01 0:00 UTC)));
        assert_eq!(range.parse_parameter("limit", "1"), Ok(false));
        for wrong in [
            "2026-11-01",
            "2026-11-01T12:00:00",
            "yesterday",
            "",
            "1969-12-31T23:59:59Z",
            "9999-01-01T00:00:00Z",
        ] {
            let error = range.parse_parameter("until", wrong).unwrap_err();
            assert_eq!((error.field.as_str(), error.code), ("until", "invalid_until"), "{wrong}");
        }
    }
}
