//! Deletion of soft bounces and times that no longer matter, in slices.

use std::collections::{BTreeSet, HashMap};

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

/// A pass through all addresses with soft bounces or times.
#[derive(Clone, Default)]
pub(super) struct Pass {
    /// The last address of the last slice.
    after: String,
    /// Whether something that expires was left.
    leaves_some: bool,
}

impl SuppressionList {
    /// Returns whether there may be something that expires.
    pub(crate) const fn can_expire(&self) -> bool {
        self.can_expire.get()
    }

    /// Deletes what was observed before `before` and suppresses no address, for the next `most` addresses. Returns whether it has reached
    /// the last address; then it begins again.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is deleted.
    pub(crate) fn delete_expired_batch(&self, before: OffsetDateTime, most: u32) -> Result<bool, Error> {
        let pass = self.retention.borrow().clone();
        let addresses = self.addresses_after(&pass.after, most)?;
        let is_end = addresses.len() < most as usize;
        let leaves_some = self.context.sql.transaction(|| self.delete_expired(&addresses, before))?;
        let leaves_some = leaves_some || pass.leaves_some;
        let after = addresses.last().map(AddressKey::to_string).unwrap_or_default();
        if is_end {
            self.can_expire.set(leaves_some);
        }
        self.retention.replace(if is_end { Pass::default() } else { Pass { after, leaves_some } });
        Ok(is_end)
    }

    /// Returns the next addresses with soft bounces or times.
    fn addresses_after(&self, after: &str, most: u32) -> Result<Vec<AddressKey>, Error> {
        let mut addresses = BTreeSet::new();
        for statement in [NEXT_SOFT_BOUNCES, NEXT_RECIPIENTS] {
            for row in self.context.sql.rows(statement, [after.into(), most.into()])? {
                addresses.insert(row.text(0)?.parse::<AddressKey>().map_err(|_| unreadable("form"))?);
            }
        }
        Ok(addresses.into_iter().take(most as usize).collect())
    }

    /// Deletes what has expired of these addresses. Returns whether something that expires is left.
    fn delete_expired(&self, addresses: &[AddressKey], before: OffsetDateTime) -> Result<bool, Error> {
        let sql = &self.context.sql;
        let mut by_address = HashMap::<String, (AddressFacts, Vec<StoredFact>)>::new();
        for stored in self.stored_facts(addresses)? {
            let (facts, rows) = by_address.entry(stored.address.clone()).or_default();
            facts.facts.push(stored.fact);
            facts.delivered_at = stored.delivered_at;
            rows.push(stored);
        }
        let mut leaves_some = false;
        for address in addresses {
            let (facts, rows) = by_address.remove(address.as_str()).unwrap_or_default();
            let expired = facts.expired(before);
            for index in &expired {
                let StoredFact { address, source, fact, .. } = &rows[*index];
                sql.run(DELETE_FACT, [address.as_str().into(), fact.kind.number().into(), blob(source)])?;
            }
            let times_are_left = sql.run(DELETE_TIMES, [address.as_str().into(), time(before)])? == 0;
            leaves_some |= match rows.len() - expired.len() {
                0 => times_are_left,
                _ => facts.expire(),
            };
        }
        Ok(leaves_some)
    }
}
