//! Amazon Simple Notification Service: topics and who hears them.

use kraiter_core::aws::{Region, Service};

use super::{Customer, text};
use crate::Result;

const VERSION: &str = "2010-03-31";

/// One subscription of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its ARN; `PendingConfirmation` where it isn't confirmed.
    pub arn: String,
    /// Such as `https`.
    pub protocol: String,
    /// Where messages go.
    pub endpoint: String,
    /// The topic's ARN.
    pub topic: String,
}

impl Subscription {
    /// Whether the endpoint has confirmed it.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.arn.starts_with("arn:")
    }
}

impl Customer {
    /// Subscribes an endpoint to a topic: SNS posts a SubscriptionConfirmation there. Answers the subscription's ARN.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub fn subscribe(&self, region: Region, topic: &str, protocol: &str, endpoint: &str) -> Result<String> {
        let parameters = [
            ("TopicArn", topic),
            ("Protocol", protocol),
            ("Endpoint", endpoint),
            // An ARN also for what isn't confirmed yet.
            ("ReturnSubscriptionArn", "true"),
        ];
        self.query(Service::Sns, region, "Subscribe", VERSION, &parameters)?.text("SubscriptionArn")
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub fn unsubscribe(&self, region: Region, subscription: &str) -> Result<()> {
        self.query(Service::Sns, region, "Unsubscribe", VERSION, &[("SubscriptionArn", subscription)])
            .map(drop)
    }

    /// The account's topics in the region, by ARN.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub fn topics(&self, region: Region) -> Result<Vec<String>> {
        self.query(Service::Sns, region, "ListTopics", VERSION, &[])?.xml(|document| {
            let arns = document.descendants().filter(|node| node.tag_name().name() == "TopicArn");
            arns.filter_map(|node| node.text().map(str::to_owned)).collect()
        })
    }

    /// Makes a topic; answers its ARN.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub fn create_topic(&self, region: Region, name: &str) -> Result<String> {
        self.query(Service::Sns, region, "CreateTopic", VERSION, &[("Name", name)])?.text("TopicArn")
    }

    /// Publishes a message to a topic.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub fn publish(&self, region: Region, topic: &str, message: &str) -> Result<()> {
        self.query(Service::Sns, region, "Publish", VERSION, &[("TopicArn", topic), ("Message", message)])
            .map(drop)
    }

    /// Who hears a topic.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub fn subscriptions(&self, region: Region, topic: &str) -> Result<Vec<Subscription>> {
        let answer =
            self.query(Service::Sns, region, "ListSubscriptionsByTopic", VERSION, &[("TopicArn", topic)])?;
        answer.xml(|document| {
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
