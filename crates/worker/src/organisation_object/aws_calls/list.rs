//! Pages of the ledger, and the export.

use std::rc::Rc;

use api_contract::{AwsCall, AwsCallPage, AwsCallQuery, AwsCallRows, merge_calls};
use aws_sans_io::Region;
use domain::{
    AwsCallId, EmailId, OrganisationId,
    aws_calls::{AwsCallRecord, AwsCallResult, CALL_RETENTION, CloudTrailQueries},
    connection::role_session_name,
    delivery::History,
};
use futures_util::{Stream, stream};
use time::OffsetDateTime;

use super::AwsCalls;
use crate::{
    clock,
    http::Error,
    organisation_object::{
        connection::ConnectionManager,
        sql::{Row, blob, optional},
    },
};

/// Emails that one page looks at.
const EMAILS: u32 = 500;

/// Calls of a part of an export.
const EXPORT_PAGE: u32 = 500;

const LIST: &str = "SELECT id, action, region, result, code, request_id FROM aws_calls WHERE id >= ?1 AND id < ?2 \
     AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR result = ?4) ORDER BY id DESC LIMIT ?5";
const LIST_SENDS: &str =
    "SELECT id, region, history FROM emails WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?";

pub(super) fn read_id(row: &Row) -> Result<AwsCallId, Error> {
    AwsCallId::from_bytes(row.array(0)?).ok_or_else(|| unreadable("id"))
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of a call to AWS"))
}

fn read_region(row: &Row, column: u32) -> Result<Region, Error> {
    Region::from_number(row.integer(column)?).ok_or_else(|| unreadable("region"))
}

impl AwsCalls {
    /// Returns a page of calls.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn page(
        &self,
        query: &AwsCallQuery,
        connection: &ConnectionManager,
    ) -> Result<AwsCallPage, Error> {
        let now = clock::now();
        let (data, next_cursor) = self.list(query, query.after)?;
        let retained = now - CALL_RETENTION;
        let trimmed = self.trimmed_at.get(&self.context.sql)?.map(|at| clock::from_milliseconds(*at));
        let complete_since = trimmed.map_or(retained, |trimmed| trimmed.max(retained));
        let cloud_trail = self.cloud_trail(query, connection, now)?;
        Ok(AwsCallPage { data, next_cursor, complete_since, cloud_trail })
    }

    /// Returns queries for the same time range in `CloudTrail`.
    fn cloud_trail(
        &self,
        query: &AwsCallQuery,
        connection: &ConnectionManager,
        now: OffsetDateTime,
    ) -> Result<Option<CloudTrailQueries>, Error> {
        let state = connection.state()?;
        let Some(binding) = state.in_force().binding() else { return Ok(None) };
        let session = role_session_name(&self.context.organisation()?.id.to_string());
        let regions = binding.regions_in_use(connection.regions_with_identities()?);
        let since = query.range.since.unwrap_or(now - CALL_RETENTION);
        let until = query.range.until.unwrap_or(now);
        Ok(Some(CloudTrailQueries::new(session.as_str(), &binding.role_arn, &regions, since, until)))
    }

    fn list(
        &self,
        query: &AwsCallQuery,
        after: Option<AwsCallId>,
    ) -> Result<(Vec<AwsCall>, Option<AwsCallId>), Error> {
        let organisation = self.context.organisation()?.id;
        let since = query.range.since.map_or([0; 16], |since| AwsCallId::new(since, 0).to_bytes());
        let until = query.range.until.map_or([0xff; 16], |until| AwsCallId::new(until, 0).to_bytes());
        let before = after.map_or(until, |after| after.to_bytes().min(until));
        let range = [blob(&since), blob(&before)];
        let limit = query.limit;
        let [from, to] = range.clone();
        let values = [
            from,
            to,
            optional(query.action.as_deref()),
            optional(query.result.map(AwsCallResult::number)),
            limit.into(),
        ];
        let rows = self.context.sql.rows(LIST, values)?;
        let has_more = is_full(&rows, limit);
        let rows = rows.iter().map(|row| read_call(row, organisation)).collect::<Result<_, _>>()?;
        let ledger = AwsCallRows { rows, has_more };
        let [from, to] = range;
        let rows = if query.wants_sends() {
            self.context.sql.rows(LIST_SENDS, [from, to, EMAILS.into()])?
        } else {
            Vec::new()
        };
        let has_more = is_full(&rows, EMAILS);
        let rows =
            rows.iter().map(|row| read_sends(row, organisation, query.result)).collect::<Result<_, _>>()?;
        let sends = AwsCallRows { rows, has_more };
        Ok(merge_calls(ledger, sends, limit as usize))
    }

    /// Returns all calls of a query as a CSV file, which is read from storage while it is sent.
    pub(crate) fn export(
        self: Rc<Self>,
        query: AwsCallQuery,
    ) -> impl Stream<Item = Result<Vec<u8>, Error>> + 'static {
        let query = AwsCallQuery { limit: EXPORT_PAGE, ..query };
        let header = Some(AwsCall::CSV_HEADER.to_owned());
        stream::unfold((self, query, header), |(calls, mut query, csv)| async {
            let mut csv = match csv {
                Some(csv) => csv,
                None if query.after.is_none() => return None,
                None => String::new(),
            };
            match calls.list(&query, query.after) {
                Ok((data, next)) => {
                    for call in data {
                        call.write_csv(&mut csv);
                    }
                    query.after = next;
                    Some((Ok(csv.into_bytes()), (calls, query, None)))
                }
                Err(error) => {
                    query.after = None;
                    Some((Err(error), (calls, query, None)))
                }
            }
        })
    }
}

fn is_full(rows: &[Row], limit: u32) -> bool {
    u32::try_from(rows.len()).is_ok_and(|rows| rows == limit)
}

fn read_call(row: &Row, organisation: OrganisationId) -> Result<(AwsCallId, Vec<AwsCall>), Error> {
    let id = read_id(row)?;
    let record = AwsCallRecord {
        at: id.created_at(),
        action: row.text(1)?,
        region: read_region(row, 2)?,
        result: AwsCallResult::from_number(row.integer(3)?).ok_or_else(|| unreadable("result"))?,
        code: row.optional_text(4),
        aws_request_id: row.optional_text(5),
    };
    Ok((id, vec![AwsCall::from_record(organisation, record)]))
}

/// Returns the calls of an email, newest first, that have this result.
fn read_sends(
    row: &Row,
    organisation: OrganisationId,
    result: Option<AwsCallResult>,
) -> Result<(AwsCallId, Vec<AwsCall>), Error> {
    let email = EmailId::from_bytes(row.array(0)?).ok_or_else(|| unreadable("email"))?;
    let region = read_region(row, 1)?;
    let History(steps) = History::from_stored(row.optional_text(2).as_deref())?;
    let calls =
        steps.into_iter().rev().filter_map(|step| AwsCall::from_step(organisation, email, region, step));
    let calls = calls.filter(|call| result.is_none_or(|result| call.result == result));
    Ok((email.into(), calls.collect()))
}
