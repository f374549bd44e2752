//! Amazon Simple Notification Service: topics and subscriptions.

use aws_sans_io::{Region, Service};

use super::{Customer, text};
use crate::Result;

const VERSION: &str = "2010-03-31";

/// A subscription to a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The ARN, or `PendingConfirmation` if the subscription isn't confirmed.
    pub arn: String,
    /// The protocol, such as `https`.
    pub protocol: String,
    pub endpoint: String,
    /// The topic's ARN.
    pub topic: String,
}

impl Subscription {
    /// Returns true if the endpoint has confirmed the subscription.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.arn.starts_with("arn:")
    }
}

impl Customer {
    /// Subscribes an endpoint to a topic and returns the subscription's ARN. SNS posts a SubscriptionConfirmation to the endpoint.
    pub fn subscribe(&self, region: Region, topic: &str, protocol: &str, endpoint: &str) -> Result<String> {
        let parameters = [
            ("TopicArn", topic),
            ("Protocol", protocol),
            ("Endpoint", endpoint),
            // Return the ARN even if the subscription isn't confirmed yet.
            ("ReturnSubscriptionArn", "true"),
        ];
        self.query(Service::Sns, region, "Subscribe", VERSION, &parameters)?.text("SubscriptionArn")
    }

    /// Returns an attribute of a subscription, if it has it.
    pub fn subscription_attribute(
        &self,
        region: Region,
        subscription: &str,
        name: &str,
    ) -> Result<Option<String>> {
        let parameters = [("SubscriptionArn", subscription)];
        self.query(Service::Sns, region, "GetSubscriptionAttributes", VERSION, &parameters)?.xml(|document| {
            let mut entries = document.descendants().filter(|node| node.tag_name().name() == "entry");
            entries
                .find(|entry| text(*entry, "key").as_deref() == Some(name))
                .and_then(|entry| text(entry, "value"))
        })
    }

    /// Sets an attribute of a subscription.
    pub fn set_subscription_attribute(
        &self,
        region: Region,
        subscription: &str,
        name: &str,
        value: &str,
    ) -> Result<()> {
        let parameters =
            [("SubscriptionArn", subscription), ("AttributeName", name), ("AttributeValue", value)];
        self.query(Service::Sns, region, "SetSubscriptionAttributes", VERSION, &parameters).map(drop)
    }

    /// Deletes a subscription.
    pub fn unsubscribe(&self, region: Region, subscription: &str) -> Result<()> {
        self.query(Service::Sns, region, "Unsubscribe", VERSION, &[("SubscriptionArn", subscription)])
            .map(drop)
    }

    /// Returns the ARNs of the account's topics in the region.
    pub fn topics(&self, region: Region) -> Result<Vec<String>> {
        self.query(Service::Sns, region, "ListTopics", VERSION, &[])?.xml(|document| {
            let arns = document.descendants().filter(|node| node.tag_name().name() == "TopicArn");
            arns.filter_map(|node| node.text().map(str::to_owned)).collect()
        })
    }

    /// Creates a topic and returns its ARN.
    pub fn create_topic(&self, region: Region, name: &str) -> Result<String> {
        self.query(Service::Sns, region, "CreateTopic", VERSION, &[("Name", name)])?.text("TopicArn")
    }

    /// Publishes a message to a topic.
    pub fn publish(&self, region: Region, topic: &str, message: &str) -> Result<()> {
        self.query(Service::Sns, region, "Publish", VERSION, &[("TopicArn", topic), ("Message", message)])
            .map(drop)
    }

    /// Returns the subscriptions to a topic.
    pub fn subscriptions(&self, region: Region, topic: &str) -> Result<Vec<Subscription>> {
        let response =
            self.query(Service::Sns, region, "ListSubscriptionsByTopic", VERSION, &[("TopicArn", topic)])?;
        response.xml(|document| {
            let members = document.descendants().filter(|node| node.tag_name().name() == "member");
            members
                .filter_map(|member| {
                    Some(Subscription {
                        arn: text(member, "SubscriptionArn")?,
                        protocol: text(member, "Protocol")?,
                        endpoint: text(member, "Endpoint")?,
                        topic: text(member, "TopicArn")?,
                    })
                })
                .collect()
        })
    }
}
