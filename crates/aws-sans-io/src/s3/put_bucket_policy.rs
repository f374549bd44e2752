//! `PutBucketPolicy`.

use bytes::Bytes;
use http::{Method, Request, header};

use super::with_checksum;
use crate::{BuildError, Error, Operation, Service, encode};

/// Replaces the policy of a bucket.
///
/// ```
/// use aws_sans_io::{Operation, s3::PutBucketPolicy};
///
/// let put = PutBucketPolicy { bucket: "example-bucket".into(), policy: "{}".into() };
/// assert_eq!(put.request()?.uri(), "/example-bucket?policy");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBucketPolicy {
    /// The bucket, in the region that the request is sent to.
    pub bucket: String,
    /// The policy, as JSON.
    pub policy: String,
}

impl Operation for PutBucketPolicy {
    type Output = ();

    const SERVICE: Service = Service::S3;

    fn name(&self) -> &'static str {
        "PutBucketPolicy"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let request = Request::builder()
            .method(Method::PUT)
            .uri(format!("/{}?policy", encode::path_segment(&self.bucket)))
            .header(header::CONTENT_TYPE, "application/json");
        Ok(with_checksum(request, self.policy.clone().into())?)
    }

    fn parse_body(&self, _body: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
