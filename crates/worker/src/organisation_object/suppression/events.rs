//! What SES's events say about addresses.

use aws_sans_io::ses::event::Event;
use domain::{
    EmailId,
    delivery::event_source,
    suppression::{AddressKey, FactKind, SuppressionSignal, message_source, suppressible_addresses},
};
use time::OffsetDateTime;

use super::SuppressionList;
use crate::{
    http::Error,
    organisation_object::sql::{blob, time},
};

const INSERT_FACT: &str = "INSERT INTO suppression_facts (address, kind, source, email_id, since, observed_at) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?5 WHERE ?5 > coalesce((SELECT removed_at FROM recipients WHERE address = ?1), -1) \
    ON CONFLICT DO NOTHING";
const HAS_SOFT_BOUNCE: &str = "SELECT 1 FROM suppression_facts WHERE kind = 6 AND address = ? LIMIT 1";
const DELIVERED: &str = "INSERT INTO recipients (address, delivered_at) SELECT a.value, ?2 FROM json_each(?1) a \
    WHERE EXISTS (SELECT 1 FROM suppression_facts f WHERE f.kind = 6 AND f.address = a.value) \
    ON CONFLICT DO UPDATE SET delivered_at = excluded.delivered_at WHERE delivered_at IS NULL OR delivered_at < excluded.delivered_at";
const DELIVERED_EARLIER: &str = "INSERT INTO recipients (address, delivered_at) VALUES (?, ?) \
    ON CONFLICT DO UPDATE SET delivered_at = excluded.delivered_at WHERE delivered_at IS NULL OR delivered_at < excluded.delivered_at";

impl SuppressionList {
    /// Records what an event of an email says about `recipients`. An event that is reported again has no effect. Call it in the transaction
    /// that stores the event.
    ///
    /// A delivery costs one statement and writes nothing unless an address has soft bounces. Most other events cost no statement.
    pub(crate) fn record_event(
        &self,
        email: EmailId,
        event: &Event,
        recipients: &[String],
        message_id: &str,
    ) -> Result<(), Error> {
        let Some(signal) = SuppressionSignal::from_event(event) else { return Ok(()) };
        let addresses = suppressible_addresses(recipients);
        if addresses.is_empty() {
            return Ok(());
        }
        let kind = match signal {
            SuppressionSignal::Delivered => {
                let values = [serde_json::to_string(&addresses)?.into(), time(event.at)];
                return self.context.sql.run(DELIVERED, values).map(drop);
            }
            SuppressionSignal::Suppress(reason) => FactKind::Suppressed(reason),
            SuppressionSignal::SoftBounce => FactKind::SoftBounce,
        };
        let source = event_source(event, message_id);
        for address in &addresses {
            if kind == FactKind::SoftBounce {
                self.record_earlier_delivery(address)?;
            }
            self.insert_fact(address, kind, email, &source, event.at)?;
        }
        Ok(())
    }

    fn insert_fact(
        &self,
        address: &AddressKey,
        kind: FactKind,
        email: EmailId,
        source: &str,
        at: OffsetDateTime,
    ) -> Result<(), Error> {
        let values = [
            address.as_str().into(),
            kind.number().into(),
            blob(&message_source(source)),
            blob(&email.to_bytes()),
            time(at),
        ];
        self.context.sql.run(INSERT_FACT, values).map(drop)
    }

    /// Records the last delivery to an address before its first soft bounce. From then on every delivery is recorded.
    fn record_earlier_delivery(&self, address: &AddressKey) -> Result<(), Error> {
        if self.context.sql.row(HAS_SOFT_BOUNCE, [address.as_str().into()])?.is_some() {
            return Ok(());
        }
        let Some(at) = self.find_last_delivery(address)? else { return Ok(()) };
        self.context.sql.run(DELIVERED_EARLIER, [address.as_str().into(), time(at)]).map(drop)
    }
}
