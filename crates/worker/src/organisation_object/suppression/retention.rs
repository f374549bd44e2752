//! Deletion of soft bounces and times that no longer matter, in slices.

use std::collections::{BTreeMap, BTreeSet};

use domain::suppression::{AddressFacts, AddressKey};
use time::OffsetDateTime;

use super::{SuppressionList, facts::StoredFact, unreadable};
use crate::{
    http::Error,
    organisation_object::sql::{blob, time},
};

const NEXT_SOFT_BOUNCES: &str =
    "SELECT DISTINCT address FROM suppression_facts WHERE kind = 6 AND address > ? ORDER BY address LIMIT ?";
const NEXT_RECIPIENTS: &str = "SELECT address FROM recipients WHERE address > ? ORDER BY address LIMIT ?";
const DELETE_FACT: &str = "DELETE FROM suppression_facts WHERE address = ? AND kind = ? AND source = ?";
// The times matter for facts that are stored, or may still be reported.
const DELETE_TIMES: &str = "DELETE FROM recipients WHERE address = ?1 AND max(coalesce(delivered_at, -1), coalesce(removed_at, -1)) < ?2 \
    AND NOT EXISTS (SELECT 1 FROM suppression_facts WHERE address = ?1)";

pub(super) const STATEMENTS: &[&str] = &[NEXT_SOFT_BOUNCES, NEXT_RECIPIENTS, DELETE_FACT, DELETE_TIMES];

impl SuppressionList {
    /// Deletes what was observed before `before` and suppresses no address, for the next `most` addresses. Returns whether it has reached
    /// the last address; then it begins anew.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is deleted.
    pub(crate) fn delete_expired_batch(&self, before: OffsetDateTime, most: u32) -> Result<bool, Error> {
        let sql = &self.context.sql;
        let after = self.expired_until.borrow().clone();
        let mut addresses = BTreeSet::new();
        for statement in [NEXT_SOFT_BOUNCES, NEXT_RECIPIENTS] {
            for row in sql.rows(statement, [after.as_str().into(), most.into()])? {
                let address = row.text(0)?.parse::<AddressKey>().map_err(|_| unreadable("form"))?;
                addresses.insert(address);
            }
        }
        let addresses: Vec<_> = addresses.into_iter().take(most as usize).collect();
        let is_end = addresses.len() < most as usize;
        sql.transaction(|| {
            self.delete_expired_facts(&addresses, before)?;
            for address in &addresses {
                sql.run(DELETE_TIMES, [address.as_str().into(), time(before)])?;
            }
            Ok(())
        })?;
        let last = addresses.last().filter(|_| !is_end).map(AddressKey::to_string);
        *self.expired_until.borrow_mut() = last.unwrap_or_default();
        Ok(is_end)
    }

    fn delete_expired_facts(&self, addresses: &[AddressKey], before: OffsetDateTime) -> Result<(), Error> {
        let mut by_address = BTreeMap::<String, (AddressFacts, Vec<StoredFact>)>::new();
        for stored in self.stored_facts(addresses)? {
            let (facts, rows) = by_address.entry(stored.address.clone()).or_default();
            facts.facts.push(stored.fact);
            facts.delivered_at = stored.delivered_at;
            rows.push(stored);
        }
        for (facts, rows) in by_address.into_values() {
            for index in facts.expired(before) {
                let StoredFact { address, source, fact, .. } = &rows[index];
                let key = [address.as_str().into(), fact.kind.number().into(), blob(source)];
                self.context.sql.run(DELETE_FACT, key)?;
            }
        }
        Ok(())
    }
}
