//! `GetConfigurationSet`.

use bytes::Bytes;
use http::Request;

use super::json;
use crate::{BuildError, Error, Operation, Service, encode};

/// Checks whether a configuration set exists. If not, SES responds `NotFoundException`.
///
/// ```
/// use aws_sans_io::{Operation, ses::GetConfigurationSet};
///
/// let request = GetConfigurationSet { name: "example".into() }.request()?;
/// assert_eq!(request.uri(), "/v2/email/configuration-sets/example");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetConfigurationSet.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetConfigurationSet {
    /// The name of the configuration set.
    pub name: String,
}

impl Operation for GetConfigurationSet {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "GetConfigurationSet"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::get(&format!("/v2/email/configuration-sets/{}", encode::path_segment(&self.name)))
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
