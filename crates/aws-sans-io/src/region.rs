//! The regions where Amazon SES v2 is available.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ValidationError;

/// What is known of a region.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RegionInfo {
    /// The code, such as `eu-west-1`.
    pub name: &'static str,
    /// The place, as the AWS console writes it.
    pub location: &'static str,
    /// Whether an account must enable the region before it can be used.
    /// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>
    pub opt_in: bool,
    /// The region whose STS is called for roles used here; one that is enabled in every account.
    sts: &'static str,
    /// Whether CloudFormation can make SES's configuration sets there.
    stack: bool,
    /// Whether SES publishes its DKIM keys in a zone of the region's own.
    /// <https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains>
    dkim_zone: bool,
}

const fn always(name: &'static str, location: &'static str) -> RegionInfo {
    RegionInfo { name, location, opt_in: false, sts: name, stack: true, dkim_zone: false }
}

const fn opt_in(name: &'static str, location: &'static str, sts: &'static str) -> RegionInfo {
    RegionInfo { name, location, opt_in: true, sts, stack: true, dkim_zone: false }
}

/// A region with a zone of its own for DKIM keys.
const fn own_zone(mut info: RegionInfo) -> RegionInfo {
    info.dkim_zone = true;
    info
}

/// A region where SES is there and CloudFormation doesn't know it.
const fn without_stack(mut info: RegionInfo) -> RegionInfo {
    info.stack = false;
    info
}

/// The first 21 are the regions of the product page in its order, the others came to SES later. An opt-in region names the
/// near region that takes its STS calls.
static REGIONS: [RegionInfo; 33] = [
    always("us-east-1", "US East (N. Virginia)"),
    always("us-east-2", "US East (Ohio)"),
    always("us-west-1", "US West (N. California)"),
    always("us-west-2", "US West (Oregon)"),
    own_zone(opt_in("af-south-1", "Africa (Cape Town)", "eu-west-1")),
    always("ap-south-1", "Asia Pacific (Mumbai)"),
    always("ap-northeast-1", "Asia Pacific (Tokyo)"),
    always("ap-northeast-2", "Asia Pacific (Seoul)"),
    own_zone(always("ap-northeast-3", "Asia Pacific (Osaka)")),
    always("ap-southeast-1", "Asia Pacific (Singapore)"),
    always("ap-southeast-2", "Asia Pacific (Sydney)"),
    always("ca-central-1", "Canada (Central)"),
    always("eu-central-1", "Europe (Frankfurt)"),
    always("eu-west-1", "Europe (Ireland)"),
    always("eu-west-2", "Europe (London)"),
    always("eu-west-3", "Europe (Paris)"),
    own_zone(opt_in("eu-south-1", "Europe (Milan)", "eu-central-1")),
    always("eu-north-1", "Europe (Stockholm)"),
    own_zone(opt_in("il-central-1", "Israel (Tel Aviv)", "eu-central-1")),
    opt_in("me-south-1", "Middle East (Bahrain)", "eu-central-1"),
    always("sa-east-1", "South America (Sao Paulo)"),
    without_stack(opt_in("ap-east-2", "Asia Pacific (Taipei)", "ap-northeast-1")),
    own_zone(opt_in("ap-south-2", "Asia Pacific (Hyderabad)", "ap-south-1")),
    own_zone(opt_in("ap-southeast-3", "Asia Pacific (Jakarta)", "ap-southeast-1")),
    without_stack(opt_in("ap-southeast-4", "Asia Pacific (Melbourne)", "ap-southeast-2")),
    own_zone(opt_in("ap-southeast-5", "Asia Pacific (Malaysia)", "ap-southeast-1")),
    without_stack(opt_in("ap-southeast-6", "Asia Pacific (New Zealand)", "ap-southeast-2")),
    without_stack(opt_in("ap-southeast-7", "Asia Pacific (Thailand)", "ap-southeast-1")),
    own_zone(opt_in("ca-west-1", "Canada West (Calgary)", "ca-central-1")),
    own_zone(opt_in("eu-central-2", "Europe (Zurich)", "eu-central-1")),
    without_stack(opt_in("eu-south-2", "Europe (Spain)", "eu-west-3")),
    own_zone(opt_in("me-central-1", "Middle East (UAE)", "eu-central-1")),
    without_stack(opt_in("mx-central-1", "Mexico (Central)", "us-east-2")),
];

/// A region where Amazon SES v2 is available.
///
/// ```
/// use aws_sans_io::Region;
/// let milan: Region = "eu-south-1".parse().unwrap();
/// assert_eq!((milan.location(), milan.is_opt_in(), milan.sts_region().name()), ("Europe (Milan)", true, "eu-central-1"));
/// ```
///
/// <https://docs.aws.amazon.com/general/latest/gr/ses.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct Region(&'static RegionInfo);

impl Region {
    /// Every region, in the order in which a picker shows them.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        REGIONS.iter().map(Self)
    }

    /// The code, such as `eu-west-1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The place, such as `Europe (Ireland)`.
    #[must_use]
    pub const fn location(self) -> &'static str {
        self.0.location
    }

    /// Whether an account must enable the region before it can be used.
    #[must_use]
    pub const fn is_opt_in(self) -> bool {
        self.0.opt_in
    }

    /// Whether the stack can be made here; if not, a role made by hand or by a stack elsewhere still works.
    #[must_use]
    pub const fn supports_stack(self) -> bool {
        self.0.stack
    }

    /// Where SES publishes its DKIM keys, where SES itself doesn't say.
    ///
    /// <https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains>
    #[must_use]
    pub fn dkim_zone(self) -> String {
        if self.0.dkim_zone {
            format!("dkim.{}.amazonses.com", self.name())
        } else {
            "dkim.amazonses.com".to_owned()
        }
    }

    /// The region whose STS is called for roles used here.
    #[must_use]
    pub fn sts_region(self) -> Self {
        // The fallback is unreachable: a test looks up every entry of the table.
        self.0.sts.parse().unwrap_or(self)
    }
}

impl FromStr for Region {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        REGIONS.iter().find(|info| info.name == text).map(Self).ok_or(ValidationError::Region)
    }
}

impl TryFrom<String> for Region {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse()
    }
}

impl From<Region> for &'static str {
    fn from(region: Region) -> Self {
        region.name()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_calls_sts_where_every_account_may() {
        for info in &REGIONS {
            let sts: Region = info.sts.parse().expect("the table names a region that it holds");
            assert!(!sts.is_opt_in(), "{} calls STS in {sts}, which is opt-in", info.name);
        }
    }

    #[test]
    fn a_region_enabled_everywhere_calls_its_own_sts() {
        assert!(
            Region::all().filter(|region| !region.is_opt_in()).all(|region| region.sts_region() == region)
        );
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Region::all().map(Region::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 33);
    }

    #[test]
    fn a_name_that_only_begins_like_a_region_is_refused() {
        for wrong in ["", "eu-west-1 ", "EU-WEST-1", "eu-west-1.evil.example", "eu-west-9", "cn-north-1"] {
            assert_eq!(wrong.parse::<Region>(), Err(ValidationError::Region), "{wrong:?}");
        }
    }
}
