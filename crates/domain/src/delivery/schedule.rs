//! When a mail is to go, if not at once.

use time::{Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::email::EmailProblem;

/// How far ahead a mail may be scheduled: its content is kept until then.
pub const FARTHEST_SCHEDULE: Duration = Duration::days(30);

/// Reads a time at which a mail is to go, of a request that was made at `now`.
///
/// ```
/// use domain::email::EmailProblem;
/// use domain::delivery::scheduled_at;
/// use time::macros::datetime;
///
/// let now = datetime!(2026-11-24 12:00 UTC);
/// assert_eq!(scheduled_at("2026-11-25T09:00:00+01:00", now), Ok(datetime!(2026-11-25 08:00 UTC)));
/// assert_eq!(scheduled_at("tomorrow", now), Err(EmailProblem::Schedule));
/// ```
///
/// # Errors
/// Where it is no time of RFC 3339, is over, or further ahead than [`FARTHEST_SCHEDULE`].
///
/// <https://www.rfc-editor.org/rfc/rfc3339#section-5.6>
pub fn scheduled_at(text: &str, now: OffsetDateTime) -> Result<OffsetDateTime, EmailProblem> {
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| EmailProblem::Schedule)?;
    match at - now {
        ahead if ahead <= Duration::ZERO => Err(EmailProblem::SchedulePassed),
        ahead if ahead > FARTHEST_SCHEDULE => Err(EmailProblem::ScheduleTooFar),
        _ => Ok(at.to_offset(UtcOffset::UTC)),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn a_time_has_its_zone_and_lies_within_thirty_days() {
        let read = |text| scheduled_at(text, NOW);
        assert_eq!(read("2026-11-24T12:00:00.001Z"), Ok(NOW + Duration::MILLISECOND));
        assert_eq!(read("2026-12-24t12:00:00z"), Ok(NOW + FARTHEST_SCHEDULE));
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
            assert_eq!(read(text), Err(problem), "{text}");
        }
    }
}
