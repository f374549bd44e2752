//! The time at which an email is sent.

use time::{Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::{EmailProblem, MAX_SCHEDULE_AHEAD};

/// Parses the `scheduledAt` of a request made at `now`.
///
/// ```
/// use domain::email::{EmailProblem, parse_scheduled_at};
/// use time::macros::datetime;
///
/// let now = datetime!(2026-11-24 12:00 UTC);
/// assert_eq!(parse_scheduled_at("2026-11-25T09:00:00+01:00", now), Ok(datetime!(2026-11-25 08:00 UTC)));
/// assert_eq!(parse_scheduled_at("tomorrow", now), Err(EmailProblem::Schedule));
/// ```
///
/// # Errors
/// Fails if the text is not an RFC 3339 time, or if the time is in the past or further ahead than [`MAX_SCHEDULE_AHEAD`].
///
/// <https://www.rfc-editor.org/rfc/rfc3339#section-5.6>
pub fn parse_scheduled_at(text: &str, now: OffsetDateTime) -> Result<OffsetDateTime, EmailProblem> {
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| EmailProblem::Schedule)?;
    match at - now {
        ahead if ahead <= Duration::ZERO => Err(EmailProblem::SchedulePassed),
        ahead if ahead > MAX_SCHEDULE_AHEAD => Err(EmailProblem::ScheduleTooFar),
        _ => Ok(at.to_offset(UtcOffset::UTC)),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn a_scheduled_time_has_a_time_zone_and_is_within_thirty_days() {
        let parse = |text| parse_scheduled_at(text, NOW);
        assert_eq!(parse("2026-11-24T12:00:00.001Z"), Ok(NOW + Duration::MILLISECOND));
        assert_eq!(parse("2026-12-24t12:00:00z"), Ok(NOW + MAX_SCHEDULE_AHEAD));
        for (text, problem) in [
            ("2026-11-24T12:00:00Z", EmailProblem::SchedulePassed),
            ("2026-11-24T12:30:00+01:00", EmailProblem::SchedulePassed),
            ("2026-12-24T12:00:00.001Z", EmailProblem::ScheduleTooFar),
            ("9999-12-31T23:59:59-23:59", EmailProblem::ScheduleTooFar),
            ("0000-01-01T00:00:00+23:59", EmailProblem::SchedulePassed),
            ("2026-11-25T09:00:00", EmailProblem::Schedule),
            ("2026-11-25", EmailProblem::Schedule),
            ("2026-02-30T09:00:00Z", EmailProblem::Schedule),
            ("in 2 hours", EmailProblem::Schedule),
            ("1795600000", EmailProblem::Schedule),
            ("", EmailProblem::Schedule),
        ] {
            assert_eq!(parse(text), Err(problem), "{text}");
        }
    }
}
