//! The account in the regions beside the stack's: sandbox and limits are a region's own.

use std::collections::HashSet;

use aws_sans_io::{Credentials, Region, ses::GetAccount};
use domain::connection::{Binding, CheckResult, RegionFacts, check};
use futures_util::future::join_all;

use super::AwsConnection;
use crate::{
    aws, clock,
    database::{self, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// Reads the account in every region that the organisation uses beside the stack's, side by side.
    pub(super) async fn see_regions(
        &self,
        organisation: &Organisation,
        binding: &Binding,
        credentials: &Credentials,
    ) -> Result<(), Error> {
        let identities = database::identities::regions(&self.database()?, &organisation.id).await?;
        let used: HashSet<Region> =
            binding.events.iter().map(|source| source.region).chain(identities).collect();
        let used = used.into_iter().filter(|region| *region != binding.stack_region);
        let endpoint = self.endpoint()?;
        let asked = used.map(async |region| {
            let answer = aws::call(&GetAccount, &endpoint, region, credentials).await;
            let (account, reason) = match check::account(answer, region) {
                CheckResult::Working(account) => (Some(account), None),
                CheckResult::Failed(reason) => (None, Some(reason)),
                CheckResult::NotProtected => (None, None),
            };
            RegionFacts { region, account, reason, checked_at: clock::now() }
        });
        let facts = join_all(asked).await;
        self.storage()?.set_region_facts(&facts)
    }
}
