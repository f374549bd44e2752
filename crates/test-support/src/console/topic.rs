//! The SNS console's part: a topic made by hand, and who hears it. Tests in a browser call it; it has no page.

use kraiter_core::aws::{AccountId, TopicArn};
use serde::Deserialize;

use crate::{Error, Result, customer::Customer};

/// A topic to be made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topic {
    /// Whose it is.
    pub(super) account: AccountId,
    region: String,
    name: String,
}

impl Topic {
    /// Makes it; answers its ARN.
    ///
    /// # Errors
    /// Where the region is none, or SNS refuses.
    pub(super) fn create(&self, customer: &Customer) -> Result<String> {
        let region = self.region.parse().map_err(|error| Error::Unexpected(format!("{error}")))?;
        customer.create_topic(region, &self.name)
    }
}

/// An address to be subscribed to a topic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscriber {
    topic: TopicArn,
    endpoint: String,
}

impl Subscriber {
    /// Whose topic it is.
    pub(super) const fn account(&self) -> &AccountId {
        self.topic.account()
    }

    /// Subscribes it; answers the subscription's ARN. SNS posts a SubscriptionConfirmation there.
    ///
    /// # Errors
    /// Where SNS refuses.
    pub(super) fn subscribe(&self, customer: &Customer) -> Result<String> {
        let protocol = if self.endpoint.starts_with("https:") { "https" } else { "http" };
        customer.subscribe(self.topic.region(), self.topic.as_str(), protocol, &self.endpoint)
    }
}
