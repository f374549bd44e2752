//! The table `counters`: how often something happened to mails on their way.

use std::collections::HashSet;

use aws_sans_io::Region;
use domain::delivery::{Counter, Series};
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, D1PreparedStatement};

use super::statement;
use crate::http::Error;

/// The statement that adds to an organisation's counts; none where there is nothing to add. It goes with a write that is made anyway.
pub(crate) fn addition(
    database: &D1Database,
    organisation_id: &str,
    counts: &[(Region, Counter, u32)],
) -> Result<Option<D1PreparedStatement>, Error> {
    if counts.is_empty() {
        return Ok(None);
    }
    let counted = counts.iter().map(|(region, counter, count)| json!([region, counter.name(), count]));
    // A series that begins with zero shows its first count as a growth.
    let regions: HashSet<_> = counts.iter().map(|(region, ..)| *region).collect();
    let zeros =
        regions.into_iter().flat_map(|region| Counter::ALL.map(|counter| json!([region, counter.name(), 0])));
    let rows: Vec<_> = zeros.chain(counted).collect();
    let sql = "INSERT INTO counters (organisation_id, region, event, value) \
               SELECT o.id, v.value ->> 0, v.value ->> 1, v.value ->> 2 FROM organisations o, json_each(?2) v WHERE o.id = ?1 \
               ON CONFLICT DO UPDATE SET value = value + excluded.value WHERE excluded.value > 0";
    let values = [organisation_id.into(), serde_json::to_string(&rows)?.into()];
    statement(database, sql, &values).map(Some)
}

/// All counts by region, of each organisation or of all together; at most so many.
pub(crate) async fn list(
    database: &D1Database,
    by_organisation: bool,
    most: u32,
) -> Result<Vec<Series>, Error> {
    #[derive(Deserialize)]
    struct Row {
        organisation: Option<String>,
        region: String,
        event: String,
        value: u64,
    }
    let sql = if by_organisation {
        "SELECT organisation_id AS organisation, region, event, value FROM counters ORDER BY organisation_id, region, event LIMIT ?"
    } else {
        "SELECT NULL AS organisation, region, event, sum(value) AS value FROM counters GROUP BY region, event ORDER BY region, event LIMIT ?"
    };
    let rows: Vec<Row> = statement(database, sql, &[most.into()])?.all().await?.results()?;
    let series = rows.into_iter().map(|Row { organisation, region, event, value }| Series {
        organisation,
        region,
        event,
        value,
    });
    Ok(series.collect())
}
