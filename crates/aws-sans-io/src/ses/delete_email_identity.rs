//! `DeleteEmailIdentity`.

use bytes::Bytes;
use http::Request;

use super::json;
use crate::{BuildError, Error, Operation, Service, encode};

/// Deletes an identity in one region. SES then rejects email from it in that region.
///
/// ```
/// use aws_sans_io::{Operation, ses::DeleteEmailIdentity};
///
/// let request = DeleteEmailIdentity { email_identity: "info@example.com".into() }.request()?;
/// assert_eq!((request.method().as_str(), request.uri().path()), ("DELETE", "/v2/email/identities/info%40example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeleteEmailIdentity.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteEmailIdentity {
    /// The domain or email address.
    pub email_identity: String,
}

impl Operation for DeleteEmailIdentity {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "DeleteEmailIdentity"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::delete(&format!("/v2/email/identities/{}", encode::path_segment(self.email_identity.as_str())))
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
