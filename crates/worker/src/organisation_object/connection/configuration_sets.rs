//! Configuration sets that may have been deleted.

use aws_sans_io::{Credentials, Error as AwsError, Region, ses::GetConfigurationSet};
use domain::connection::{Binding, ConnectionEvent, check::configuration_set_exists};
use futures_util::{StreamExt, stream};

use super::{CONCURRENT_CALLS, ConnectionManager};
use crate::{aws, http::Error};

impl ConnectionManager {
    /// Reads every configuration set of the event sources.
    pub(super) async fn check_configuration_sets(
        &self,
        binding: &Binding,
        credentials: &Credentials,
    ) -> Result<(), Error> {
        let endpoint = &self.context.settings()?.endpoint;
        let checked = stream::iter(&binding.events).map(async |source| {
            let get = GetConfigurationSet { name: source.configuration_set.clone() };
            (source, aws::call(&get, endpoint, source.region, credentials).await)
        });
        let checked: Vec<_> = checked.buffered(CONCURRENT_CALLS).collect().await;
        for (source, response) in checked {
            if let Some(exists) = configuration_set_exists(&response)
                && self.is_bound_to(&binding.role_arn)?
            {
                self.happen(ConnectionEvent::ConfigurationSetChecked {
                    region: source.region,
                    configuration_set: source.configuration_set.clone(),
                    exists,
                })
                .await?;
            }
        }
        Ok(())
    }

    /// Drops the region's configuration set if it is the one that SES doesn't find. Returns whether it is.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn drop_configuration_set(
        &self,
        region: Region,
        error: &AwsError,
    ) -> Result<bool, Error> {
        let state = self.state()?;
        let source = state.binding().and_then(|binding| binding.events_in(region));
        let Some(source) = source.filter(|source| error.to_string().contains(&source.configuration_set))
        else {
            return Ok(false);
        };
        self.happen(ConnectionEvent::ConfigurationSetChecked {
            region,
            configuration_set: source.configuration_set.clone(),
            exists: false,
        })
        .await?;
        Ok(true)
    }
}
