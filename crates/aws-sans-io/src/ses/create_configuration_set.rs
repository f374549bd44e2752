//! `CreateConfigurationSet`.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::json;
use crate::{BuildError, Error, Operation, Service};

/// Creates a configuration set with reputation metrics. If the name is taken, SES responds `AlreadyExistsException`.
///
/// ```
/// use aws_sans_io::{Operation, ses::CreateConfigurationSet};
///
/// let request = CreateConfigurationSet { name: "example".into() }.request()?;
/// assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/v2/email/configuration-sets"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateConfigurationSet {
    /// The name: 1 to 64 letters, digits, hyphens and underscores.
    pub name: String,
}

impl Operation for CreateConfigurationSet {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "CreateConfigurationSet"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let body = json!({
            "ConfigurationSetName": self.name,
            "ReputationOptions": { "ReputationMetricsEnabled": true },
        });
        json::post("/v2/email/configuration-sets", &body)
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
