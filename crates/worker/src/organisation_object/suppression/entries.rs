//! Entries made by hand, imports, unsubscribes and removals.

use api_contract::SuppressionImport;
use domain::{
    EmailId, Quota,
    feed::FeedEntry,
    suppression::{AddressKey, FactKind, ImportedRow, SuppressionReason},
};
use serde_json::json;
use time::OffsetDateTime;

use super::SuppressionList;
use crate::{
    clock,
    http::Error,
    organisation_object::sql::{blob, optional, time},
};

/// Inserts a JSON list of address, kind and start. An entry counts even if the address was removed at the same time.
const ENTER: &str = "INSERT INTO suppression_facts (address, kind, source, email_id, since, observed_at) \
    SELECT v.value ->> 0, v.value ->> 1, ?2, ?3, v.value ->> 2, \
    max(?4, coalesce((SELECT removed_at FROM recipients WHERE address = v.value ->> 0), -1) + 1) \
    FROM json_each(?1) v WHERE true ON CONFLICT DO NOTHING";
// SES's clock may be ahead of ours: the removal is later than every fact.
const REMOVE: &str = "INSERT INTO recipients (address, removed_at) \
    SELECT ?1, max(?2, coalesce(max(observed_at), -1)) FROM suppression_facts WHERE address = ?1 \
    ON CONFLICT DO UPDATE SET removed_at = max(coalesce(removed_at, -1), excluded.removed_at)";
const BY_HAND: &str = "SELECT count(*) FROM suppression_facts WHERE address = ? AND source = x''";
const FORGET: &str = "DELETE FROM suppression_facts WHERE address = ?";

/// The number of rows of an import that one statement writes, as one JSON text.
const IMPORT_CHUNK: usize = 500;

impl SuppressionList {
    /// Suppresses these addresses, all or none. Those that are suppressed already are not changed.
    ///
    /// # Errors
    /// A [`Quota`], or a failure of the storage; then nothing is written.
    pub(crate) fn insert(
        &self,
        rows: &[ImportedRow],
        now: OffsetDateTime,
    ) -> Result<SuppressionImport, Error> {
        let already = self.context.sql.transaction(|| {
            let (mut already, mut written) = (0, 0);
            for rows in rows.chunks(IMPORT_CHUNK) {
                let addresses: Vec<_> = rows.iter().map(|row| row.address.clone()).collect();
                already += self.find_suppressed(&addresses)?.len();
                written += u64::from(self.enter(rows, None, now)?);
            }
            let by_hand = self.count_by_hand()? + written;
            Quota::Suppressions.check(by_hand)?;
            self.by_hand.set(&self.context.sql, Some(by_hand))?;
            self.context.check_size(now)?;
            Ok(already)
        })?;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(SuppressionImport { added: count(rows.len() - already), already: count(already) })
    }

    /// Suppresses the recipient of an email who doesn't want any more.
    pub(crate) fn unsubscribe(
        &self,
        address: &AddressKey,
        email: EmailId,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let reason = SuppressionReason::Unsubscribe;
        let row = ImportedRow { address: address.clone(), reason, since: now };
        self.context.sql.transaction(|| {
            // The link may be opened again.
            if self.enter(&[row], Some(email), now)? > 0 {
                self.feed.append([FeedEntry::unsubscribed(email, address, now)])?;
            }
            Ok(())
        })
    }

    /// Returns the number of rows that were written.
    fn enter(&self, rows: &[ImportedRow], email: Option<EmailId>, now: OffsetDateTime) -> Result<u32, Error> {
        let entry = |row: &ImportedRow| {
            let kind = FactKind::Suppressed(row.reason).number();
            json!([row.address, kind, clock::to_milliseconds(row.since)])
        };
        let rows = serde_json::to_string(&rows.iter().map(entry).collect::<Vec<_>>())?;
        let email = email.map(EmailId::to_bytes);
        let source = email.as_ref().map_or(&[][..], |bytes| &bytes[..]);
        let values = [rows.into(), blob(source), optional(email.map(|bytes| blob(&bytes))), time(now)];
        self.context.sql.run(ENTER, values)
    }

    /// Removes an address from the list. What was observed before has no effect any more, even if it is reported later.
    ///
    /// # Errors
    /// Fails if the storage fails; then the address stays on the list.
    pub(crate) fn delete(&self, address: &AddressKey, now: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.transaction(|| {
            let by_hand: u64 = self.context.sql.count(BY_HAND, [address.as_str().into()])?;
            self.by_hand.set(&self.context.sql, Some(self.count_by_hand()?.saturating_sub(by_hand)))?;
            self.context.sql.run(REMOVE, [address.as_str().into(), time(now)])?;
            self.context.sql.run(FORGET, [address.as_str().into()]).map(drop)
        })
    }

    /// Returns the number of facts entered by hand or by imports.
    fn count_by_hand(&self) -> Result<u64, Error> {
        Ok(self.by_hand.get(&self.context.sql)?.map_or(0, |count| *count))
    }

    /// Counts facts that were restored from a backup and had been entered by hand or by imports.
    pub(crate) fn count_restored(&self, by_hand: u64) -> Result<(), Error> {
        if by_hand == 0 {
            return Ok(());
        }
        self.by_hand.set(&self.context.sql, Some(self.count_by_hand()? + by_hand))
    }
}
