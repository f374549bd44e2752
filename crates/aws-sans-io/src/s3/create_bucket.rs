//! `CreateBucket`.

use bytes::Bytes;
use http::{Method, Request, header};

use crate::{BuildError, Error, Operation, Region, Service, encode};

/// Creates a bucket. If the account already owns it, S3 responds `BucketAlreadyOwnedByYou`. In us-east-1, the request succeeds.
///
/// ```
/// use aws_sans_io::{Operation, s3::CreateBucket};
///
/// let create = CreateBucket { bucket: "example-bucket".into(), region: "eu-west-1".parse()? };
/// assert_eq!(create.request()?.uri(), "/example-bucket");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateBucket {
    /// The name, which is globally unique.
    pub bucket: String,
    /// The region to create it in. The request must be sent to the same region.
    pub region: Region,
}

/// The default region, which S3 rejects as a `LocationConstraint`.
const DEFAULT_REGION: &str = "us-east-1";

impl Operation for CreateBucket {
    type Output = ();

    const SERVICE: Service = Service::S3;

    fn name(&self) -> &'static str {
        "CreateBucket"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let request =
            Request::builder().method(Method::PUT).uri(format!("/{}", encode::path_segment(&self.bucket)));
        if self.region.name() == DEFAULT_REGION {
            return Ok(request.body(Bytes::new())?);
        }
        let body = format!(
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
            self.region
        );
        Ok(request.header(header::CONTENT_TYPE, "application/xml").body(body.into())?)
    }

    fn parse_body(&self, _body: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    #[test]
    fn the_region_is_sent_except_for_us_east_1() {
        let body = |region: &str| {
            let create = CreateBucket { bucket: "b".into(), region: region.parse().unwrap() };
            create.request().unwrap().into_body()
        };
        assert!(body("us-east-1").is_empty());
        let sent = xml::texts(&body("ca-west-1"), &["LocationConstraint"]).unwrap();
        assert_eq!(sent, [Some("ca-west-1".to_owned())]);
    }
}
