//! The response to a request for metrics.

use std::rc::Rc;

use api_contract::{EmailMetrics, MetricsQuery};
use domain::metrics::{EmailCounts, Groups, Hour, Series};

use super::{
    Metrics,
    count::{AT_ONCE, PAUSE},
    unreadable,
};
use crate::{clock, http::Error};

// The group is read only if it is asked for. An hour whose counts aren't stored may have deleted emails.
const READ: &str = "SELECT hour, totals, CASE ?3 WHEN 0 THEN domains WHEN 1 THEN templates WHEN 2 THEN regions WHEN 3 THEN tags END \
    FROM hourly_metrics WHERE hour >= ?1 AND hour < ?2 UNION ALL \
    SELECT hour, totals, CASE ?3 WHEN 0 THEN domains WHEN 1 THEN templates WHEN 2 THEN regions WHEN 3 THEN tags END \
    FROM deleted_metrics d WHERE hour >= ?1 AND hour < ?2 AND NOT EXISTS (SELECT 1 FROM hourly_metrics h WHERE h.hour = d.hour)";

impl Metrics {
    /// Returns the metrics of a range.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn get(self: &Rc<Self>, query: &MetricsQuery) -> Result<EmailMetrics, Error> {
        let as_of = self.count(query.range, AT_ONCE, PAUSE).await?;
        if as_of.is_some() {
            self.count_in_background(query.range);
        }
        let mut series = Series::new(query.range, query.by);
        let group = query.group.map_or(-1, |group| i32::try_from(group.index()).unwrap_or(-1));
        let values = [query.range.from.number().into(), query.range.to.number().into(), group.into()];
        for row in self.context.sql.rows(READ, values)? {
            let totals = EmailCounts::from_text(&row.text(1)?).ok_or_else(unreadable)?;
            let groups = row.optional_text(2).map(|text| Groups::from_text(&text).ok_or_else(unreadable));
            series.add(Hour::from_number(row.integer(0)?), totals, groups.transpose()?.as_ref());
        }
        Ok(EmailMetrics::new(query, &series, clock::now(), as_of))
    }
}
