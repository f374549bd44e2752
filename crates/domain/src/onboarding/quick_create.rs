//! The link that opens CloudFormation's page with everything filled in.

use aws_sans_io::Region;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters is encoded.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const PAGE: &str = "#/stacks/quickcreate?";

/// What the page is given: the region, the template, the stack's name and its parameters.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickCreate {
    /// The region of the stack.
    pub region: Region,
    /// Where the template lies; it must be in S3.
    pub template_url: String,
    /// The stack's name.
    pub stack_name: String,
    /// The parameters, by name, in the order of the link.
    pub parameters: Vec<(String, String)>,
}

/// The origin of the AWS console for a region.
#[must_use]
pub fn console_origin(region: Region) -> String {
    format!("https://{region}.console.aws.amazon.com")
}

impl QuickCreate {
    /// The link, at the AWS console or at what stands in for it.
    #[must_use]
    pub fn link(&self, console_origin: &str) -> String {
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

    /// Reads a link as the console does; `None` where it isn't one. For what stands in for the console, and for tests.
    #[must_use]
    pub fn parse(link: &str) -> Option<Self> {
        let (page, query) = link.split_once(PAGE)?;
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
    fn the_link_is_the_documented_one() {
        let quick_create = QuickCreate {
            region: "eu-west-1".parse().unwrap(),
            template_url: "https://bucket.s3.amazonaws.com/a b.json".into(),
            stack_name: "kraiter-ses-mxk7".into(),
            parameters: vec![("WebhookUrl".into(), "https://a.example/x?y=1&z".into())],
        };
        assert_eq!(
            quick_create.link(&console_origin(quick_create.region)),
            "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/quickcreate?\
             templateURL=https%3A%2F%2Fbucket.s3.amazonaws.com%2Fa%20b.json&stackName=kraiter-ses-mxk7&\
             param_WebhookUrl=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z"
        );
    }

    proptest! {
        #[test]
        fn every_value_arrives_as_it_was_sent(
            template_url in "\\PC{1,40}",
            stack_name in "\\PC{1,40}",
            parameters in vec(("[A-Za-z]{1,9}", "\\PC{0,40}"), 0..5),
        ) {
            let sent = QuickCreate { region: "us-east-1".parse().unwrap(), template_url, stack_name, parameters };
            prop_assert_eq!(QuickCreate::parse(&sent.link("http://127.0.0.1:1")), Some(sent));
        }
    }
}
