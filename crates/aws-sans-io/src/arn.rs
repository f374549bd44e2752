//! ARNs of IAM roles and SNS topics.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};

use super::{AccountId, Region};
use crate::ValidationError;

/// The ARN of an IAM role: `arn:aws:iam::<account>:role/<path><name>`.
///
/// IAM allows up to 512 characters in the path and 64 in the name.
///
/// ```
/// use aws_sans_io::RoleArn;
///
/// let role: RoleArn = "arn:aws:iam::123456789012:role/ExampleRole".parse()?;
/// assert_eq!(role.account().as_str(), "123456789012");
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct RoleArn {
    text: String,
    account: AccountId,
}

impl RoleArn {
    /// Returns the whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the account that owns the role.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }
}

impl FromStr for RoleArn {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let text = text.trim();
        let rest = text.strip_prefix("arn:aws:iam::").ok_or(ValidationError::RoleArn)?;
        let (account, resource) = rest.split_once(':').ok_or(ValidationError::RoleArn)?;
        let account = AccountId::from_digits(account).map_err(|_| ValidationError::RoleArn)?;
        let path_and_name = resource.strip_prefix("role/").ok_or(ValidationError::RoleArn)?;
        let (path, name) = path_and_name.rsplit_once('/').unwrap_or(("", path_and_name));
        let is_valid_name = (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte));
        let is_valid_path = path.len() <= 510 && path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if is_valid_name && is_valid_path {
            Ok(Self { text: text.to_owned(), account })
        } else {
            Err(ValidationError::RoleArn)
        }
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The ARN of an SNS topic: `arn:aws:sns:<region>:<account>:<name>`.
///
/// The name has up to 256 letters, digits, hyphens and underscores. FIFO topics end in `.fifo`.
///
/// ```
/// use aws_sans_io::TopicArn;
///
/// let topic: TopicArn = "arn:aws:sns:eu-west-1:123456789012:example-events".parse()?;
/// assert_eq!(topic.region().name(), "eu-west-1");
/// # Ok::<(), aws_sans_io::ValidationError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html)
#[derive(Clone, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct TopicArn {
    text: String,
    region: Region,
    account: AccountId,
}

impl TopicArn {
    /// Returns the whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the region of the topic.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    /// Returns the account that owns the topic.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }
}

/// Splits `arn:aws:<service>:<region>:<account>:<resource>`. Returns `None` if the text is no ARN of the service, or if its region or
/// account isn't valid. The resource is not validated.
///
/// ```
/// use aws_sans_io::split_regional_arn;
///
/// let (region, account, resource) =
///     split_regional_arn("arn:aws:sns:eu-west-1:123456789012:events", "sns").unwrap();
/// assert_eq!((region.name(), account.as_str(), resource), ("eu-west-1", "123456789012", "events"));
/// assert!(split_regional_arn("arn:aws:sqs:eu-west-1:123456789012:events", "sns").is_none());
/// ```
#[must_use]
pub fn split_regional_arn<'a>(arn: &'a str, service: &str) -> Option<(Region, AccountId, &'a str)> {
    let rest = arn.strip_prefix("arn:aws:")?.strip_prefix(service)?.strip_prefix(':')?;
    let mut parts = rest.splitn(3, ':');
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    Some((region.parse().ok()?, AccountId::from_digits(account).ok()?, resource))
}

impl FromStr for TopicArn {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let text = text.trim();
        let (region, account, name) = split_regional_arn(text, "sns").ok_or(ValidationError::TopicArn)?;
        let stem = name.strip_suffix(".fifo").unwrap_or(name);
        let is_valid_name = !stem.is_empty()
            && name.len() <= 256
            && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if is_valid_name {
            Ok(Self { text: text.to_owned(), region, account })
        } else {
            Err(ValidationError::TopicArn)
        }
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_role_arn_has_an_account_and_keeps_its_path() {
        let arn: RoleArn = "arn:aws:iam::123456789012:role/team/mail/Example+SES=Role".parse().unwrap();
        assert_eq!(arn.account().as_str(), "123456789012");
        assert_eq!(arn.to_string(), "arn:aws:iam::123456789012:role/team/mail/Example+SES=Role");
    }

    #[test]
    fn other_arns_are_not_role_arns() {
        for invalid in [
            "",
            "arn:aws:iam::123456789012:user/someone",
            "arn:aws:iam:eu-west-1:123456789012:role/x",
            "arn:aws-cn:iam::123456789012:role/x",
            "arn:aws:iam::12345678901:role/x",
            "arn:aws:iam::1234-5678-9012:role/x",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a b",
            "arn:aws:iam::123456789012:role/a\nb/c",
            "arn:aws:sts::123456789012:assumed-role/x/y",
        ] {
            assert_eq!(invalid.parse::<RoleArn>(), Err(ValidationError::RoleArn), "{invalid:?}");
        }
        let long = format!("arn:aws:iam::123456789012:role/{}", "x".repeat(65));
        assert_eq!(long.parse::<RoleArn>(), Err(ValidationError::RoleArn));
    }

    #[test]
    fn a_topic_arn_has_a_region_and_an_account() {
        let arn: TopicArn = "arn:aws:sns:eu-west-1:123456789012:example-events".parse().unwrap();
        assert_eq!(arn.region().name(), "eu-west-1");
        assert_eq!(arn.account().as_str(), "123456789012");
    }

    #[test]
    fn white_space_around_an_arn_is_removed() {
        let arn: RoleArn = " arn:aws:iam::123456789012:role/Example\r\n".parse().unwrap();
        assert_eq!(arn.as_str(), "arn:aws:iam::123456789012:role/Example");
        let arn: TopicArn = "\tarn:aws:sns:eu-west-1:123456789012:a\n".parse().unwrap();
        assert_eq!(arn.as_str(), "arn:aws:sns:eu-west-1:123456789012:a");
    }

    #[test]
    fn other_arns_are_not_topic_arns() {
        for invalid in [
            "arn:aws:sns:eu-west-1:123456789012",
            "arn:aws:sns:eu-west-1:123456789012:",
            "arn:aws:sns:eu-west-1:123456789012:a:b",
            "arn:aws:sns:eu-west-1.evil.com:123456789012:a",
            "arn:aws:sqs:eu-west-1:123456789012:a",
        ] {
            assert_eq!(invalid.parse::<TopicArn>(), Err(ValidationError::TopicArn), "{invalid:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_keeps_valid_text(text in "\\PC{0,80}|arn:aws:iam::[0-9]{12}:role/[a-z/]{0,9}") {
            if let Ok(arn) = text.parse::<RoleArn>() {
                prop_assert_eq!(arn.as_str(), text.trim());
            }
            let _ = text.parse::<TopicArn>().map(|arn| assert_eq!(arn.as_str(), text.trim()));
        }
    }
}
