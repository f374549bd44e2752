//! Events of a region without a stack: `POST /v1/aws-binding/events`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FieldError, RegionEvents};
#[cfg(feature = "openapi")]
use crate::schema::Object;
use aws_sans_io::{AccountId, Region, TopicArn};

/// A region to receive events from, without a stack.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetUpEvents {
    /// The region. Defaults to the connection's default region.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Region>"))]
    pub region: Option<String>,
    /// Your SNS topic in that region. Without one, only the configuration set is created.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TopicArn>"))]
    pub topic_arn: Option<String>,
}

/// A validated [`SetUpEvents`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventsRequest {
    /// The region. Defaults to the connection's default region.
    pub region: Option<Region>,
    /// The customer's SNS topic.
    pub topic: Option<TopicArn>,
}

impl SetUpEvents {
    /// Validates each field on its own.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `region` or `topicArn`.
    pub fn parse(self) -> Result<EventsRequest, FieldError> {
        let region =
            self.region.map(|text| text.parse().map_err(FieldError::invalid("region"))).transpose()?;
        let topic =
            self.topic_arn.map(|text| text.parse().map_err(FieldError::invalid("topicArn"))).transpose()?;
        Ok(EventsRequest { region, topic })
    }
}

impl EventsRequest {
    /// Returns the topic if SES can publish to it from `region` of `account`.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `topicArn` if the topic is in another region or account.
    pub fn topic_in(&self, region: Region, account: &AccountId) -> Result<Option<&TopicArn>, FieldError> {
        let Some(topic) = &self.topic else { return Ok(None) };
        if topic.region() != region {
            let message = format!("the topic must be in {region}, but it is in {}", topic.region());
            return Err(FieldError::new("topicArn", "topic_region_mismatch", message));
        }
        if topic.account() != account {
            let message = "the topic must belong to the same AWS account as the role";
            return Err(FieldError::new("topicArn", "topic_account_mismatch", message));
        }
        Ok(Some(topic))
    }
}

/// What was created, and what you must still do yourself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventsSetUp {
    /// The region.
    pub region: Region,
    /// The configuration set that emails from this region now use.
    pub configuration_set: String,
    /// The topic that the configuration set publishes to; `null` if none was given.
    pub topic_arn: Option<TopicArn>,
    /// The access policy that the topic needs.
    #[cfg_attr(feature = "openapi", schemars(with = "Object"))]
    pub topic_policy: Value,
    /// The delivery policy that the subscription needs. Without it, SNS discards an event that Kraiter didn't accept within a minute.
    #[cfg_attr(feature = "openapi", schemars(with = "Object"))]
    pub delivery_policy: Value,
    /// The URL to subscribe to the topic, with raw message delivery off. It is only returned once; `null` without a
    /// topic.
    #[cfg_attr(feature = "openapi", schemars(url))]
    pub webhook_url: Option<String>,
    /// The state of the region's events.
    pub events: RegionEvents,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(region: Option<&str>, topic: &str) -> Result<EventsRequest, FieldError> {
        let topic_arn = Some(topic.to_owned());
        SetUpEvents { region: region.map(str::to_owned), topic_arn }.parse()
    }

    #[test]
    fn an_error_names_the_invalid_field() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:events";
        assert_eq!(parse(Some("mars"), topic).unwrap_err().field, "region");
        assert_eq!(parse(None, "arn:aws:sqs:eu-west-1:123456789012:events").unwrap_err().field, "topicArn");
        let request = parse(None, topic).unwrap();
        let check = |region: &str, account: &str| {
            request.topic_in(region.parse().unwrap(), &account.parse().unwrap()).map(|topic| topic.is_some())
        };
        assert_eq!(check("eu-west-1", "123456789012"), Ok(true));
        assert_eq!(check("eu-west-2", "123456789012").unwrap_err().code, "topic_region_mismatch");
        assert_eq!(check("eu-west-1", "999999999999").unwrap_err().code, "topic_account_mismatch");
    }
}
