//! Pages of the list, and the export.

use std::rc::Rc;

use api_contract::{SuppressionPage, SuppressionQuery};
use domain::suppression::{
    AddressFacts, AddressKey, CSV_HEADER, FactKind, Suppression, SuppressionReason, write_csv_rows,
};
use futures_util::{Stream, stream};
use time::Duration;
use wasm_bindgen::JsValue;

use super::{
    SuppressionList,
    facts::{StoredFact, read_fact, suppression},
};
use crate::{
    clock,
    http::Error,
    organisation_object::sql::{blob, optional},
};

/// Facts after a fact and up to another one, of addresses that contain a text and have a fact of one of two kinds. Columns: [`read_fact`].
const PAGE: &str = "SELECT f.address, f.kind, f.source, f.email_id, f.since, f.observed_at, r.delivered_at \
    FROM suppression_facts f LEFT JOIN recipients r ON r.address = f.address \
    WHERE (f.address, f.kind, f.source) > (?1, ?2, ?3) AND (f.address, f.kind, f.source) <= (?8, ?9, ?10) AND (?4 IS NULL OR instr(f.address, ?4) > 0) \
    AND (?5 IS NULL OR EXISTS (SELECT 1 FROM suppression_facts o WHERE o.address = f.address AND o.kind IN (?5, ?6))) \
    ORDER BY f.address, f.kind, f.source LIMIT ?7";

/// The fact that is so many after a fact.
const SLICE_END: &str = "SELECT address, kind, source FROM suppression_facts WHERE (address, kind, source) > (?1, ?2, ?3) \
    ORDER BY address, kind, source LIMIT 1 OFFSET ?4";

/// The number of facts that a search looks at before other requests have their turn.
const SLICE: u32 = 5_000;

/// The number of addresses that an export reads at once.
const EXPORT_PAGE: usize = 1_000;

/// The position of a fact in the table: address, kind and source.
struct Position(String, u8, Vec<u8>);

impl Position {
    /// Returns the position behind all facts of an address, or before every fact.
    fn after(address: Option<&AddressKey>) -> Self {
        match address {
            Some(address) => Self(address.to_string(), FactKind::NUMBER_LIMIT, Vec::new()),
            None => Self(String::new(), 0, Vec::new()),
        }
    }

    /// Returns the position behind every fact.
    fn last() -> Self {
        Self(char::MAX.to_string(), FactKind::NUMBER_LIMIT, Vec::new())
    }
}

/// Collects the facts of each address, and the addresses that they suppress.
#[derive(Default)]
struct Collector<'a> {
    filter: Filter<'a>,
    limit: usize,
    found: Vec<Suppression>,
    /// The address of `facts`.
    address: String,
    facts: AddressFacts,
}

impl Collector<'_> {
    fn add(&mut self, next: StoredFact) -> Result<(), Error> {
        if next.address != self.address {
            self.end_address()?;
            self.address = next.address;
        }
        self.facts.facts.push(next.fact);
        self.facts.delivered_at = next.delivered_at;
        Ok(())
    }

    fn end_address(&mut self) -> Result<(), Error> {
        let suppression = suppression(&self.address, &std::mem::take(&mut self.facts))?;
        let reason = self.filter.reason;
        let is_listed = |found: &Suppression| reason.is_none_or(|reason| found.reason == reason);
        if !self.is_full() {
            self.found.extend(suppression.filter(is_listed));
        }
        Ok(())
    }

    const fn is_full(&self) -> bool {
        self.found.len() == self.limit
    }
}

/// Which addresses are listed.
#[derive(Clone, Copy, Default)]
struct Filter<'a> {
    search: Option<&'a str>,
    reason: Option<SuppressionReason>,
}

impl Filter<'_> {
    /// Returns whether facts may be looked at that aren't listed.
    const fn is_selective(self) -> bool {
        self.search.is_some() || self.reason.is_some()
    }

    /// Returns the kinds of facts that can lead to the reason.
    fn kinds(self) -> [Option<u8>; 2] {
        let other = match self.reason {
            Some(SuppressionReason::SoftBounces) => FactKind::SoftBounce,
            Some(reason) => FactKind::Suppressed(reason),
            None => return [None; 2],
        };
        [self.reason.map(|reason| FactKind::Suppressed(reason).number()), Some(other.number())]
    }
}

impl SuppressionList {
    /// Returns a page of suppressed addresses, in the order of addresses.
    pub(crate) async fn list(&self, query: &SuppressionQuery) -> Result<SuppressionPage, Error> {
        let limit = query.limit as usize;
        let filter = Filter { search: query.search.as_deref(), reason: query.reason };
        // One address more than is shown, to know whether there is another page.
        let mut data = self.list_after(query.after.as_ref(), filter, limit.saturating_add(1)).await?;
        let is_last = data.len() <= limit;
        data.truncate(limit);
        let next_cursor = data.last().filter(|_| !is_last).map(|last| last.address.to_string());
        Ok(SuppressionPage { data, next_cursor })
    }

    /// Returns up to `limit` suppressed addresses after `after`.
    async fn list_after(
        &self,
        after: Option<&AddressKey>,
        filter: Filter<'_>,
        limit: usize,
    ) -> Result<Vec<Suppression>, Error> {
        let mut position = Position::after(after);
        let mut list = Collector { filter, limit, ..Collector::default() };
        let rows = u32::try_from(limit).unwrap_or(u32::MAX);
        let [kind, other] = filter.kinds();
        loop {
            let slice_end = if filter.is_selective() { self.slice_end(&position)? } else { None };
            let is_last = slice_end.is_none();
            let slice_end = slice_end.unwrap_or_else(Position::last);
            while !list.is_full() {
                let page = self.context.sql.rows(
                    PAGE,
                    [
                        position.0.as_str().into(),
                        position.1.into(),
                        blob(&position.2),
                        optional(filter.search),
                        optional(kind),
                        optional(other),
                        JsValue::from(rows),
                        slice_end.0.as_str().into(),
                        slice_end.1.into(),
                        blob(&slice_end.2),
                    ],
                )?;
                for row in &page {
                    let next = read_fact(row)?;
                    position = Position(next.address.clone(), next.fact.kind.number(), next.source.clone());
                    list.add(next)?;
                }
                if page.len() < limit {
                    break;
                }
            }
            if is_last || list.is_full() {
                list.end_address()?;
                return Ok(list.found);
            }
            position = slice_end;
            clock::sleep(Duration::MILLISECOND).await;
        }
    }

    /// Returns the position of the last fact of the slice after `start`, or `None` if the slice is the last one.
    fn slice_end(&self, start: &Position) -> Result<Option<Position>, Error> {
        let values = [start.0.as_str().into(), start.1.into(), blob(&start.2), SLICE.into()];
        let row = self.context.sql.row(SLICE_END, values)?;
        row.map(|row| Ok(Position(row.text(0)?, row.integer(1)?, row.bytes(2)?))).transpose()
    }

    /// Returns all suppressed addresses as a CSV file, which is read from storage while it is sent.
    pub(crate) fn export(self: Rc<Self>) -> impl Stream<Item = Result<Vec<u8>, Error>> + 'static {
        stream::unfold(Some((self, None)), |next| async {
            let (list, after) = next?;
            match list.export_page(after.as_ref()).await {
                Ok((rows, _)) if rows.is_empty() => None,
                Ok((rows, end)) => Some((Ok(rows), end.map(|end| (list, Some(end))))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// Returns the next part of the export, and the last address unless it is the last of the list.
    async fn export_page(&self, after: Option<&AddressKey>) -> Result<(Vec<u8>, Option<AddressKey>), Error> {
        let page = self.list_after(after, Filter::default(), EXPORT_PAGE).await?;
        let rows = write_csv_rows(&page).map_err(|error| Error::internal(format!("CSV: {error}")))?;
        let header = if after.is_none() { CSV_HEADER } else { "" };
        let is_last = page.len() < EXPORT_PAGE;
        let last = page.into_iter().next_back().filter(|_| !is_last).map(|last| last.address);
        Ok(([header.as_bytes(), &rows].concat(), last))
    }
}
