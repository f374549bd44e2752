//! Backup and restore of the connection. Credentials are in no backup.

use api_contract::BackupConnection;
use domain::connection::ConnectionEvent;

use super::ConnectionManager;
use crate::{clock, http::Error};

impl ConnectionManager {
    /// Returns what a backup holds of the connection, or `None` if nobody has started to connect.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn back_up(&self) -> Result<Option<BackupConnection>, Error> {
        let Some(state) = self.state.get(self.sql())? else { return Ok(None) };
        Ok(Some(BackupConnection {
            state: (*state).clone(),
            claim: self.claim.get(self.sql())?.map(|claim| (*claim).clone()),
            regions: self.region_facts.get(self.sql())?.map(|facts| (*facts).clone()).unwrap_or_default(),
        }))
    }

    /// Restores a connection and requests a check of its role. An existing connection stays as it is. Returns whether it was restored.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn restore(&self, backup: BackupConnection) -> Result<bool, Error> {
        if self.state.get(self.sql())?.is_some() {
            return Ok(false);
        }
        self.sql().transaction(|| {
            self.state.set(self.sql(), Some(backup.state.restored(clock::now())))?;
            self.claim.set(self.sql(), backup.claim)?;
            self.region_facts.set(self.sql(), Some(backup.regions))
        })?;
        self.happen(ConnectionEvent::CheckRequested).await?;
        Ok(true)
    }
}
