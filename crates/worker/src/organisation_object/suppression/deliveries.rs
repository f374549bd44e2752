//! Earlier deliveries to an address. They are stored with their emails only, until the address has a soft bounce.

use aws_sans_io::json;
use domain::{
    delivery::{EmailHead, EventLog, last_delivery},
    suppression::AddressKey,
};
use time::OffsetDateTime;

use super::SuppressionList;
use crate::{http::Error, organisation_object::sql::blob};

/// The number of newest emails that are searched. It bounds the time that the first soft bounce of an address takes.
///
/// A delivery matters only if it is later than a soft bounce and was reported earlier. SNS reports both within seconds, or within an hour if
/// it has to repeat one.
const SEARCHED_EMAILS: u32 = 2_000;

/// The number of emails to the address that are looked at.
const MAX_EMAILS: u32 = 50;

const OLDEST_SEARCHED: &str = "SELECT id FROM emails WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?";
const TO_ADDRESS: &str = "SELECT head, events FROM emails WHERE id > ?1 AND events IS NOT NULL \
    AND (instr(lower(head), ?2) > 0 OR instr(lower(events), ?2) > 0) ORDER BY id DESC LIMIT ?3";

impl SuppressionList {
    /// Returns when one of the newest emails was last delivered to the address.
    pub(super) fn find_last_delivery(&self, address: &AddressKey) -> Result<Option<OffsetDateTime>, Error> {
        let sql = &self.context.sql;
        let oldest = sql.row(OLDEST_SEARCHED, [blob(&[0xff; 16]), SEARCHED_EMAILS.into()])?;
        let oldest = oldest.map_or_else(|| Ok(Vec::new()), |row| row.bytes(0))?;
        let mut last = None;
        for row in sql.rows(TO_ADDRESS, [blob(&oldest), address.as_str().into(), MAX_EMAILS.into()])? {
            let head: EmailHead = json::parse(row.text(0)?.as_bytes())?;
            let log = EventLog::from_stored(row.optional_text(1).as_deref())?;
            last = last.max(last_delivery(address, &head, log.events()));
        }
        Ok(last)
    }
}
