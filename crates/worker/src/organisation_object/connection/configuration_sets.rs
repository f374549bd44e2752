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
            (source, aws::call(&get, endpoint, source.region, credentials, &self.aws_calls).await)
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

    /// Returns whether AWS denies the configuration set that emails from the region use.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn is_set_of_region(&self, region: Region, error: &AwsError) -> Result<bool, Error> {
        let resource = error.access_denial().and_then(|denial| denial.resource);
        let denied = resource.and_then(|resource| resource.rsplit('/').next());
        let state = self.state()?;
        let source = state.in_force().binding().and_then(|binding| binding.events_in(region));
        Ok(source.is_some_and(|source| Some(source.configuration_set.as_str()) == denied))
    }

    /// Drops the configuration set that SES doesn't find. Returns whether emails from the region used it.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn drop_configuration_set(
        &self,
        region: Region,
        error: &AwsError,
    ) -> Result<bool, Error> {
        let Some(name) = error.missing_configuration_set() else { return Ok(false) };
        if self.drop_tracking_set(region, name)? {
            return Ok(true);
        }
        let state = self.state()?;
        let source = state.in_force().binding().and_then(|binding| binding.events_in(region));
        if source.is_none_or(|source| source.configuration_set != name) {
            return Ok(false);
        }
        let configuration_set = name.to_owned();
        self.happen(ConnectionEvent::ConfigurationSetChecked { region, configuration_set, exists: false })
            .await?;
        Ok(true)
    }
}
