//! What is shown of the queue.

use std::collections::HashMap;

use api_contract::{Hold, SendingInRegion, SendingStatus};
use aws_sans_io::Region;
use domain::connection::CallTarget;

use super::Delivery;
use crate::{clock, http::Error, organisation_object::emails::Depth};

impl Delivery {
    /// Returns the queue and the send rate of each region.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn sending_status(&self) -> Result<SendingStatus, Error> {
        let state = self.connection.state()?;
        let mut depths: HashMap<Region, Depth> = self.emails.depths()?.into_iter().collect();
        if let Some(binding) = state.sending_binding() {
            let used = binding.events.iter().map(|source| source.region).chain([binding.stack_region]);
            for region in used {
                depths.entry(region).or_default();
            }
        }
        let mut regions = Vec::with_capacity(depths.len());
        for (region, depth) in depths {
            // Before the rate limiter is asked: without a demand, it doesn't say why an email is held.
            let hold = self.hold(region, clock::now()).map(Hold::from);
            let grant = match CallTarget::new(&state, Some(region)) {
                Ok(target) => Some(self.account_status(&target).await?),
                Err(_) => None,
            };
            let limits = grant.as_ref().and_then(|grant| grant.limits);
            regions.push(SendingInRegion {
                region,
                queued: depth.queued,
                queued_in_batches: depth.queued_in_batches,
                unconfirmed: depth.unconfirmed,
                per_second: grant.as_ref().and_then(|grant| grant.per_second),
                max_send_rate: limits.map(|limits| limits.per_second),
                max_24_hour_send: limits.and_then(|limits| limits.per_day),
                sent_last_24_hours: grant.map_or(0, |grant| grant.used),
                hold,
            });
        }
        regions.sort_by_key(|region| region.region.name());
        Ok(SendingStatus { regions })
    }
}
