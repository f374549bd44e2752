//! Pages of the feed.

use api_contract::{ApiError, FeedEvent, FeedPage, FeedQuery};
use aws_sans_io::json;
use domain::{EmailId, OrganisationId, delivery::EmailHead, feed::FeedEventType};
use time::OffsetDateTime;
use wasm_bindgen::JsValue;

use super::{Feed, unreadable};
use crate::{http::Error, organisation_object::sql::Row};

const LIST: &str = "SELECT f.number, f.type, f.at, f.data, f.email, e.head FROM feed f LEFT JOIN emails e ON e.id = f.email \
     WHERE f.number > ? ORDER BY f.number LIMIT ?";
const FIND: &str = "SELECT f.number, f.type, f.at, f.data, f.email, e.head FROM feed f LEFT JOIN emails e ON e.id = f.email \
     WHERE f.number = ?";
const TIME: &str = "SELECT at FROM feed WHERE number = ?";
const OLDEST: &str = "SELECT min(number) FROM feed";
const NEWEST: &str = "SELECT max(number) FROM feed";

impl Feed {
    /// Returns the events after a number.
    ///
    /// # Errors
    /// [`ApiError::FeedOff`] if events aren't recorded.
    pub(crate) fn page(&self, query: FeedQuery) -> Result<FeedPage, Error> {
        if !self.is_on()? {
            return Err(ApiError::FeedOff.into());
        }
        let newest_number = self.newest()?;
        query.check(newest_number)?;
        let oldest_number = self.oldest_number()?;
        Ok(FeedPage { data: self.events_after(query.after, query.limit)?, oldest_number, newest_number })
    }

    /// Returns the number of the newest event, or 0.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn newest(&self) -> Result<u64, Error> {
        let row = self.context.sql.row(NEWEST, [])?;
        Ok(row.map_or(Ok(None), |row| row.optional_integer(0))?.unwrap_or_default())
    }

    /// Returns the number of the oldest event that is stored.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn oldest_number(&self) -> Result<Option<u64>, Error> {
        self.context.sql.row(OLDEST, [])?.map_or(Ok(None), |row| row.optional_integer(0))
    }

    /// Returns the event with a number.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn event(&self, event_number: u64) -> Result<Option<FeedEvent>, Error> {
        let organisation = self.organisation()?;
        let row = self.context.sql.row(FIND, [number(event_number)])?;
        row.map(|row| event(&row, organisation)).transpose()
    }

    /// Returns the number of the first event recorded at a time or later, or the one after the newest. Events are recorded in the order of
    /// their numbers, so it is found by bisection.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn first_at_or_after(&self, at: OffsetDateTime) -> Result<u64, Error> {
        let (mut low, mut high) = (self.oldest_number()?.unwrap_or(1), self.newest()? + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let row = self.context.sql.row(TIME, [number(middle)])?;
            let is_before = row.map_or(Ok(true), |row| Ok::<_, Error>(row.time(0)? < at))?;
            if is_before { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// Returns up to `limit` events after a number.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn events_after(&self, after: u64, limit: u32) -> Result<Vec<FeedEvent>, Error> {
        let organisation = self.organisation()?;
        let rows = self.context.sql.rows(LIST, [number(after), limit.into()])?;
        rows.iter().map(|row| event(row, organisation)).collect()
    }
}

/// Returns a number as it is stored.
#[expect(clippy::cast_precision_loss, reason = "numbers are below 2^53")]
pub(crate) fn number(number: u64) -> JsValue {
    JsValue::from_f64(number as f64)
}

fn event(row: &Row, organisation: OrganisationId) -> Result<FeedEvent, Error> {
    let kind = FeedEventType::from_number(row.integer(1)?).ok_or_else(|| unreadable("type"))?;
    let data = json::parse(row.text(3)?.as_bytes())?;
    let head = row.optional_text(5).map(|text| json::parse::<EmailHead>(text.as_bytes())).transpose()?;
    let email = match row.optional_array(4)? {
        None => None,
        Some(bytes) => {
            let id = EmailId::from_bytes(bytes).ok_or_else(|| unreadable("email"))?;
            Some((id, head.as_ref()))
        }
    };
    Ok(FeedEvent::new(organisation, row.integer(0)?, kind, row.time(2)?, data, email))
}
