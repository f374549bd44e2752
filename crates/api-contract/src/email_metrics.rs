//! An organisation's emails by hour or day: `GET /v1/metrics`. Operators' metrics are in `metrics`.

use domain::{
    delivery::{BOUNCE_THRESHOLDS, COMPLAINT_THRESHOLDS},
    metrics::{EmailCounts, GroupSeries, HourRange, MetricsGroup, MetricsInterval, Series},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{FieldError, Rate, time_range::parse_time};
#[cfg(feature = "openapi")]
use crate::schema::Timestamp;

/// The number of values with counts of their own.
const MAX_GROUPS: usize = 10;

/// Emails by hour or day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailMetrics {
    /// Start of the first interval.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub from: OffsetDateTime,
    /// End of the last interval.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub to: OffsetDateTime,
    /// The length of an interval.
    pub by: MetricsInterval,
    /// What the emails are grouped by; `null` for nothing.
    pub group: Option<MetricsGroup>,
    /// Whether the numbers contain everything that Kraiter knows. If not, they are being counted: repeat the request in
    /// a few seconds.
    pub up_to_date: bool,
    /// Time up to which the numbers contain everything.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub as_of: OffsetDateTime,
    /// The numbers of the whole range.
    pub totals: EmailCounts,
    /// Hard bounces by recipient in the whole range.
    pub bounces: Rate,
    /// Complaints in the whole range.
    pub complaints: Rate,
    /// The numbers of each interval.
    pub points: Vec<MetricsPoint>,
    /// The 10 values with the most emails, largest first, and all others together. Empty without `group`.
    pub groups: Vec<MetricsSeries>,
}

/// The emails with one domain, template, region or tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MetricsSeries {
    /// The sender's domain, the template's ID, the region, or the tag as `name=value`; `null` for all other values.
    pub value: Option<String>,
    /// The numbers of the whole range.
    pub totals: EmailCounts,
    /// The numbers of each interval.
    pub points: Vec<MetricsPoint>,
}

/// The numbers of an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MetricsPoint {
    /// Start of the interval.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub start: OffsetDateTime,
    /// The numbers.
    pub counts: EmailCounts,
}

impl EmailMetrics {
    /// Creates the response to a query. `as_of` is the time up to which the numbers contain everything, if that isn't `now`.
    #[must_use]
    pub fn new(
        query: &MetricsQuery,
        series: &Series,
        now: OffsetDateTime,
        as_of: Option<OffsetDateTime>,
    ) -> Self {
        let totals = series.totals();
        let points = |counts: Vec<EmailCounts>| {
            let starts = series.points().map(|(start, _)| start);
            starts.zip(counts).map(|(start, counts)| MetricsPoint { start, counts }).collect()
        };
        let group = |GroupSeries { value, totals, points: counts }| MetricsSeries {
            value,
            totals,
            points: points(counts),
        };
        Self {
            from: query.range.from.start(),
            to: query.range.to.start(),
            by: query.by,
            group: query.group,
            up_to_date: as_of.is_none(),
            as_of: as_of.unwrap_or(now),
            totals,
            bounces: Rate::new(totals.recipient_bounces, totals.recipients, BOUNCE_THRESHOLDS),
            complaints: Rate::new(totals.complaints, totals.recipients, COMPLAINT_THRESHOLDS),
            points: series.points().map(|(start, counts)| MetricsPoint { start, counts }).collect(),
            groups: series.groups(MAX_GROUPS).into_iter().map(group).collect(),
        }
    }
}

/// A query for metrics: `?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&by=day&group=domain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsQuery {
    /// The hours, in whole intervals.
    pub range: HourRange,
    /// The length of an interval. Defaults to a day.
    pub by: MetricsInterval,
    /// What the emails are grouped by.
    pub group: Option<MetricsGroup>,
}

/// Returns the default and the longest range.
const fn durations(by: MetricsInterval) -> [Duration; 2] {
    match by {
        MetricsInterval::Day => [Duration::days(30), Duration::days(92)],
        MetricsInterval::Hour => [Duration::days(1), Duration::days(7)],
    }
}

impl MetricsQuery {
    /// The names of the intervals.
    pub const INTERVALS: [&str; 2] = [MetricsInterval::ALL[0].name(), MetricsInterval::ALL[1].name()];

    /// The names of what emails can be grouped by.
    pub const GROUPS: [&str; 4] = [
        MetricsGroup::ALL[0].name(),
        MetricsGroup::ALL[1].name(),
        MetricsGroup::ALL[2].name(),
        MetricsGroup::ALL[3].name(),
    ];

    /// Parses a query string of a request made at `now`.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str, now: OffsetDateTime) -> Result<Self, FieldError> {
        let (mut from, mut to, mut by, mut group) = (None, None, MetricsInterval::default(), None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "from" => from = Some(parse_time("from", "invalid_from", &value)?),
                "to" => to = Some(parse_time("to", "invalid_to", &value)?),
                "by" => {
                    let known = MetricsInterval::ALL.into_iter().find(|interval| interval.name() == value);
                    by = known.ok_or_else(|| FieldError::not_one_of("by", "invalid_by", &Self::INTERVALS))?;
                }
                "group" => {
                    let known = MetricsGroup::ALL.into_iter().find(|group| group.name() == value);
                    group = Some(known.ok_or_else(|| {
                        FieldError::new(
                            "group",
                            "invalid_group",
                            "\"group\" must be domain, template, region or tag",
                        )
                    })?);
                }
                other => return Err(FieldError::unknown_parameter(other)),
            }
        }
        let [default, longest] = durations(by);
        let to = to.unwrap_or(now);
        let from = from.unwrap_or(to - default);
        if to <= from {
            return Err(FieldError::new("from", "invalid_from", "\"from\" must be before \"to\""));
        }
        if to - from > longest {
            let days = longest.whole_days();
            let message =
                format!("\"from\" must be at most {days} days before \"to\" for metrics by {}", by.name());
            return Err(FieldError::new("from", "invalid_from", message));
        }
        Ok(Self { range: HourRange::covering(from, to, by.hours()), by, group })
    }
}

#[cfg(test)]
mod tests {
    use domain::metrics::{Groups, Hour};
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-29 12:30 UTC);

    fn range(query: &str) -> (OffsetDateTime, OffsetDateTime) {
        let range = MetricsQuery::parse(query, NOW).unwrap().range;
        (range.from.start(), range.to.start())
    }

    #[test]
    fn a_range_defaults_to_the_last_thirty_days_or_24_hours_in_whole_intervals() {
        assert_eq!(range(""), (datetime!(2026-10-30 00:00 UTC), datetime!(2026-11-30 00:00 UTC)));
        assert_eq!(range("by=hour"), (datetime!(2026-11-28 12:00 UTC), datetime!(2026-11-29 13:00 UTC)));
        let query = "from=2026-11-01T00:00:00%2B01:00&to=2026-11-02T00:00:00Z&by=hour&group=tag";
        assert_eq!(range(query), (datetime!(2026-10-31 23:00 UTC), datetime!(2026-11-02 00:00 UTC)));
        assert_eq!(MetricsQuery::parse(query, NOW).unwrap().group, Some(MetricsGroup::Tag));
    }

    #[test]
    fn an_error_names_the_invalid_parameter() {
        for (query, field, code) in [
            ("from=yesterday", "from", "invalid_from"),
            ("from=2026-11-01", "from", "invalid_from"),
            ("to=9999-12-31T23:59:59Z", "to", "invalid_to"),
            ("from=2026-11-29T12:30:00Z", "from", "invalid_from"),
            ("from=2026-08-29T12:29:59Z", "from", "invalid_from"),
            ("from=2026-11-22T12:29:59Z&by=hour", "from", "invalid_from"),
            ("by=week", "by", "invalid_by"),
            ("group=status", "group", "invalid_group"),
            ("limit=3", "limit", "unknown_field"),
        ] {
            let error = MetricsQuery::parse(query, NOW).unwrap_err();
            assert_eq!((error.field.as_str(), error.code), (field, code), "{query}");
        }
        assert!(MetricsQuery::parse("from=2026-08-29T12:30:00Z", NOW).is_ok());
    }

    #[test]
    fn the_response_has_rates_as_aws_counts_them_and_says_whether_it_is_complete() {
        let query = MetricsQuery::parse("by=hour&group=domain", NOW).unwrap();
        let mut series = Series::new(query.range, query.by);
        let counts = EmailCounts {
            accepted: 1000,
            sent: 990,
            recipients: 1000,
            recipient_bounces: 50,
            complaints: 1,
            ..EmailCounts::default()
        };
        let mut groups = Groups::default();
        groups.add("example.com", counts);
        series.add(Hour::of(NOW), counts, Some(&groups));
        let metrics = EmailMetrics::new(&query, &series, NOW, None);
        assert!(metrics.up_to_date && metrics.as_of == NOW);
        assert_eq!(metrics.points.len(), 25);
        let json = serde_json::to_value(&metrics).unwrap();
        assert_eq!(json["bounces"]["level"], "review");
        assert_eq!(json["groups"][0]["value"], "example.com");
        assert_eq!(json["groups"][0]["points"][24]["counts"], json["points"][24]["counts"]);
        assert_eq!(json["points"][24]["counts"]["recipientBounces"], 50);
        assert_eq!((&json["by"], &json["group"]), (&json!("hour"), &json!("domain")));
        let earlier = EmailMetrics::new(&query, &series, NOW, Some(NOW - Duration::HOUR));
        assert!(!earlier.up_to_date && earlier.as_of == NOW - Duration::HOUR);
    }
}
