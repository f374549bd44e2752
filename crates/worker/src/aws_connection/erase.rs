//! Forgetting everything.

use super::AwsConnection;
use crate::http::Error;

impl AwsConnection {
    /// Deletes all that is kept, and keeps nothing from here on: mails that are being handed over just now write no more of it.
    pub(super) async fn erase(&self) -> Result<(), Error> {
        self.is_erased.set(true);
        self.sessions.forget_all();
        let storage = self.state.storage();
        storage.delete_alarm().await?;
        storage.delete_all().await?;
        Ok(())
    }
}
