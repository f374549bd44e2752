//! The tables `suppression_facts` and `recipients`: whom no mail goes to any more.
//!
//! Facts are only ever added, each once, and a recipient's two times only ever grow. What is suppressed is asked of both, so it doesn't
//! depend on the order in which events came. See `domain::suppression`.

use std::collections::HashMap;

use api_contract::{SuppressionImport, SuppressionPage, SuppressionQuery};
use aws_sans_io::ses::event::Event;
use domain::{
    EmailId,
    suppression::{
        AddressKey, ImportedRow, MAX_SOFT_BOUNCES, SOFT_BOUNCE, SOFT_BOUNCE_WINDOW, Suppression,
        SuppressionReason, SuppressionSignal, Unsubscribe,
    },
};
use serde::Deserialize;
use serde_json::json;
use sns_verify::MessageId;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result};

use super::{maybe, milliseconds, run, statement, unreadable, walks};
use crate::{clock, http::Error};

/// So many rows of an import are written by one statement: its values are one text, which D1 bounds to 2 MB.
const CHUNK: usize = 2_500;

/// So many addresses are read at once for an export.
const EXPORT_CHUNK: u32 = 5_000;

/// The facts that count: told after the address was last taken off the list, and of the soft bounces those that make the number full.
/// Ends inside of its `WHERE`.
const COUNTING: &str = "FROM suppression_facts f \
    LEFT JOIN recipients r ON r.organisation_id = f.organisation_id AND r.address = f.address \
    WHERE f.organisation_id = ?1 AND f.told_at > coalesce(r.removed_at, -1) AND (f.kind <> ?2 OR ?3 <= ( \
      SELECT count(DISTINCT g.email_id) FROM suppression_facts g \
      WHERE g.organisation_id = f.organisation_id AND g.address = f.address AND g.kind = f.kind \
      AND g.told_at BETWEEN f.told_at - ?4 AND f.told_at \
      AND g.told_at > max(coalesce(r.removed_at, -1), coalesce(r.delivered_at, -1))))";

/// The first fact of each address: SQLite takes the other columns from the row that has the least.
const FIRST: &str = "SELECT f.address, f.kind, min(f.since) AS since, f.email_id";

#[derive(Deserialize)]
struct Row {
    address: AddressKey,
    kind: String,
    since: i64,
    email_id: Option<EmailId>,
}

impl TryFrom<Row> for Suppression {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let reason = match row.kind.as_str() {
            SOFT_BOUNCE => SuppressionReason::SoftBounces,
            reason => reason.parse().map_err(|_| unreadable("reason"))?,
        };
        let since = clock::from_milliseconds(row.since);
        Ok(Self { address: row.address, reason, since, email_id: row.email_id })
    }
}

/// The values that [`COUNTING`] begins with, and further ones.
fn values<const N: usize>(organisation_id: &str, more: [JsValue; N]) -> Vec<JsValue> {
    let window = i32::try_from(SOFT_BOUNCE_WINDOW.whole_milliseconds()).unwrap_or(i32::MAX);
    let mut values = vec![organisation_id.into(), SOFT_BOUNCE.into(), MAX_SOFT_BOUNCES.into(), window.into()];
    values.extend(more);
    values
}

fn read(found: &D1Result) -> Result<Vec<Suppression>, Error> {
    found.results::<Row>()?.into_iter().map(Suppression::try_from).collect()
}

/// Which of these addresses are suppressed.
pub(crate) async fn find_suppressed(
    database: &D1Database,
    organisation_id: &str,
    addresses: &[AddressKey],
) -> Result<HashMap<AddressKey, Suppression>, Error> {
    let sql =
        format!("{FIRST} {COUNTING} AND f.address IN (SELECT value FROM json_each(?5)) GROUP BY f.address");
    let addresses = serde_json::to_string(addresses)?;
    let values = values(organisation_id, [(&addresses).into()]);
    let found = read(&statement(database, &sql, &values)?.all().await?)?;
    Ok(found.into_iter().map(|suppression| (suppression.address.clone(), suppression)).collect())
}

/// A suppressed address.
pub(crate) async fn find(
    database: &D1Database,
    organisation_id: &str,
    address: &AddressKey,
) -> Result<Option<Suppression>, Error> {
    Ok(find_suppressed(database, organisation_id, std::slice::from_ref(address)).await?.remove(address))
}

/// A page of an organisation's suppressed addresses.
pub(crate) async fn list_page(
    database: &D1Database,
    organisation_id: &str,
    query: &SuppressionQuery,
) -> Result<SuppressionPage, Error> {
    let sql = format!(
        "{FIRST} {COUNTING} AND f.address > ?5 AND (?6 IS NULL OR instr(f.address, ?6)) GROUP BY f.address \
         HAVING ?7 IS NULL OR iif(f.kind = ?2, ?8, f.kind) = ?7 ORDER BY f.address LIMIT ?9"
    );
    let values = values(
        organisation_id,
        [
            query.after.as_ref().map_or("", AddressKey::as_str).into(),
            maybe(query.search.as_deref()),
            maybe(query.reason.map(SuppressionReason::name)),
            SuppressionReason::SoftBounces.name().into(),
            // One row more than is shown tells whether there is another page.
            query.limit.saturating_add(1).into(),
        ],
    );
    let mut data = read(&statement(database, &sql, &values)?.all().await?)?;
    let is_last = data.len() <= query.limit as usize;
    data.truncate(query.limit as usize);
    let next_cursor = data.last().filter(|_| !is_last).map(|last| last.address.to_string());
    Ok(SuppressionPage { data, next_cursor })
}

/// All of an organisation's suppressed addresses.
pub(crate) async fn list_all(
    database: &D1Database,
    organisation_id: &str,
) -> Result<Vec<Suppression>, Error> {
    let mut all: Vec<Suppression> = Vec::new();
    loop {
        let after = all.last().map(|last| last.address.clone());
        let query = SuppressionQuery { limit: EXPORT_CHUNK, after, search: None, reason: None };
        let page = list_page(database, organisation_id, &query).await?;
        all.extend(page.data);
        if page.next_cursor.is_none() {
            return Ok(all);
        }
    }
}

/// The statement that notes what an event says of addresses; none where it says nothing. The email has to be the organisation's, or one that
/// is kept no longer: a complaint may come after months.
pub(super) fn told(
    database: &D1Database,
    organisation_id: &str,
    sns_message_id: &MessageId,
    email_id: EmailId,
    event: &Event,
) -> Result<Option<D1PreparedStatement>, Error> {
    let Some(signal) = SuppressionSignal::from_event(event) else { return Ok(None) };
    let kind = match &signal {
        SuppressionSignal::Suppress(reason, _) => reason.name(),
        SuppressionSignal::SoftBounce(_) => SOFT_BOUNCE,
        SuppressionSignal::Delivered(addresses) => {
            return delivered(database, organisation_id, email_id, addresses, event.at).map(Some);
        }
    };
    let sql = "INSERT INTO suppression_facts (organisation_id, address, kind, source, email_id, since, told_at) \
               SELECT o.id, a.value, ?3, ?4, ?1, ?5, ?5 FROM organisations o, json_each(?6) a \
               WHERE o.id = ?2 AND NOT EXISTS (SELECT 1 FROM emails e WHERE e.id = ?1 AND e.organisation_id <> ?2) ON CONFLICT DO NOTHING";
    let values = [
        (&email_id.to_string()).into(),
        organisation_id.into(),
        kind.into(),
        sns_message_id.as_str().into(),
        milliseconds(event.at),
        (&serde_json::to_string(signal.addresses())?).into(),
    ];
    statement(database, sql, &values).map(Some)
}

fn delivered(
    database: &D1Database,
    organisation_id: &str,
    email_id: EmailId,
    addresses: &[AddressKey],
    at: OffsetDateTime,
) -> Result<D1PreparedStatement, Error> {
    let sql = "INSERT INTO recipients (organisation_id, address, delivered_at) \
               SELECT o.id, a.value, ?3 FROM organisations o, json_each(?4) a \
               WHERE o.id = ?2 AND NOT EXISTS (SELECT 1 FROM emails e WHERE e.id = ?1 AND e.organisation_id <> ?2) \
               ON CONFLICT DO UPDATE SET delivered_at = max(coalesce(delivered_at, -1), excluded.delivered_at)";
    let values = [
        (&email_id.to_string()).into(),
        organisation_id.into(),
        milliseconds(at),
        (&serde_json::to_string(addresses)?).into(),
    ];
    statement(database, sql, &values)
}

/// The statement that enters addresses by hand, of a JSON list of address, reason and since. Entered now, they count whatever was before.
const ENTER: &str = "INSERT INTO suppression_facts (organisation_id, address, kind, source, email_id, since, told_at) \
    SELECT o.id, v.value ->> 0, v.value ->> 1, ?3, ?4, v.value ->> 2, \
    max(?5, coalesce((SELECT removed_at FROM recipients WHERE organisation_id = o.id AND address = v.value ->> 0), -1) + 1) \
    FROM organisations o, json_each(?2) v WHERE o.id = ?1 ON CONFLICT DO NOTHING";

fn enter(
    database: &D1Database,
    organisation_id: &str,
    rows: &[ImportedRow],
    email_id: Option<EmailId>,
    now: OffsetDateTime,
) -> Result<D1PreparedStatement, Error> {
    let rows: Vec<_> =
        rows.iter().map(|row| json!([row.address, row.reason, clock::to_milliseconds(row.since)])).collect();
    let email_id = email_id.map(|id| id.to_string());
    let values = [
        organisation_id.into(),
        (&serde_json::to_string(&rows)?).into(),
        email_id.as_deref().unwrap_or_default().into(),
        maybe(email_id.as_deref()),
        milliseconds(now),
    ];
    statement(database, ENTER, &values)
}

/// Suppresses these addresses, all or none; those that are suppressed already stay so.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    rows: &[ImportedRow],
    now: OffsetDateTime,
) -> Result<SuppressionImport, Error> {
    #[derive(Deserialize)]
    struct Count {
        count: u32,
    }
    let count = format!(
        "SELECT count(DISTINCT f.address) AS count {COUNTING} AND f.address IN (SELECT value FROM json_each(?5))"
    );
    let mut statements = Vec::new();
    for rows in rows.chunks(CHUNK) {
        let addresses: Vec<_> = rows.iter().map(|row| &row.address).collect();
        let values = values(organisation_id, [(&serde_json::to_string(&addresses)?).into()]);
        statements.push(statement(database, &count, &values)?);
        statements.push(enter(database, organisation_id, rows, None, now)?);
    }
    if statements.is_empty() {
        return Ok(SuppressionImport { added: 0, already: 0 });
    }
    let mut already = 0;
    for counted in database.batch(statements).await?.iter().step_by(2) {
        already += counted.results::<Count>()?.first().ok_or_else(|| unreadable("count"))?.count;
    }
    let all = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Ok(SuppressionImport { added: all.saturating_sub(already), already })
}

/// Notes that a recipient wants no more.
pub(crate) async fn unsubscribe(
    database: &D1Database,
    unsubscribe: &Unsubscribe,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let row = ImportedRow {
        address: unsubscribe.address.clone(),
        reason: SuppressionReason::Unsubscribe,
        since: now,
    };
    let organisation_id = unsubscribe.organisation.to_string();
    enter(database, &organisation_id, &[row], Some(unsubscribe.email), now)?.run().await?;
    Ok(())
}

/// Takes an address off the list: what was told of it until now counts no more, also where it comes later.
pub(crate) async fn delete(
    database: &D1Database,
    organisation_id: &str,
    address: &AddressKey,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // SES's clock may be ahead of ours.
    let sql = "INSERT INTO recipients (organisation_id, address, removed_at) \
               SELECT ?1, ?2, max(?3, coalesce(max(told_at), -1)) FROM suppression_facts \
               WHERE organisation_id = ?1 AND address = ?2 \
               ON CONFLICT DO UPDATE SET removed_at = max(coalesce(removed_at, -1), excluded.removed_at)";
    let removed =
        statement(database, sql, &[organisation_id.into(), address.as_str().into(), milliseconds(now)])?;
    let sql = "DELETE FROM suppression_facts WHERE organisation_id = ?1 AND address = ?2";
    let forgotten = statement(database, sql, &[organisation_id.into(), address.as_str().into()])?;
    database.batch(vec![removed, forgotten]).await?;
    Ok(())
}

/// The name of the walk over all that is noted of addresses.
const WALK: &str = "addresses";

/// Whether a fact is one of those that make an address suppressed for soft bounces: then all of the address's are kept. `f` is the fact, `r`
/// the recipient's two times.
const SOFT_BOUNCES_SUPPRESS: &str = "EXISTS (SELECT 1 FROM suppression_facts c WHERE c.organisation_id = f.organisation_id \
    AND c.address = f.address AND c.kind = ?3 AND ?4 <= (SELECT count(DISTINCT g.email_id) FROM suppression_facts g \
      WHERE g.organisation_id = c.organisation_id AND g.address = c.address AND g.kind = ?3 \
      AND g.told_at BETWEEN c.told_at - ?5 AND c.told_at \
      AND g.told_at > max(coalesce(r.removed_at, -1), coalesce(r.delivered_at, -1))))";

/// Lets go of what was noted of the next addresses before this time and suppresses nobody. Answers whether the walk has come to the end,
/// from where it begins anew.
pub(crate) async fn delete_expired_batch(
    database: &D1Database,
    before: OffsetDateTime,
    most: usize,
) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Row {
        organisation_id: String,
        address: String,
    }
    let after = walks::position(database, WALK).await?;
    let sql = "SELECT organisation_id, address FROM (SELECT organisation_id, address FROM recipients \
               WHERE (organisation_id, address) > (?1 ->> 0, ?1 ->> 1) ORDER BY organisation_id, address LIMIT ?2) \
               UNION SELECT organisation_id, address FROM (SELECT DISTINCT organisation_id, address FROM suppression_facts \
               WHERE (organisation_id, address) > (?1 ->> 0, ?1 ->> 1) ORDER BY organisation_id, address LIMIT ?2) \
               ORDER BY organisation_id, address LIMIT ?2";
    let start = if after.is_empty() { "[\"\",\"\"]".to_owned() } else { after };
    let values = [start.into(), u32::try_from(most).unwrap_or(u32::MAX).into()];
    let rows: Vec<Row> = statement(database, sql, &values)?.all().await?.results()?;
    let is_end = rows.len() < most;
    let pairs: Vec<_> = rows.iter().map(|row| [&row.organisation_id, &row.address]).collect();
    let last = pairs.last().filter(|_| !is_end).map(serde_json::to_string).transpose()?.unwrap_or_default();
    let pairs = serde_json::to_string(&pairs)?;
    let window = i32::try_from(SOFT_BOUNCE_WINDOW.whole_milliseconds()).unwrap_or(i32::MAX);
    let old = milliseconds(before);
    let facts = statement(
        database,
        // What was told before the address was taken off the list is void.
        &format!(
            "DELETE FROM suppression_facts WHERE (organisation_id, address, kind, source) IN ( \
             SELECT f.organisation_id, f.address, f.kind, f.source FROM json_each(?1) p JOIN suppression_facts f \
             ON f.organisation_id = p.value ->> 0 AND f.address = p.value ->> 1 \
             LEFT JOIN recipients r ON r.organisation_id = f.organisation_id AND r.address = f.address \
             WHERE f.told_at < ?2 AND (f.told_at <= r.removed_at OR (f.kind = ?3 AND NOT {SOFT_BOUNCES_SUPPRESS})))"
        ),
        &[(&pairs).into(), old.clone(), SOFT_BOUNCE.into(), MAX_SOFT_BOUNCES.into(), window.into()],
    )?;
    let times = statement(
        database,
        // A removal holds against facts that are there.
        "DELETE FROM recipients WHERE (organisation_id, address) IN (SELECT r.organisation_id, r.address \
         FROM json_each(?1) p JOIN recipients r ON r.organisation_id = p.value ->> 0 AND r.address = p.value ->> 1 \
         WHERE max(coalesce(r.delivered_at, -1), coalesce(r.removed_at, -1)) < ?2 AND NOT EXISTS (SELECT 1 FROM suppression_facts f \
         WHERE f.organisation_id = r.organisation_id AND f.address = r.address))",
        &[(&pairs).into(), old],
    )?;
    database.batch(vec![facts, times, walks::go_on_at(database, WALK, &last)?]).await?;
    Ok(is_end)
}

/// Deletes what is noted of so many addresses of an organisation; answers whether there were fewer.
pub(crate) async fn delete_batch(
    database: &D1Database,
    organisation_id: &str,
    most: u32,
) -> Result<bool, Error> {
    let mut there_is_more = false;
    for table in ["suppression_facts", "recipients"] {
        let sql = format!(
            "DELETE FROM {table} WHERE organisation_id = ?1 AND address IN \
             (SELECT DISTINCT address FROM {table} WHERE organisation_id = ?1 LIMIT ?2)"
        );
        there_is_more |= run(database, &sql, &[organisation_id.into(), most.into()]).await? >= most as usize;
    }
    Ok(!there_is_more)
}
