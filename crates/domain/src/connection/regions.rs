//! Which regions an organisation uses.

use aws_sans_io::Region;

use super::Binding;

impl Binding {
    /// Returns the regions that the organisation uses, without duplicates: the stack's first, then those with events, then those with
    /// identities.
    #[must_use]
    pub fn regions_in_use(&self, with_identities: impl IntoIterator<Item = Region>) -> Vec<Region> {
        let with_events = self.events.iter().map(|source| source.region);
        let mut regions = vec![self.stack_region];
        for region in with_events.chain(with_identities) {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        regions
    }

    /// Returns the regions in use other than the stack's. Sandbox and quota are those of one region, so a check reads the account in each.
    #[must_use]
    pub fn other_regions_in_use(&self, with_identities: impl IntoIterator<Item = Region>) -> Vec<Region> {
        let mut regions = self.regions_in_use(with_identities);
        regions.remove(0);
        regions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::{EventSource, Subscription};

    fn region(name: &str) -> Region {
        name.parse().unwrap()
    }

    #[test]
    fn each_region_in_use_is_listed_once_and_the_stacks_comes_first() {
        let source = |name| EventSource {
            region: region(name),
            configuration_set: "kraiter".into(),
            topic: None,
            subscription: Subscription::Pending,
            stack: None,
        };
        let binding = Binding {
            role_arn: "arn:aws:iam::111111111111:role/a".parse().unwrap(),
            stack_region: region("us-east-1"),
            events: vec![source("eu-west-1"), source("us-east-1")],
        };
        let with_identities = ["eu-west-1", "eu-central-1", "us-east-1"].map(region);
        assert_eq!(
            binding.regions_in_use(with_identities),
            ["us-east-1", "eu-west-1", "eu-central-1"].map(region)
        );
        assert_eq!(binding.other_regions_in_use(with_identities), ["eu-west-1", "eu-central-1"].map(region));
    }
}
