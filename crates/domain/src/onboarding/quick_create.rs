//! Quick-create links, which open CloudFormation's stack page with all values filled in.

use aws_sans_io::Region;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{StackId, TemplateUrl};

/// The characters to encode: all but RFC 3986's unreserved ones.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const PAGE: &str = "#/stacks/quickcreate?";

/// The values of a quick-create link.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickCreateLink {
    pub region: Region,
    /// The URL of the template in S3.
    pub template_url: String,
    pub stack_name: String,
    /// Names and values of the stack's parameters, in the order of the link.
    pub parameters: Vec<(String, String)>,
}

/// Returns the origin of the AWS console for a region.
#[must_use]
pub fn console_origin(region: Region) -> String {
    format!("https://{region}.console.aws.amazon.com")
}

/// Returns the URL of the page that updates a stack to another template and keeps its parameters. AWS doesn't document the page.
#[must_use]
pub(super) fn update_url(console_origin: &str, stack: &StackId, template: &TemplateUrl) -> String {
    let encode = |value| utf8_percent_encode(value, VALUE);
    format!(
        "{console_origin}/cloudformation/home?region={}#/stacks/update/template?stackId={}&templateURL={}",
        stack.region(),
        encode(stack.as_str()),
        encode(template.as_str())
    )
}

impl QuickCreateLink {
    /// Returns the URL, at the AWS console or a mock of it.
    #[must_use]
    pub fn to_url(&self, console_origin: &str) -> String {
        let region = self.region;
        let encode = |value: &str| utf8_percent_encode(value, VALUE).to_string();
        let parameters: String = self
            .parameters
            .iter()
            .flat_map(|(name, value)| ["&param_".to_owned(), encode(name), "=".to_owned(), encode(value)])
            .collect();
        format!(
            "{console_origin}/cloudformation/home?region={region}{PAGE}templateURL={}&stackName={}{parameters}",
            encode(&self.template_url),
            encode(&self.stack_name)
        )
    }

    /// Parses a quick-create URL as the console does. Used by the mock console and tests.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let (page, query) = url.split_once(PAGE)?;
        let (_, region) = page.split_once("/cloudformation/home?region=")?;
        let (mut template_url, mut stack_name, mut parameters) = (None, None, Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (&*name, name.strip_prefix("param_")) {
                ("templateURL", _) => template_url = Some(value.into_owned()),
                ("stackName", _) => stack_name = Some(value.into_owned()),
                (_, Some(parameter)) => parameters.push((parameter.to_owned(), value.into_owned())),
                _ => return None,
            }
        }
        Some(Self {
            region: region.parse().ok()?,
            template_url: template_url?,
            stack_name: stack_name?,
            parameters,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn the_url_has_the_documented_form() {
        let link = QuickCreateLink {
            region: "eu-west-1".parse().unwrap(),
            template_url: "https://bucket.s3.amazonaws.com/a b.json".into(),
            stack_name: "kraiter-ses-mxk7".into(),
            parameters: vec![("WebhookUrl".into(), "https://a.example/x?y=1&z".into())],
        };
        assert_eq!(
            link.to_url(&console_origin(link.region)),
            "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/quickcreate?\
             templateURL=https%3A%2F%2Fbucket.s3.amazonaws.com%2Fa%20b.json&stackName=kraiter-ses-mxk7&\
             param_WebhookUrl=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z"
        );
    }

    proptest! {
        #[test]
        fn every_value_survives_the_url(
            template_url in "\\PC{1,40}",
            stack_name in "\\PC{1,40}",
            parameters in vec(("[A-Za-z]{1,9}", "\\PC{0,40}"), 0..5),
        ) {
            let link = QuickCreateLink { region: "us-east-1".parse().unwrap(), template_url, stack_name, parameters };
            prop_assert_eq!(QuickCreateLink::parse(&link.to_url("http://127.0.0.1:1")), Some(link));
        }
    }
}
