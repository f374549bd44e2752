//! The account in the regions other than the stack's: sandbox and quota are those of one region.

use aws_sans_io::{Credentials, Region, ses::GetAccount};
use domain::connection::{Binding, RegionFacts};
use futures_util::{StreamExt, stream};

use super::{CONCURRENT_CALLS, ConnectionManager};
use crate::{aws, clock, http::Error};

const NEXT_REGION: &str = "SELECT region FROM identities WHERE region > ? ORDER BY region LIMIT 1";

impl ConnectionManager {
    /// Returns the regions in which the organisation has identities.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn regions_with_identities(&self) -> Result<Vec<Region>, Error> {
        let mut regions = Vec::new();
        let mut last = 0;
        // One search per region: a DISTINCT would read every identity.
        while let Some(row) = self.sql().row(NEXT_REGION, [last.into()])? {
            last = row.integer(0)?;
            let unreadable = || Error::internal("the storage holds an unknown region");
            regions.push(Region::from_number(last).ok_or_else(unreadable)?);
        }
        Ok(regions)
    }

    /// Reads the account in every region in use except the stack's.
    pub(super) async fn read_other_regions(
        &self,
        binding: &Binding,
        credentials: &Credentials,
    ) -> Result<(), Error> {
        let regions = binding.other_regions_in_use(self.regions_with_identities()?);
        let settings = self.context.settings()?;
        let facts = stream::iter(regions).map(async |region| {
            let response =
                aws::call(&GetAccount, &settings.endpoint, region, credentials, &self.aws_calls).await;
            RegionFacts::new(region, response, clock::now())
        });
        let facts = facts.buffered(CONCURRENT_CALLS).collect().await;
        if self.is_bound_to(&binding.role_arn)? {
            self.region_facts.set(self.sql(), Some(facts))?;
        }
        Ok(())
    }
}
