//! `PutPublicAccessBlock`.

use bytes::Bytes;
use http::{Method, Request, header};

use super::with_checksum;
use crate::{BuildError, Error, Operation, Service, encode};

/// Sets Block Public Access of a bucket. New buckets block everything.
///
/// ```
/// use aws_sans_io::{Operation, s3::PutPublicAccessBlock};
///
/// let put = PutPublicAccessBlock { bucket: "example-bucket".into(), acls: true, policies: false };
/// assert_eq!(put.request()?.uri(), "/example-bucket?publicAccessBlock");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutPublicAccessBlock {
    /// The bucket, in the region that the request is sent to.
    pub bucket: String,
    /// Blocks and ignores ACLs that allow public access.
    pub acls: bool,
    /// Blocks policies that allow public access, and restricts buckets that have one.
    pub policies: bool,
}

impl Operation for PutPublicAccessBlock {
    type Output = ();

    const SERVICE: Service = Service::S3;

    fn name(&self) -> &'static str {
        "PutPublicAccessBlock"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let Self { bucket, acls, policies } = self;
        let body = format!(
            "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <BlockPublicAcls>{acls}</BlockPublicAcls><IgnorePublicAcls>{acls}</IgnorePublicAcls>\
             <BlockPublicPolicy>{policies}</BlockPublicPolicy>\
             <RestrictPublicBuckets>{policies}</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
        );
        let request = Request::builder()
            .method(Method::PUT)
            .uri(format!("/{}?publicAccessBlock", encode::path_segment(bucket)))
            .header(header::CONTENT_TYPE, "application/xml");
        Ok(with_checksum(request, body.into())?)
    }

    fn parse_body(&self, _body: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
