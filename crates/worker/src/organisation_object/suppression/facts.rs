//! Reading facts.

use std::collections::HashMap;

use domain::{
    EmailId,
    suppression::{AddressFacts, AddressKey, Fact, FactKind, Suppression},
};

use super::{SuppressionList, unreadable};
use crate::{http::Error, organisation_object::sql::Row};

/// Columns: [`read_fact`].
const FIND: &str = "SELECT f.address, f.kind, f.source, f.email_id, f.since, f.observed_at, r.delivered_at \
    FROM json_each(?) a CROSS JOIN suppression_facts f ON f.address = a.value LEFT JOIN recipients r ON r.address = f.address";

/// A fact as it is stored, with its key and the time of the last delivery to the address.
pub(super) struct StoredFact {
    pub(super) address: String,
    pub(super) source: Vec<u8>,
    pub(super) fact: Fact,
    pub(super) delivered_at: Option<time::OffsetDateTime>,
}

/// Reads a row with the columns `address, kind, source, email_id, since, observed_at, delivered_at`.
pub(super) fn read_fact(row: &Row) -> Result<StoredFact, Error> {
    let email_id =
        row.optional_array(3)?.map(|bytes| EmailId::from_bytes(bytes).ok_or_else(|| unreadable("email")));
    let kind = FactKind::from_number(row.integer(1)?).ok_or_else(|| unreadable("fact"))?;
    let fact = Fact { kind, email_id: email_id.transpose()?, since: row.time(4)?, observed_at: row.time(5)? };
    Ok(StoredFact { address: row.text(0)?, source: row.bytes(2)?, fact, delivered_at: row.optional_time(6)? })
}

/// Returns the suppression of an address, if its facts suppress it.
pub(super) fn suppression(address: &str, facts: &AddressFacts) -> Result<Option<Suppression>, Error> {
    if facts.facts.is_empty() {
        return Ok(None);
    }
    Ok(facts.suppression(address.parse().map_err(|_| unreadable("form"))?))
}

impl SuppressionList {
    /// Returns which of the addresses are suppressed. Costs one statement, or none if there are no addresses.
    pub(crate) fn find_suppressed(
        &self,
        addresses: &[AddressKey],
    ) -> Result<HashMap<AddressKey, Suppression>, Error> {
        let mut facts = HashMap::<String, AddressFacts>::new();
        for found in self.stored_facts(addresses)? {
            let of_address = facts.entry(found.address).or_default();
            of_address.facts.push(found.fact);
            of_address.delivered_at = found.delivered_at;
        }
        let mut suppressed = HashMap::new();
        for (address, facts) in facts {
            if let Some(suppression) = suppression(&address, &facts)? {
                suppressed.insert(suppression.address.clone(), suppression);
            }
        }
        Ok(suppressed)
    }

    /// Returns a suppressed address.
    pub(crate) fn find(&self, address: &AddressKey) -> Result<Option<Suppression>, Error> {
        Ok(self.find_suppressed(std::slice::from_ref(address))?.remove(address))
    }

    /// Returns the facts about these addresses.
    pub(super) fn stored_facts(&self, addresses: &[AddressKey]) -> Result<Vec<StoredFact>, Error> {
        if addresses.is_empty() {
            return Ok(Vec::new());
        }
        let addresses = serde_json::to_string(addresses)?;
        self.context.sql.rows(FIND, [addresses.into()])?.iter().map(read_fact).collect()
    }
}
