//! `CreateConfigurationSetEventDestination`: where SES publishes what becomes of mail.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::json;
use crate::{BuildError, Error, Operation, Service, TopicArn, encode};

/// Every kind of event, in the names that the API has for them; those of the stack's template are written otherwise.
const EVERY_KIND: [&str; 10] = [
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

/// Lets a configuration set publish every kind of event to a topic; SES answers `AlreadyExistsException` where the set has a
/// destination of that name.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSetEventDestination.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateConfigurationSetEventDestination {
    /// The configuration set.
    pub configuration_set: String,
    /// The destination's own name: 1 to 64 letters, digits, hyphens and underscores.
    pub name: String,
    /// The topic, in the region of the set.
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
                "MatchingEventTypes": EVERY_KIND,
                "SnsDestination": { "TopicArn": self.topic },
            },
        });
        json::post(&format!("/v2/email/configuration-sets/{set}/event-destinations"), &body)
    }

    fn output(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
