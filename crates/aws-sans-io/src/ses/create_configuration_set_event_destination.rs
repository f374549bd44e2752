//! `CreateConfigurationSetEventDestination`.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::json;
use crate::{BuildError, Error, Operation, Service, TopicArn, encode};

/// Every event type, as named in the API. AWS CloudFormation uses other names.
const EVENT_TYPES: [&str; 10] = [
    "SEND",
    "REJECT",
    "BOUNCE",
    "COMPLAINT",
    "DELIVERY",
    "OPEN",
    "CLICK",
    "RENDERING_FAILURE",
    "DELIVERY_DELAY",
    "SUBSCRIPTION",
];

/// Publishes every type of event of a configuration set to an SNS topic. If the configuration set already has a destination with
/// this name, SES responds `AlreadyExistsException`.
///
/// ```
/// use aws_sans_io::{Operation, ses::CreateConfigurationSetEventDestination};
///
/// let create = CreateConfigurationSetEventDestination {
///     configuration_set: "example".into(),
///     name: "example-events".into(),
///     topic: "arn:aws:sns:eu-west-1:123456789012:example-events".parse()?,
/// };
/// assert_eq!(create.request()?.uri(), "/v2/email/configuration-sets/example/event-destinations");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSetEventDestination.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateConfigurationSetEventDestination {
    /// The configuration set.
    pub configuration_set: String,
    /// The name of the destination: 1 to 64 letters, digits, hyphens and underscores.
    pub name: String,
    /// The topic, in the region of the configuration set.
    pub topic: TopicArn,
}

impl Operation for CreateConfigurationSetEventDestination {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let set = encode::path_segment(&self.configuration_set);
        let body = json!({
            "EventDestinationName": self.name,
            "EventDestination": {
                "Enabled": true,
                "MatchingEventTypes": EVENT_TYPES,
                "SnsDestination": { "TopicArn": self.topic },
            },
        });
        json::post(&format!("/v2/email/configuration-sets/{set}/event-destinations"), &body)
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
