//! `CreateConfigurationSetEventDestination`.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::json;
use crate::{BuildError, Error, Operation, Service, TopicArn, encode};

/// The event types that don't change emails, as named in the API. AWS CloudFormation uses other names.
const EVENT_TYPES: [&str; 8] = [
    "SEND",
    "REJECT",
    "BOUNCE",
    "COMPLAINT",
    "DELIVERY",
    "RENDERING_FAILURE",
    "DELIVERY_DELAY",
    "SUBSCRIPTION",
];

/// The event types that SES can only report by changing emails.
const TRACKING_EVENT_TYPES: [&str; 2] = ["OPEN", "CLICK"];

/// Publishes the events of a configuration set to an SNS topic. If the configuration set already has a destination with this name,
/// SES responds `AlreadyExistsException`.
///
/// ```
/// use aws_sans_io::{Operation, ses::CreateConfigurationSetEventDestination};
///
/// let create = CreateConfigurationSetEventDestination {
///     configuration_set: "example".into(),
///     name: "example-events".into(),
///     topic: "arn:aws:sns:eu-west-1:123456789012:example-events".parse()?,
///     tracking: false,
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
    /// Whether opens and clicks are published, too. If so, SES adds an invisible image to every HTML email of the configuration set
    /// and rewrites its links.
    pub tracking: bool,
}

impl Operation for CreateConfigurationSetEventDestination {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "CreateConfigurationSetEventDestination"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let set = encode::path_segment(&self.configuration_set);
        let tracking_event_types = TRACKING_EVENT_TYPES.iter().filter(|_| self.tracking);
        let event_types: Vec<_> = EVENT_TYPES.iter().chain(tracking_event_types).collect();
        let body = json!({
            "EventDestinationName": self.name,
            "EventDestination": {
                "Enabled": true,
                "MatchingEventTypes": event_types,
                "SnsDestination": { "TopicArn": self.topic },
            },
        });
        json::post(&format!("/v2/email/configuration-sets/{set}/event-destinations"), &body)
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn opens_and_clicks_are_published_only_for_tracking() {
        for (tracking, expected) in [(false, 0), (true, 2)] {
            let create = CreateConfigurationSetEventDestination {
                configuration_set: "example".into(),
                name: "example-events".into(),
                topic: "arn:aws:sns:eu-west-1:123456789012:example-events".parse().unwrap(),
                tracking,
            };
            let body: Value = serde_json::from_slice(create.request().unwrap().body()).unwrap();
            let types = body["EventDestination"]["MatchingEventTypes"].as_array().unwrap().clone();
            assert_eq!(types.len(), 8 + expected);
            assert_eq!(types.iter().filter(|name| *name == "OPEN" || *name == "CLICK").count(), expected);
        }
    }
}
