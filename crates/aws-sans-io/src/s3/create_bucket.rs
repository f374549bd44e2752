//! `CreateBucket`: where the template goes.

use bytes::Bytes;
use http::{Method, Request, header};

use crate::{BuildError, Error, Operation, Region, Service, encode};

/// Makes a bucket. One that the account has already is `BucketAlreadyOwnedByYou`, except in us-east-1, where that succeeds.
///
/// ```
/// use aws_sans_io::{Operation, s3::CreateBucket};
///
/// let create = CreateBucket { bucket: "kraiter-templates".into(), region: "eu-west-1".parse()? };
/// assert_eq!(create.request()?.uri(), "/kraiter-templates");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateBucket {
    /// The name, unique among all of AWS.
    pub bucket: String,
    /// The region to make it in; the one that the request is sent to.
    pub region: Region,
}

/// The region that S3 takes for granted and refuses to be told.
const DEFAULT_REGION: &str = "us-east-1";

impl Operation for CreateBucket {
    type Output = ();

    const SERVICE: Service = Service::S3;

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

    fn output(&self, _body: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    #[test]
    fn the_region_is_told_everywhere_but_in_the_first() {
        let body = |region: &str| {
            let create = CreateBucket { bucket: "b".into(), region: region.parse().unwrap() };
            create.request().unwrap().into_body()
        };
        assert!(body("us-east-1").is_empty());
        let told = xml::texts(&body("ca-west-1"), &["LocationConstraint"]).unwrap();
        assert_eq!(told, [Some("ca-west-1".to_owned())]);
    }
}
