//! AWS regions where Amazon SES v2 is available.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::ValidationError;

#[derive(Debug, PartialEq, Eq, Hash)]
struct RegionInfo {
    /// Never changed or given to another region: it is stored.
    number: u8,
    name: &'static str,
    location: &'static str,
    opt_in: bool,
    /// Region of the STS endpoint. It is enabled in every account.
    sts: &'static str,
    cloudformation: bool,
    /// Whether Easy DKIM keys are in a DNS zone of the region.
    regional_dkim_zone: bool,
}

const fn default_enabled(number: u8, name: &'static str, location: &'static str) -> RegionInfo {
    RegionInfo {
        number,
        name,
        location,
        opt_in: false,
        sts: name,
        cloudformation: true,
        regional_dkim_zone: false,
    }
}

const fn opt_in(number: u8, name: &'static str, location: &'static str, sts: &'static str) -> RegionInfo {
    RegionInfo { number, name, location, opt_in: true, sts, cloudformation: true, regional_dkim_zone: false }
}

const fn regional_zone(mut info: RegionInfo) -> RegionInfo {
    info.regional_dkim_zone = true;
    info
}

const fn no_cloudformation(mut info: RegionInfo) -> RegionInfo {
    info.cloudformation = false;
    info
}

/// In the order of the SES product page, then the regions that SES added later. An opt-in region uses the STS endpoint of a nearby
/// region that is enabled by default.
static REGIONS: [RegionInfo; 33] = [
    default_enabled(1, "us-east-1", "US East (N. Virginia)"),
    default_enabled(2, "us-east-2", "US East (Ohio)"),
    default_enabled(3, "us-west-1", "US West (N. California)"),
    default_enabled(4, "us-west-2", "US West (Oregon)"),
    regional_zone(opt_in(5, "af-south-1", "Africa (Cape Town)", "eu-west-1")),
    default_enabled(6, "ap-south-1", "Asia Pacific (Mumbai)"),
    default_enabled(7, "ap-northeast-1", "Asia Pacific (Tokyo)"),
    default_enabled(8, "ap-northeast-2", "Asia Pacific (Seoul)"),
    regional_zone(default_enabled(9, "ap-northeast-3", "Asia Pacific (Osaka)")),
    default_enabled(10, "ap-southeast-1", "Asia Pacific (Singapore)"),
    default_enabled(11, "ap-southeast-2", "Asia Pacific (Sydney)"),
    default_enabled(12, "ca-central-1", "Canada (Central)"),
    default_enabled(13, "eu-central-1", "Europe (Frankfurt)"),
    default_enabled(14, "eu-west-1", "Europe (Ireland)"),
    default_enabled(15, "eu-west-2", "Europe (London)"),
    default_enabled(16, "eu-west-3", "Europe (Paris)"),
    regional_zone(opt_in(17, "eu-south-1", "Europe (Milan)", "eu-central-1")),
    default_enabled(18, "eu-north-1", "Europe (Stockholm)"),
    regional_zone(opt_in(19, "il-central-1", "Israel (Tel Aviv)", "eu-central-1")),
    opt_in(20, "me-south-1", "Middle East (Bahrain)", "eu-central-1"),
    default_enabled(21, "sa-east-1", "South America (Sao Paulo)"),
    no_cloudformation(opt_in(22, "ap-east-2", "Asia Pacific (Taipei)", "ap-northeast-1")),
    regional_zone(opt_in(23, "ap-south-2", "Asia Pacific (Hyderabad)", "ap-south-1")),
    regional_zone(opt_in(24, "ap-southeast-3", "Asia Pacific (Jakarta)", "ap-southeast-1")),
    no_cloudformation(opt_in(25, "ap-southeast-4", "Asia Pacific (Melbourne)", "ap-southeast-2")),
    regional_zone(opt_in(26, "ap-southeast-5", "Asia Pacific (Malaysia)", "ap-southeast-1")),
    no_cloudformation(opt_in(27, "ap-southeast-6", "Asia Pacific (New Zealand)", "ap-southeast-2")),
    no_cloudformation(opt_in(28, "ap-southeast-7", "Asia Pacific (Thailand)", "ap-southeast-1")),
    regional_zone(opt_in(29, "ca-west-1", "Canada West (Calgary)", "ca-central-1")),
    regional_zone(opt_in(30, "eu-central-2", "Europe (Zurich)", "eu-central-1")),
    no_cloudformation(opt_in(31, "eu-south-2", "Europe (Spain)", "eu-west-3")),
    regional_zone(opt_in(32, "me-central-1", "Middle East (UAE)", "eu-central-1")),
    no_cloudformation(opt_in(33, "mx-central-1", "Mexico (Central)", "us-east-2")),
];

/// An AWS region where Amazon SES v2 is available.
///
/// ```
/// use aws_sans_io::Region;
///
/// let milan: Region = "eu-south-1".parse()?;
/// assert_eq!(milan.location(), "Europe (Milan)");
/// assert!(milan.is_opt_in());
/// assert_eq!(milan.sts_region().name(), "eu-central-1");
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/general/latest/gr/ses.html)
#[derive(Clone, Copy, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct Region(&'static RegionInfo);

impl Region {
    /// Returns every region, in display order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        REGIONS.iter().map(Self)
    }

    /// Returns the code, such as `eu-west-1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns a number that always stands for this region, to store it in one byte. It isn't AWS's.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0.number
    }

    /// Returns the region with this [number](Self::number).
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::all().find(|region| region.number() == number)
    }

    /// Returns the name in the AWS console, such as `Europe (Ireland)`.
    #[must_use]
    pub const fn location(self) -> &'static str {
        self.0.location
    }

    /// Returns whether an account must
    /// [enable the region](https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html) before using it.
    #[must_use]
    pub const fn is_opt_in(self) -> bool {
        self.0.opt_in
    }

    /// Returns whether AWS CloudFormation supports SES resources in the region.
    #[must_use]
    pub const fn supports_cloudformation(self) -> bool {
        self.0.cloudformation
    }

    /// Returns the [DNS zone of Easy DKIM keys](https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains).
    ///
    /// Prefer the zone in a response of SES: see [`DkimAttributes::hosted_zone`](crate::ses::DkimAttributes::hosted_zone).
    #[must_use]
    pub fn dkim_zone(self) -> String {
        if self.0.regional_dkim_zone {
            format!("dkim.{}.amazonses.com", self.name())
        } else {
            "dkim.amazonses.com".to_owned()
        }
    }

    /// Returns the region of the STS endpoint to call for this region. It is enabled in every account.
    #[must_use]
    pub fn sts_region(self) -> Self {
        // The fallback is unreachable: a test checks every entry of the table.
        self.0.sts.parse().unwrap_or(self)
    }

    /// Returns the region to call STS in if the role's account has not activated STS in [`sts_region`](Self::sts_region). STS can't be
    /// deactivated in us-east-1.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html)
    #[must_use]
    pub fn sts_fallback(self) -> Option<Self> {
        "us-east-1".parse().ok().filter(|fallback| *fallback != self.sts_region())
    }
}

impl FromStr for Region {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        REGIONS.iter().find(|info| info.name == text).map(Self).ok_or(ValidationError::Region)
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
    fn the_sts_region_is_enabled_in_every_account() {
        for info in &REGIONS {
            let sts: Region = info.sts.parse().expect("the STS region is in the table");
            assert!(!sts.is_opt_in(), "{} uses STS in {sts}, which is opt-in", info.name);
        }
    }

    #[test]
    fn a_region_that_is_enabled_by_default_uses_its_own_sts() {
        assert!(
            Region::all().filter(|region| !region.is_opt_in()).all(|region| region.sts_region() == region)
        );
    }

    #[test]
    fn sts_falls_back_to_us_east_1() {
        let fallback = |name: &str| name.parse::<Region>().unwrap().sts_fallback().map(Region::name);
        assert_eq!(fallback("eu-south-1"), Some("us-east-1"));
        assert_eq!(fallback("us-east-1"), None);
    }

    #[test]
    fn region_codes_are_unique() {
        let mut names: Vec<_> = Region::all().map(Region::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 33);
    }

    #[test]
    fn a_number_stands_for_one_region() {
        assert!(Region::all().all(|region| Region::from_number(region.number()) == Some(region)));
        assert_eq!(Region::from_number(0), None);
        assert_eq!(Region::from_number(14).map(Region::name), Some("eu-west-1"));
        assert_eq!(Region::from_number(33).map(Region::name), Some("mx-central-1"));
    }

    #[test]
    fn similar_names_are_not_regions() {
        for invalid in ["", "eu-west-1 ", "EU-WEST-1", "eu-west-1.evil.example", "eu-west-9", "cn-north-1"] {
            assert_eq!(invalid.parse::<Region>(), Err(ValidationError::Region), "{invalid:?}");
        }
    }
}
