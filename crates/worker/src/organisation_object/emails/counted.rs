//! Emails as they are counted.

use aws_sans_io::{Region, json};
use domain::{
    EmailId,
    delivery::{EmailStatus, EventLog},
    metrics::{CountedEmail, EVENTS_FROM, Hour, HourRange},
};
use wasm_bindgen::JsValue;

use super::{Emails, key, read_id, unreadable};
use crate::{
    http::Error,
    organisation_object::sql::{self, Row},
};

const LIST: &str = "SELECT id, status, region, head, iif(status >= ?4, events, NULL) FROM emails WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3";
const NEWEST: &str = "SELECT id FROM emails WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1";

fn hour_key(hour: Hour) -> JsValue {
    sql::blob(&hour.first_key())
}

impl Emails {
    /// Returns emails that were accepted in an hour, in the order of their IDs.
    pub(crate) fn list_counted(
        &self,
        hour: Hour,
        after: Option<EmailId>,
        limit: u32,
    ) -> Result<Vec<(EmailId, CountedEmail)>, Error> {
        let after = after.map_or_else(|| hour_key(hour), key);
        let values = [after, hour_key(hour.next()), limit.into(), EVENTS_FROM.rank().into()];
        let rows = self.context.sql.rows(LIST, values)?;
        rows.iter().map(|row| self.counted(row)).collect()
    }

    /// Reads the columns id, status, region, head and events.
    pub(super) fn counted(&self, row: &Row) -> Result<(EmailId, CountedEmail), Error> {
        let id = read_id(row.array(0)?)?;
        let status = EmailStatus::from_rank(row.integer(1)?).ok_or_else(|| unreadable("status"))?;
        let mut events = Vec::new();
        if status >= EVENTS_FROM {
            events.extend_from_slice(EventLog::from_stored(row.optional_text(4).as_deref())?.events());
            events.extend(self.more_events(id)?);
        }
        let region = Region::from_number(row.integer(2)?).ok_or_else(|| unreadable("region"))?;
        Ok((id, CountedEmail { status, region, head: json::parse(row.text(3)?.as_bytes())?, events }))
    }

    /// Returns the hour of the newest email that was accepted in a range.
    pub(crate) fn newest_hour(&self, range: HourRange) -> Result<Option<Hour>, Error> {
        let row = self.context.sql.row(NEWEST, [hour_key(range.from), hour_key(range.to)])?;
        row.map(|row| Ok(Hour::of_email(read_id(row.array(0)?)?))).transpose()
    }
}
