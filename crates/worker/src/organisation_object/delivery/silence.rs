//! Notices that no events arrive from a region. The decision is `domain`'s.

use std::{collections::HashMap, rc::Rc};

use aws_sans_io::Region;
use domain::{
    connection::{ConnectionEvent, Subscription},
    delivery::EventWatch,
};
use time::OffsetDateTime;

use super::Delivery;
use crate::{clock, http::Error, log};

impl Delivery {
    /// Looks for emails of which no event has arrived, in every region with an active event source. Called by the alarm, so that a send costs
    /// nothing more.
    pub(super) async fn watch_events(&self) -> Result<(), Error> {
        let now = clock::now();
        let known = self.event_watches.get(&self.context.sql)?;
        let mut watches = HashMap::new();
        let mut silent = Vec::new();
        for region in self.regions_with_events()? {
            let sent = self.totals.sent_count(region)?;
            let Some(watch) = known.as_ref().and_then(|known| known.get(&region)) else {
                watches.insert(region, EventWatch::new(sent, now));
                continue;
            };
            let last_event_at = self.last_event_at(region)?;
            let found = match watch.look_from(sent, last_event_at) {
                Some(from) => self.emails.first_sent(region, from)?,
                None => None,
            };
            let watch = watch.looked(sent, last_event_at, found, now);
            let silent_at = watch.silent_at(self.webhook_failed_at(region)?);
            if silent_at.is_some_and(|at| at <= now) {
                silent.push(region);
            } else {
                watches.insert(region, watch);
            }
        }
        // The order of a hash map isn't stable, so an unchanged one is not written.
        if known.is_none_or(|known| *known != watches) {
            self.event_watches.set(&self.context.sql, Some(watches))?;
        }
        for region in silent {
            let organisation = self.context.organisation()?.id;
            log::info(
                "events_silent",
                serde_json::json!({ "organisationId": organisation, "region": region }),
            );
            self.connection.happen(ConnectionEvent::EventsSilent { region }).await?;
        }
        Ok(())
    }

    /// Returns when a region counts as silent next, unless an event arrives before.
    pub(super) fn silence_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let Some(watches) = self.event_watches.get(&self.context.sql)? else { return Ok(None) };
        let mut due = None;
        for (region, watch) in watches.iter() {
            let at = watch.silent_at(self.webhook_failed_at(*region)?);
            due = due.into_iter().chain(at).min();
        }
        Ok(due)
    }

    /// Restores the event source of a region in which an event has arrived after all.
    pub(super) fn end_silence(&self, region: Region) -> Result<(), Error> {
        let state = self.connection.state()?;
        let source = state.in_force().binding().and_then(|binding| binding.events_in(region));
        if source.is_some_and(|source| source.subscription == Subscription::Silent) {
            let connection = Rc::clone(&self.connection);
            self.context.run_in_background(async move {
                if let Err(error) = connection.happen(ConnectionEvent::EventsReceived { region }).await {
                    // The next event restores it.
                    log::error("silence_not_ended", serde_json::json!({ "error": format!("{error:?}") }));
                }
            });
        }
        Ok(())
    }

    fn regions_with_events(&self) -> Result<Vec<Region>, Error> {
        let state = self.connection.state()?;
        let sources = state.verified_binding().map(|binding| binding.events.as_slice()).unwrap_or_default();
        let active = sources.iter().filter(|source| source.subscription == Subscription::Active);
        Ok(active.map(|source| source.region).collect())
    }
}
