//! `GET /v1/regions`.

use aws_sans_io::Region;
use serde::{Deserialize, Serialize};

/// A region where Amazon SES is available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AvailableRegion {
    /// The code, such as `eu-west-1`.
    pub region: Region,
    /// The location as the AWS console names it, such as `Europe (Ireland)`.
    pub location: String,
    /// Whether the AWS account must enable the region first.
    pub opt_in: bool,
    /// Whether the CloudFormation stack can be created there. If not, a role created by hand works.
    pub supports_stack: bool,
}

/// The regions where Amazon SES is available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RegionList {
    /// The regions, in the order of the AWS console.
    pub data: Vec<AvailableRegion>,
}

impl RegionList {
    /// Returns every region.
    #[must_use]
    pub fn all() -> Self {
        let data = Region::all().map(|region| AvailableRegion {
            region,
            location: region.location().to_owned(),
            opt_in: region.is_opt_in(),
            supports_stack: region.supports_cloudformation(),
        });
        Self { data: data.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_listed_once_with_its_properties() {
        let RegionList { data } = RegionList::all();
        assert_eq!(data.len(), Region::all().len());
        let milan = data.iter().find(|entry| entry.region.name() == "eu-south-1").unwrap();
        assert_eq!((milan.location.as_str(), milan.opt_in), ("Europe (Milan)", true));
        let ireland = data.iter().find(|entry| entry.region.name() == "eu-west-1").unwrap();
        assert!(!ireland.opt_in && ireland.supports_stack);
    }
}
