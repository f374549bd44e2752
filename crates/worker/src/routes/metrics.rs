//! `GET /metrics`.

use api_contract::{ApiError, MAX_SERIES, MetricsBy};
use domain::totals::{PROMETHEUS_CONTENT_TYPE, prometheus_text};

use super::{EdgeContext, HandlerResult};
use crate::{
    http::ApiResponse,
    totals_object::{self, Reading},
};

/// Returns delivery metrics in Prometheus's text format.
pub(super) async fn get(context: &EdgeContext<'_>) -> HandlerResult {
    let by_organisation = MetricsBy::parse(context.query)? == MetricsBy::Organisation;
    let most_series = by_organisation.then_some(MAX_SERIES);
    let Reading { sums, peaks, organisations } = totals_object::read(context.env, most_series).await?;
    let totals: Vec<_> = if by_organisation {
        if sums.series() > u64::from(MAX_SERIES) {
            return Err(ApiError::TooManySeries.into());
        }
        organisations.iter().map(|(organisation, regions)| (Some(*organisation), regions)).collect()
    } else {
        vec![(None, sums.regions())]
    };
    Ok(ApiResponse::metrics(PROMETHEUS_CONTENT_TYPE, prometheus_text(&totals, &peaks)))
}
