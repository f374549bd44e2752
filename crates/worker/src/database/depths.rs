//! The table `depths`: how many mails are on their way.

use aws_sans_io::Region;
use domain::delivery::Series;
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, D1PreparedStatement};

use super::statement;
use crate::http::Error;

/// The statements that note how many mails of an organisation wait and how many are unconfirmed, by region; in the regions that aren't named
/// there are none. They go with a write that is made anyway.
pub(crate) fn told(
    database: &D1Database,
    organisation_id: &str,
    depths: &[(Region, u32, u32)],
) -> Result<Vec<D1PreparedStatement>, Error> {
    let rows: Vec<_> =
        depths.iter().map(|(region, waiting, unconfirmed)| json!([region, waiting, unconfirmed])).collect();
    let rows = serde_json::to_string(&rows)?;
    let values = [organisation_id.into(), rows.into()];
    [
        "INSERT INTO depths (organisation_id, region, waiting, unconfirmed) \
         SELECT o.id, v.value ->> 0, v.value ->> 1, v.value ->> 2 FROM organisations o, json_each(?2) v WHERE o.id = ?1 \
         ON CONFLICT DO UPDATE SET waiting = excluded.waiting, unconfirmed = excluded.unconfirmed",
        "UPDATE depths SET waiting = 0, unconfirmed = 0 WHERE organisation_id = ?1 AND waiting + unconfirmed > 0 \
         AND region NOT IN (SELECT value ->> 0 FROM json_each(?2))",
    ]
    .into_iter()
    .map(|sql| statement(database, sql, &values))
    .collect()
}

/// All depths by region, of each organisation or of all together; at most so many regions.
pub(crate) async fn list(
    database: &D1Database,
    by_organisation: bool,
    most: u32,
) -> Result<Vec<Series>, Error> {
    #[derive(Deserialize)]
    struct Row {
        organisation: Option<String>,
        region: String,
        waiting: u64,
        unconfirmed: u64,
    }
    let sql = if by_organisation {
        "SELECT organisation_id AS organisation, region, waiting, unconfirmed FROM depths ORDER BY organisation_id, region LIMIT ?"
    } else {
        "SELECT NULL AS organisation, region, sum(waiting) AS waiting, sum(unconfirmed) AS unconfirmed FROM depths \
         GROUP BY region ORDER BY region LIMIT ?"
    };
    let rows: Vec<Row> = statement(database, sql, &[most.into()])?.all().await?.results()?;
    let series = rows.into_iter().flat_map(|Row { organisation, region, waiting, unconfirmed }| {
        [("queued", waiting), ("unconfirmed", unconfirmed)].map(|(what, value)| Series {
            organisation: organisation.clone(),
            region: region.clone(),
            event: what.to_owned(),
            value,
        })
    });
    Ok(series.collect())
}
