//! Pages of emails, newest first, with filters.

use api_contract::{EmailPage, EmailQuery, EmailSummary};
use domain::{
    EmailId,
    delivery::EmailStatus,
    search::{self, Block, EmailFilter, Found, Range, SearchStore, Searched, Summary},
};
use time::OffsetDateTime;

use super::{
    Emails, highest, key, lowest, read_id,
    view::{head, summary},
};
use crate::{clock, http::Error, organisation_object::sql::Row};

const LIST: &str = "SELECT id, status, region, scheduled_at, head FROM emails WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?";
const LIST_SCHEDULED: &str = "SELECT id, status, region, scheduled_at, head FROM emails INDEXED BY emails_scheduled \
    WHERE phase = 1 AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?";
// The list is that of the index, which only a repetition of it selects.
const LIST_BY_STATUS: &str = "SELECT id, status, region, scheduled_at, head FROM emails INDEXED BY emails_by_status \
    WHERE status = ? AND status IN (30, 40, 45, 60, 70, 80, 120, 130) AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?";
const BLOCKS: &str =
    "SELECT first, last, summary FROM email_blocks WHERE first < ? ORDER BY first DESC LIMIT ?";

/// The emails that a filter is applied to.
struct Candidates<'a> {
    emails: &'a Emails,
    filter: &'a EmailFilter,
    now: OffsetDateTime,
}

impl Candidates<'_> {
    fn searched(&self, row: &Row) -> Result<Searched<EmailSummary>, Error> {
        let head = head(row)?;
        let summary = summary(row, &head, self.now)?;
        let matches = self.filter.matches(&head, summary.region, summary.status);
        Ok(Searched { id: summary.id, found: matches.then_some(summary) })
    }
}

impl SearchStore for Candidates<'_> {
    type Found = EmailSummary;
    type Error = Error;

    fn emails(&self, range: Range, limit: u32) -> Result<Vec<Searched<EmailSummary>>, Error> {
        let sql = &self.emails.context.sql;
        let from = range.from.map_or_else(lowest, key);
        let (before, limit) = (range.before.map_or_else(highest, key), limit.into());
        let rows = match self.filter.status {
            Some(EmailStatus::Scheduled) => sql.rows(LIST_SCHEDULED, [from, before, limit])?,
            Some(status) if EmailFilter::is_indexed(status) => {
                sql.rows(LIST_BY_STATUS, [status.rank().into(), from, before, limit])?
            }
            _ => sql.rows(LIST, [from, before, limit])?,
        };
        rows.iter().map(|row| self.searched(row)).collect()
    }

    fn blocks(&self, before: Option<EmailId>, limit: u32) -> Result<Vec<Block>, Error> {
        let before = before.map_or_else(highest, key);
        let rows = self.emails.context.sql.rows(BLOCKS, [before, limit.into()])?;
        let block = |row: &Row| {
            Ok(Block {
                first: read_id(row.array(0)?)?,
                last: read_id(row.array(1)?)?,
                summary: Summary::from_stored(row.bytes(2)?),
            })
        };
        rows.iter().map(block).collect()
    }
}

impl Emails {
    /// Returns a page of emails, newest first.
    pub(crate) fn list(&self, query: &EmailQuery) -> Result<EmailPage, Error> {
        let candidates = Candidates { emails: self, filter: &query.filter, now: clock::now() };
        // An index leads to fewer emails than summaries do.
        let has_index = query.filter.status.is_some_and(EmailFilter::is_indexed);
        let tokens = if has_index { Vec::new() } else { query.filter.tokens() };
        let Found { data, next_before } = search::search(&candidates, &tokens, query.range(), query.limit)?;
        Ok(EmailPage { data, next_cursor: next_before.map(|id| id.to_string()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation_object::emails::SCHEMA;

    #[test]
    fn the_index_by_status_has_the_statuses_that_are_searched_with_it() {
        let ranks: Vec<_> = EmailFilter::INDEXED.iter().map(|status| status.rank().to_string()).collect();
        let condition = format!("status IN ({})", ranks.join(", "));
        assert!(LIST_BY_STATUS.contains(&condition), "{condition}");
        assert!(SCHEMA.iter().any(|statement| statement.ends_with(&condition)), "{condition}");
    }
}
