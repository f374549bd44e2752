//! The table `sending_days`: how much mail was sent and came back, day by day.

use api_contract::ReputationInRegion;
use aws_sans_io::{Region, ses::event::Event};
use domain::{
    EmailId,
    delivery::{REPUTATION_DAYS, ReputationCounts},
};
use serde::Deserialize;
use time::OffsetDateTime;
use worker::{D1Database, D1PreparedStatement};

use super::{run, statement};
use crate::http::Error;

fn day(at: OffsetDateTime) -> i32 {
    // Until the year 5,881,580.
    i32::try_from(at.unix_timestamp().div_euclid(86_400)).unwrap_or(i32::MAX)
}

/// The statement that counts an event, right after the one that has stored it: where that has found it stored already, this does nothing.
pub(super) fn count(
    database: &D1Database,
    organisation_id: &str,
    email_id: EmailId,
    event: &Event,
) -> Result<Option<D1PreparedStatement>, Error> {
    let Some(ReputationCounts { sent, bounced, complained }) = ReputationCounts::from_event(event) else {
        return Ok(None);
    };
    let sql = "INSERT INTO sending_days (organisation_id, region, day, sent, bounced, complained) \
               SELECT organisation_id, region, ?3, ?4, ?5, ?6 FROM emails WHERE id = ?1 AND organisation_id = ?2 AND changes() > 0 \
               ON CONFLICT DO UPDATE SET sent = sent + excluded.sent, bounced = bounced + excluded.bounced, \
               complained = complained + excluded.complained";
    let values = [
        email_id.to_string().into(),
        organisation_id.into(),
        day(event.at).into(),
        sent.into(),
        bounced.into(),
        complained.into(),
    ];
    statement(database, sql, &values).map(Some)
}

/// What was counted of an organisation's mail in the last days, by region.
pub(crate) async fn get_reputation(
    database: &D1Database,
    organisation_id: &str,
    now: OffsetDateTime,
) -> Result<Vec<ReputationInRegion>, Error> {
    #[derive(Deserialize)]
    struct Row {
        region: Region,
        sent: u32,
        bounced: u32,
        complained: u32,
    }
    let sql = "SELECT region, sum(sent) AS sent, sum(bounced) AS bounced, sum(complained) AS complained FROM sending_days \
               WHERE organisation_id = ? AND day > ? GROUP BY region";
    let before = day(now).saturating_sub_unsigned(REPUTATION_DAYS);
    let rows: Vec<Row> =
        statement(database, sql, &[organisation_id.into(), before.into()])?.all().await?.results()?;
    let regions = rows.into_iter();
    Ok(regions
        .map(|row| ReputationInRegion::new(row.region, row.sent, row.bounced, row.complained))
        .collect())
}

/// Forgets the days before this time.
pub(crate) async fn delete_before(database: &D1Database, before: OffsetDateTime) -> Result<(), Error> {
    run(database, "DELETE FROM sending_days WHERE day < ?", &[day(before).into()]).await.map(drop)
}
