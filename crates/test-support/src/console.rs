//! The AWS console's quick-create page: what a customer does who follows the link and presses "Create stack". [`QuickCreate`] does
//! it by itself; [`Console`] shows the page to a person or a browser test.

mod contents;
mod role;
mod server;
mod stack;
mod topic;

pub use server::{Console, Options};

use std::time::Duration;

use kraiter_core::aws::Region;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{
    Error, Result,
    customer::{Customer, Stack},
};

/// A real stack takes a minute, the emulator's two seconds.
const DEADLINE: Duration = Duration::from_mins(1);

/// The page as the link fills it in. A customer can edit every value before the stack is created: so can a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickCreate {
    /// The region that the console is opened in.
    pub region: Region,
    /// Where CloudFormation gets the template from.
    pub template_url: String,
    /// The stack's name.
    pub stack_name: String,
    /// The template's parameters, as `(name, value)`.
    pub parameters: Vec<(String, String)>,
}

impl QuickCreate {
    /// Reads a link as the console does: the region from the query, the rest from the query inside the fragment.
    ///
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html>
    ///
    /// # Errors
    /// Where the link isn't one that the console takes.
    pub fn open(link: &str) -> Result<Self> {
        let wrong = |why: &str| Error::Unexpected(format!("the quick-create link {why}: {link}"));
        let url = Url::parse(link).map_err(|error| wrong(&error.to_string()))?;
        if !url.path().ends_with("/cloudformation/home") {
            return Err(wrong("isn't CloudFormation's page"));
        }
        let region =
            url.query_pairs().find(|(name, _)| name == "region").ok_or_else(|| wrong("has no region"))?.1;
        let fragment = url.fragment().ok_or_else(|| wrong("has no fragment"))?;
        let query = fragment
            .strip_prefix("/stacks/quickcreate?")
            .or_else(|| fragment.strip_prefix("/stacks/create/review?"))
            .ok_or_else(|| wrong("doesn't open the quick-create page"))?;
        let mut page = Self {
            region: region.parse().map_err(|error| wrong(&format!("names a region: {error}")))?,
            template_url: String::new(),
            stack_name: String::new(),
            parameters: Vec::new(),
        };
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').ok_or_else(|| wrong("has a name without a value"))?;
            let decode =
                |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
            let (name, value) = decode(name)
                .and_then(|name| Ok((name, decode(value)?)))
                .map_err(|_| wrong("holds what isn't UTF-8"))?;
            match name.as_str() {
                "templateURL" => page.template_url = value,
                "stackName" => page.stack_name = value,
                other => match other.strip_prefix("param_") {
                    Some(parameter) => page.parameters.push((parameter.to_owned(), value)),
                    None => return Err(wrong(&format!("has `{other}`, which the page ignores"))),
                },
            }
        }
        if page.template_url.is_empty() || page.stack_name.is_empty() {
            return Err(wrong("lacks templateURL or stackName"));
        }
        Ok(page)
    }

    /// The value of a template parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The template behind the link, read from S3 with the customer's keys, as CloudFormation does.
    ///
    /// # Errors
    /// Where S3 refuses or the object isn't text.
    pub fn template(&self, customer: &Customer) -> Result<String> {
        let object = customer.get_object(self.region, &self.template_url)?;
        String::from_utf8(object.into()).map_err(|_| Error::Unexpected("the template isn't UTF-8".into()))
    }

    /// Presses "Create stack", the check box for IAM resources ticked, and waits until the stack is complete.
    ///
    /// # Errors
    /// Where AWS refuses, the stack fails, or it isn't complete within a minute.
    pub fn create_stack(&self, customer: &Customer) -> Result<Stack> {
        self.begin(customer)?;
        let stack = self.wait(customer)?;
        self.let_sns_ask_for_confirmation(customer)?;
        Ok(stack)
    }

    /// Only presses "Create stack".
    fn begin(&self, customer: &Customer) -> Result<()> {
        let template = self.template(customer)?;
        customer.create_stack(self.region, &self.stack_name, &template, &self.parameters)
    }

    /// Waits until the stack is complete.
    fn wait(&self, customer: &Customer) -> Result<Stack> {
        customer.wait_for_stack(self.region, &self.stack_name, DEADLINE)
    }

    /// Stands in for AWS, where SNS asks the endpoint of a subscription to confirm it whoever makes the subscription. The
    /// emulator asks only when it is made by the SNS API and takes one that CloudFormation makes as confirmed. So each of
    /// the stack's subscriptions is ended and made again by the API.
    fn let_sns_ask_for_confirmation(&self, customer: &Customer) -> Result<()> {
        for topic in customer.stack_resources(self.region, &self.stack_name, "AWS::SNS::Topic")? {
            for subscription in customer.subscriptions(self.region, &topic)? {
                if subscription.is_confirmed() {
                    customer.unsubscribe(self.region, &subscription.arn)?;
                    customer.subscribe(
                        self.region,
                        &topic,
                        &subscription.protocol,
                        &subscription.endpoint,
                    )?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/quickcreate?templateURL=https%3A%2F%2Fb.s3.amazonaws.com%2Ft.yaml&stackName=Kraiter&param_ExternalId=ab12-x%2By&param_WebhookUrl=https%3A%2F%2Fk.example%2Fwebhooks%2Fsns%2Ft";

    #[test]
    fn a_link_fills_in_the_page() {
        let page = QuickCreate::open(LINK).unwrap();
        assert_eq!(page.region.name(), "eu-west-1");
        assert_eq!(page.template_url, "https://b.s3.amazonaws.com/t.yaml");
        assert_eq!(page.stack_name, "Kraiter");
        assert_eq!(page.parameter("ExternalId"), Some("ab12-x+y"));
        assert_eq!(page.parameter("WebhookUrl"), Some("https://k.example/webhooks/sns/t"));
        assert_eq!(page.parameter("Other"), None);
    }

    #[test]
    fn a_link_that_the_console_would_not_understand_is_refused() {
        for (part, instead) in [
            ("quickcreate", "create"),
            ("region=eu-west-1#", "#"),
            ("region=eu-west-1#", "region=eu-nowhere-1#"),
            ("stackName", "stackname"),
            ("templateURL=", "templateURL=&x"),
            ("/cloudformation/home", "/cloudfront/home"),
            ("#", "?"),
        ] {
            let link = LINK.replace(part, instead);
            assert_ne!(link, LINK);
            assert!(QuickCreate::open(&link).is_err(), "{link}");
        }
    }
}
