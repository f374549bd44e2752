//! Backup and restore of the connection. Credentials are in no backup.

use api_contract::{BackupConnection, BackupSettings};
use domain::connection::{ConnectionEvent, TrackingState};

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
            claims: self.claims.get(self.sql())?.map(|claims| (*claims).clone()).unwrap_or_default(),
            regions: self.region_facts.get(self.sql())?.map(|facts| (*facts).clone()).unwrap_or_default(),
        }))
    }

    /// Returns what a backup holds of the settings, or `None` if they were never changed.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn back_up_settings(&self) -> Result<Option<BackupSettings>, Error> {
        Ok(self.tracking.get(self.sql())?.map(|state| BackupSettings { tracking: state.enabled }))
    }

    /// Restores the settings, unless they were changed before.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn restore_settings(&self, backup: BackupSettings) -> Result<(), Error> {
        if self.tracking.get(self.sql())?.is_some() {
            return Ok(());
        }
        self.tracking.set(self.sql(), Some(TrackingState::default().with_setting(backup.tracking)))
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
            self.claims.set(self.sql(), Some(backup.claims))?;
            self.region_facts.set(self.sql(), Some(backup.regions))
        })?;
        self.happen(ConnectionEvent::CheckRequested).await?;
        Ok(true)
    }
}
