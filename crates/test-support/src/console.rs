//! A mock of the AWS console's quick-create page. [`QuickCreate`] follows a quick-create link and creates the stack, as a customer
//! would; [`Console`] serves the page to a person or a browser test.

mod contents;
mod role;
mod server;
mod stack;
mod topic;

pub use server::{Console, Options};

use std::time::Duration;

use aws_sans_io::Region;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{
    Error, Result,
    customer::{Customer, Stack},
};

/// A stack takes a minute in AWS and two seconds in the emulator.
const STACK_TIMEOUT: Duration = Duration::from_mins(1);

/// The attribute of a subscription with its delivery policy.
const DELIVERY_POLICY: &str = "DeliveryPolicy";

/// The page with the link's values. A customer can edit every value before creating the stack, and so can a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickCreate {
    pub region: Region,
    pub template_url: String,
    pub stack_name: String,
    /// The template's parameters as `(name, value)`.
    pub parameters: Vec<(String, String)>,
}

impl QuickCreate {
    /// Parses a link like the console does: the region from the query, the rest from the query inside the fragment.
    ///
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html>
    pub fn open(link: &str) -> Result<Self> {
        let invalid = |why: &str| Error::Unexpected(format!("the quick-create link {why}: {link}"));
        let url = Url::parse(link).map_err(|error| invalid(&error.to_string()))?;
        if !url.path().ends_with("/cloudformation/home") {
            return Err(invalid("does not open CloudFormation"));
        }
        let region =
            url.query_pairs().find(|(name, _)| name == "region").ok_or_else(|| invalid("has no region"))?.1;
        let fragment = url.fragment().ok_or_else(|| invalid("has no fragment"))?;
        let query = fragment
            .strip_prefix("/stacks/quickcreate?")
            .or_else(|| fragment.strip_prefix("/stacks/create/review?"))
            .ok_or_else(|| invalid("does not open the quick-create page"))?;
        let mut page = Self {
            region: region.parse().map_err(|error| invalid(&format!("has an invalid region: {error}")))?,
            template_url: String::new(),
            stack_name: String::new(),
            parameters: Vec::new(),
        };
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').ok_or_else(|| invalid("has a name without a value"))?;
            let decode =
                |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
            let (name, value) = decode(name)
                .and_then(|name| Ok((name, decode(value)?)))
                .map_err(|_| invalid("is not UTF-8"))?;
            match name.as_str() {
                "templateURL" => page.template_url = value,
                "stackName" => page.stack_name = value,
                other => match other.strip_prefix("param_") {
                    Some(parameter) => page.parameters.push((parameter.to_owned(), value)),
                    None => return Err(invalid(&format!("has \"{other}\", which the page ignores"))),
                },
            }
        }
        if page.template_url.is_empty() || page.stack_name.is_empty() {
            return Err(invalid("has no templateURL or no stackName"));
        }
        Ok(page)
    }

    /// Returns the value of a template parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Reads the template from S3 with the customer's keys, like CloudFormation does.
    pub fn template(&self, customer: &Customer) -> Result<String> {
        let object = customer.get_object(self.region, &self.template_url)?;
        String::from_utf8(object.into()).map_err(|_| Error::Unexpected("the template is not UTF-8".into()))
    }

    /// Creates the stack, with the check box for IAM resources ticked, and waits until it is complete.
    pub fn create_stack(&self, customer: &Customer) -> Result<Stack> {
        self.submit(customer)?;
        let stack = self.wait(customer)?;
        self.recreate_subscriptions(customer)?;
        Ok(stack)
    }

    /// Starts creating the stack.
    fn submit(&self, customer: &Customer) -> Result<()> {
        let template = self.template(customer)?;
        customer.create_stack(self.region, &self.stack_name, &template, &self.parameters)
    }

    fn wait(&self, customer: &Customer) -> Result<Stack> {
        customer.wait_for_stack(self.region, &self.stack_name, STACK_TIMEOUT)
    }

    /// Deletes each of the stack's subscriptions and creates it again with the SNS API. In AWS, SNS asks every endpoint to
    /// confirm its subscription. The emulator asks only if the SNS API created it, and treats one created by CloudFormation
    /// as confirmed.
    fn recreate_subscriptions(&self, customer: &Customer) -> Result<()> {
        for topic in customer.stack_resources(self.region, &self.stack_name, "AWS::SNS::Topic")? {
            for subscription in customer.subscriptions(self.region, &topic)? {
                if subscription.is_confirmed() {
                    let policy =
                        customer.subscription_attribute(self.region, &subscription.arn, DELIVERY_POLICY)?;
                    customer.unsubscribe(self.region, &subscription.arn)?;
                    let arn = customer.subscribe(
                        self.region,
                        &topic,
                        &subscription.protocol,
                        &subscription.endpoint,
                    )?;
                    if let Some(policy) = policy {
                        customer.set_subscription_attribute(self.region, &arn, DELIVERY_POLICY, &policy)?;
                    }
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
    fn a_link_that_the_console_would_reject_is_an_error() {
        for (part, replacement) in [
            ("quickcreate", "create"),
            ("region=eu-west-1#", "#"),
            ("region=eu-west-1#", "region=eu-nowhere-1#"),
            ("stackName", "stackname"),
            ("templateURL=", "templateURL=&x"),
            ("/cloudformation/home", "/cloudfront/home"),
            ("#", "?"),
        ] {
            let link = LINK.replace(part, replacement);
            assert_ne!(link, LINK);
            assert!(QuickCreate::open(&link).is_err(), "{link}");
        }
    }
}
