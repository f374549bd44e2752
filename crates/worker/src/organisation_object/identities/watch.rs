//! Identities that aren't verified yet: they are read again from time to time while the feed is on, so that their verification becomes an
//! event although nobody looks.

use api_contract::KnownIdentity;
use domain::{feed::FeedEntry, identity_watch};
use futures_util::{StreamExt, stream};
use serde_json::json;
use time::OffsetDateTime;

use super::{Identities, table};
use crate::{clock, http::Error, log, organisation_object::connection::CONCURRENT_CALLS};

/// Identities that one alarm reads.
const PER_ALARM: u32 = 20;

impl Identities {
    /// Stores whether SES reports the identity as verified. If it has become verified, that is appended to the feed.
    pub(super) fn observe(&self, known: &KnownIdentity, is_verified: bool) -> Result<(), Error> {
        if is_verified != known.unverified_since.is_some() {
            return Ok(());
        }
        let (sql, now) = (&self.context.sql, clock::now());
        if is_verified {
            return sql.transaction(|| {
                if table::set_verified(sql, known.id)? {
                    let event =
                        FeedEntry::identity_verified(known.id, known.name.as_str(), known.region, now);
                    self.feed.append([event])?;
                }
                Ok(())
            });
        }
        table::set_unverified(sql, known.id, now, identity_watch::next_read(now, now))?;
        if let Some(at) = self.next_due()? {
            self.context.start_ring_by(at);
        }
        Ok(())
    }

    /// Reads the identities whose turn it is.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) async fn do_due(&self, now: OffsetDateTime) -> Result<(), Error> {
        if !self.feed.is_on()? {
            return Ok(());
        }
        let due = table::to_read(&self.context.sql, now, PER_ALARM)?;
        for identity in &due {
            let since = identity.unverified_since.unwrap_or(now);
            // Before the call, so that no failure repeats it at once.
            table::set_read_at(&self.context.sql, identity.id, identity_watch::next_read(since, now))?;
        }
        stream::iter(&due).for_each_concurrent(CONCURRENT_CALLS, |identity| self.read_again(identity)).await;
        Ok(())
    }

    /// Returns when an identity is to be read next.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        if self.feed.is_on()? { table::next_read(&self.context.sql) } else { Ok(None) }
    }

    async fn read_again(&self, identity: &KnownIdentity) {
        match self.read(identity).await {
            // A failure of the connection or of SES; the identity is read again later.
            Ok(_) | Err(Error::Api(_)) => {}
            Err(error) => log::error("identity_not_read", json!({ "error": format!("{error:?}") })),
        }
    }
}
