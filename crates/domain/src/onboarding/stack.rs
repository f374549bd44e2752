//! CloudFormation stacks that customers have created.

use std::{fmt, str::FromStr};

use aws_sans_io::{AccountId, Region, split_regional_arn};
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use super::{TemplateUrl, TemplateVersion, quick_create};
use crate::ValidationError;

/// A stack, as its webhook URL names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    pub id: StackId,
    pub template_version: TemplateVersion,
}

impl Stack {
    /// Returns the page of the AWS console that updates the stack to the published template, or `None` if it has that template.
    #[must_use]
    pub fn update_url(&self, published: &TemplateUrl, console_origin: &str) -> Option<String> {
        (self.template_version != *published.version())
            .then(|| quick_create::update_url(console_origin, &self.id, published))
    }
}

/// The ID of a stack, which is its ARN: `arn:aws:cloudformation:<region>:<account>:stack/<name>/<unique ID>`.
#[derive(Clone, Debug, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub struct StackId {
    text: String,
    region: Region,
    account: AccountId,
}

impl StackId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }
}

impl FromStr for StackId {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let parse = || {
            let (region, account, resource) = split_regional_arn(text, "cloudformation")?;
            let (name, id) = resource.strip_prefix("stack/")?.split_once('/')?;
            let is_valid = |part: &str| {
                (1..=128).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            };
            (is_valid(name) && is_valid(id)).then_some(Self { text: text.to_owned(), region, account })
        };
        parse().ok_or(ValidationError::StackId)
    }
}

impl fmt::Display for StackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(feature = "schemars")]
crate::text_schema!(
    StackId,
    "StackId",
    "^arn:aws:cloudformation:[a-z0-9-]+:[0-9]{12}:stack/[A-Za-z0-9-]{1,128}/[A-Za-z0-9-]{1,128}$",
    "arn:aws:cloudformation:eu-west-1:123456789012:stack/kraiter-ses-mxk7/1f2c4d5e-0000-0000-0000-000000000000",
    "The ID of a CloudFormation stack, which is its ARN."
);

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "arn:aws:cloudformation:eu-west-1:123456789012:stack/kraiter-ses-a/1f2c-4d";

    #[test]
    fn only_arns_of_stacks_are_stack_ids() {
        let id: StackId = ID.parse().unwrap();
        assert_eq!((id.region().name(), id.account().as_str()), ("eu-west-1", "123456789012"));
        for invalid in [
            "",
            "kraiter-ses-a",
            "arn:aws:cloudformation:mars:123456789012:stack/a/b",
            "arn:aws:cloudformation:eu-west-1:1:stack/a/b",
            "arn:aws:cloudformation:eu-west-1:1234-5678-9012:stack/a/b",
            "arn:aws:cloudformation:eu-west-1:123456789012:stack/a",
            "arn:aws:cloudformation:eu-west-1:123456789012:stack/a/",
            "arn:aws:cloudformation:eu-west-1:123456789012:stack/a/b&c",
            "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/a/b",
        ] {
            assert_eq!(invalid.parse::<StackId>(), Err(ValidationError::StackId), "{invalid:?}");
        }
    }

    #[test]
    fn a_stack_with_another_template_than_the_published_one_can_be_updated() {
        let published: TemplateUrl =
            "https://b.s3.eu-west-1.amazonaws.com/kraiter-aws-setup-0123456789abcdef.json".parse().unwrap();
        let stack =
            |version: &str| Stack { id: ID.parse().unwrap(), template_version: version.parse().unwrap() };
        assert_eq!(stack("0123456789abcdef").update_url(&published, "https://console"), None);
        assert_eq!(
            stack("fedcba9876543210").update_url(&published, "https://console").unwrap(),
            "https://console/cloudformation/home?region=eu-west-1#/stacks/update/template?\
             stackId=arn%3Aaws%3Acloudformation%3Aeu-west-1%3A123456789012%3Astack%2Fkraiter-ses-a%2F1f2c-4d&\
             templateURL=https%3A%2F%2Fb.s3.eu-west-1.amazonaws.com%2Fkraiter-aws-setup-0123456789abcdef.json"
        );
    }
}
