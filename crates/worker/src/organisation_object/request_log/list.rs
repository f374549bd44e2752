//! Pages of the log.

use api_contract::{LoggedKey, LoggedRequest, RequestPage, RequestQuery};
use domain::{ApiKeyId, RequestId, request_log::LoggedKind};

use super::Requests;
use crate::{
    http::Error,
    organisation_object::sql::{Row, blob, optional},
};

const LIST: &str = "SELECT id, method, route, status, code, key_id, key_name, session, milliseconds, left_out FROM requests \
     WHERE kind = ?1 AND id >= ?2 AND id < ?3 AND status BETWEEN ?4 AND ?5 AND (?6 IS NULL OR route = ?6) \
     AND (?7 IS NULL OR key_id = ?7) AND (?8 IS NULL OR id = ?8) ORDER BY id DESC LIMIT ?9";

pub(super) fn read_id(row: &Row) -> Result<RequestId, Error> {
    RequestId::from_bytes(row.array(0)?).ok_or_else(|| unreadable("id"))
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of a request"))
}

impl Requests {
    /// Returns a page of requests. It reads at most the rows that are stored, which are limited.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn page(&self, query: &RequestQuery) -> Result<RequestPage, Error> {
        let since = query.range.since.map_or([0; 16], |since| RequestId::new(since, 0).to_bytes());
        let until = query.range.until.map_or([0xff; 16], |until| RequestId::new(until, 0).to_bytes());
        let before = query.after.map_or(until, |after| after.to_bytes().min(until));
        let (lowest, highest) = query.status.unwrap_or((0, u16::MAX));
        let mut data = Vec::new();
        for kind in LoggedKind::ALL {
            let values = [
                kind.number().into(),
                blob(&since),
                blob(&before),
                lowest.into(),
                highest.into(),
                optional(query.route.as_deref()),
                optional(query.key.map(|key| blob(&key.to_bytes()))),
                optional(query.id.map(|id| blob(&id.to_bytes()))),
                (query.limit + 1).into(),
            ];
            for row in self.context.sql.rows(LIST, values)? {
                data.push(read(&row)?);
            }
        }
        data.sort_unstable_by_key(|request| std::cmp::Reverse(request.id));
        let limit = query.limit as usize;
        let has_more = data.len() > limit;
        data.truncate(limit);
        let next_cursor = data.last().map(|last| last.id).filter(|_| has_more);
        let left_out = self.rows.iter().map(|rows| rows.limit.get().left_out()).sum();
        Ok(RequestPage { data, next_cursor, left_out })
    }
}

fn read(row: &Row) -> Result<LoggedRequest, Error> {
    let id = read_id(row)?;
    let key = match row.optional_array(5)? {
        None => None,
        Some(bytes) => Some(LoggedKey {
            id: ApiKeyId::from_bytes(bytes).ok_or_else(|| unreadable("key"))?,
            name: row.text(6)?,
        }),
    };
    Ok(LoggedRequest {
        id,
        at: id.created_at(),
        method: row.text(1)?,
        route: row.text(2)?,
        status: row.integer(3)?,
        code: row.optional_text(4),
        key,
        session: row.integer::<u8>(7)? == 1,
        milliseconds: row.integer(8)?,
        left_out: row.integer(9)?,
    })
}
