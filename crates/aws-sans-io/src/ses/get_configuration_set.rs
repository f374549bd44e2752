//! `GetConfigurationSet`: whether there is one of a name.

use bytes::Bytes;
use http::Request;

use super::json;
use crate::{BuildError, Error, Operation, Service, encode};

/// Asks for a configuration set; SES answers `NotFoundException` where there is none of that name.
///
/// ```
/// use aws_sans_io::{Operation, ses::GetConfigurationSet};
///
/// let request = GetConfigurationSet { name: "kraiter".into() }.request()?;
/// assert_eq!(request.uri(), "/v2/email/configuration-sets/kraiter");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetConfigurationSet.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetConfigurationSet {
    /// Its name.
    pub name: String,
}

impl Operation for GetConfigurationSet {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::get(&format!("/v2/email/configuration-sets/{}", encode::path_segment(&self.name)))
    }

    fn output(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
