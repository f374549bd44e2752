//! `DeleteEmailIdentity`: give a domain or an address up.

use bytes::Bytes;
use http::Request;

use super::json;
use crate::{BuildError, Error, Operation, Service, encode};

/// Deletes an identity in one region: nothing can be sent from it there any more.
///
/// ```
/// use aws_sans_io::{Operation, ses::DeleteEmailIdentity};
///
/// let request = DeleteEmailIdentity { email_identity: "info@example.com".into() }.request()?;
/// assert_eq!((request.method().as_str(), request.uri().path()), ("DELETE", "/v2/email/identities/info%40example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeleteEmailIdentity.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteEmailIdentity {
    /// The domain or address.
    pub email_identity: String,
}

impl Operation for DeleteEmailIdentity {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::delete(&format!("/v2/email/identities/{}", encode::path_segment(self.email_identity.as_str())))
    }

    fn output(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
