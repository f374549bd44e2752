//! `CreateConfigurationSet`: a name that sends refer to, and that event destinations hang on.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::json;
use crate::{BuildError, Error, Operation, Service};

/// Makes a configuration set that keeps reputation metrics; SES answers `AlreadyExistsException` where there is one of that name.
///
/// ```
/// use aws_sans_io::{Operation, ses::CreateConfigurationSet};
///
/// let request = CreateConfigurationSet { name: "kraiter".into() }.request()?;
/// assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/v2/email/configuration-sets"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateConfigurationSet {
    /// 1 to 64 letters, digits, hyphens and underscores.
    pub name: String,
}

impl Operation for CreateConfigurationSet {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let body = json!({
            "ConfigurationSetName": self.name,
            "ReputationOptions": { "ReputationMetricsEnabled": true },
        });
        json::post("/v2/email/configuration-sets", &body)
    }

    fn output(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
