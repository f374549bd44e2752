//! `POST /v1/aws-binding/events`: events for a role made by hand, and for a region without a stack.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FieldError, RegionEvents};
#[cfg(feature = "openapi")]
use crate::openapi::Object;
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

/// What is asked for, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventsWanted {
    /// The region; the stack's region if `None`.
    pub region: Option<Region>,
    /// The customer's topic.
    pub topic: Option<TopicArn>,
}

impl SetUpEvents {
    /// What is asked for, checked but for what only the connection knows.
    ///
    /// # Errors
    /// [`FieldError`] for `region` or `topicArn`.
    pub fn parse(self) -> Result<EventsWanted, FieldError> {
        let region =
            self.region.map(|text| text.parse().map_err(FieldError::invalid("region"))).transpose()?;
        let topic =
            self.topic_arn.map(|text| text.parse().map_err(FieldError::invalid("topicArn"))).transpose()?;
        Ok(EventsWanted { region, topic })
    }
}

impl EventsWanted {
    /// The topic, where it is one that SES can publish to from `region`.
    ///
    /// # Errors
    /// [`FieldError`] where the topic is another account's or another region's.
    pub fn topic_in(&self, region: Region, account: &AccountId) -> Result<Option<&TopicArn>, FieldError> {
        let Some(topic) = &self.topic else { return Ok(None) };
        if topic.region() != region {
            let message =
                format!("the topic is in {}, and SES in {region} can't publish to it", topic.region());
            return Err(FieldError::new("topicArn", "topic_region_mismatch", message));
        }
        if topic.account() != account {
            let message = "the topic belongs to another account than the role";
            return Err(FieldError::new("topicArn", "topic_account_mismatch", message));
        }
        Ok(Some(topic))
    }
}

/// What was created, and what is left to do by hand.
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

    fn wanted(region: Option<&str>, topic: &str) -> Result<EventsWanted, FieldError> {
        let topic_arn = Some(topic.to_owned());
        SetUpEvents { region: region.map(str::to_owned), topic_arn }.parse()
    }

    #[test]
    fn each_wrong_field_is_named() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:events";
        assert_eq!(wanted(Some("mars"), topic).unwrap_err().field, "region");
        assert_eq!(wanted(None, "arn:aws:sqs:eu-west-1:123456789012:events").unwrap_err().field, "topicArn");
        let wanted = wanted(None, topic).unwrap();
        let check = |region: &str, account: &str| {
            wanted.topic_in(region.parse().unwrap(), &account.parse().unwrap()).map(|topic| topic.is_some())
        };
        assert_eq!(check("eu-west-1", "123456789012"), Ok(true));
        assert_eq!(check("eu-west-2", "123456789012").unwrap_err().code, "topic_region_mismatch");
        assert_eq!(check("eu-west-1", "999999999999").unwrap_err().code, "topic_account_mismatch");
    }
}
