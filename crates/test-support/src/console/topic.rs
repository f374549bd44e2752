//! The SNS console: creating a topic and a subscription by hand. It has no page; browser tests call its API.

use aws_sans_io::{AccountId, TopicArn};
use serde::Deserialize;

use crate::{Error, Result, customer::Customer};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topic {
    pub(super) account: AccountId,
    region: String,
    name: String,
}

impl Topic {
    /// Creates the topic and returns its ARN.
    pub(super) fn create(&self, customer: &Customer) -> Result<String> {
        let region = self.region.parse().map_err(|error| Error::Unexpected(format!("{error}")))?;
        customer.create_topic(region, &self.name)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscribeRequest {
    topic: TopicArn,
    endpoint: String,
}

impl SubscribeRequest {
    pub(super) const fn account(&self) -> &AccountId {
        self.topic.account()
    }

    /// Subscribes the endpoint and returns the subscription's ARN. SNS posts a SubscriptionConfirmation to it.
    pub(super) fn send(&self, customer: &Customer) -> Result<String> {
        let protocol = if self.endpoint.starts_with("https:") { "https" } else { "http" };
        customer.subscribe(self.topic.region(), self.topic.as_str(), protocol, &self.endpoint)
    }
}
