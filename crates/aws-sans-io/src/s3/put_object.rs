//! `PutObject`: one file into a bucket.

use bytes::Bytes;
use http::{Method, Request, header};

use crate::{BuildError, Endpoint, Error, Operation, Region, Service, encode};

/// Stores an object, in place of one of the same key.
///
/// ```
/// use aws_sans_io::{Endpoint, Operation, s3::PutObject};
///
/// let put = PutObject {
///     bucket: "kraiter-templates".into(),
///     key: "kraiter-0a1b2c.json".into(),
///     content_type: "application/json".into(),
///     body: "{}".into(),
/// };
/// assert_eq!(put.request()?.uri(), "/kraiter-templates/kraiter-0a1b2c.json");
/// assert_eq!(
///     put.url(&Endpoint::aws(), "eu-west-1".parse()?),
///     "https://s3.eu-west-1.amazonaws.com/kraiter-templates/kraiter-0a1b2c.json",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutObject {
    /// The bucket; it lives in the region that the request is sent to.
    pub bucket: String,
    /// The object's key; slashes stay slashes.
    pub key: String,
    /// The media type it is served with.
    pub content_type: String,
    /// What is stored.
    pub body: Bytes,
}

impl PutObject {
    /// Where the object is read, by those whom the bucket lets.
    #[must_use]
    pub fn url(&self, endpoint: &Endpoint, region: Region) -> String {
        format!("{}{}", endpoint.origin(Service::S3, region), self.path())
    }

    fn path(&self) -> String {
        format!("/{}/{}", encode::path_segment(&self.bucket), encode::path(&self.key))
    }
}

impl Operation for PutObject {
    type Output = ();

    const SERVICE: Service = Service::S3;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        Ok(Request::builder()
            .method(Method::PUT)
            .uri(self.path())
            .header(header::CONTENT_TYPE, &self.content_type)
            .body(self.body.clone())?)
    }

    fn output(&self, _body: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{Credentials, signed_request};

    fn put(key: &str) -> PutObject {
        PutObject {
            bucket: "bucket".into(),
            key: key.into(),
            content_type: "application/json".into(),
            body: "{}".into(),
        }
    }

    #[test]
    fn the_signed_request_carries_its_bodys_digest_to_either_place() {
        for (endpoint, uri) in [
            (Endpoint::aws(), "https://s3.eu-central-1.amazonaws.com/bucket/a/b%20c.json"),
            ("http://127.0.0.1:4566".parse().unwrap(), "http://127.0.0.1:4566/bucket/a/b%20c.json"),
        ] {
            let region = "eu-central-1".parse().unwrap();
            let keys = Credentials::long_term("AKIDEXAMPLE", "secret");
            let request =
                signed_request(&put("a/b c.json"), &endpoint, region, &keys, datetime!(2026-01-01 0:00 UTC))
                    .unwrap();
            assert_eq!(request.uri(), uri);
            assert_eq!(request.method(), Method::PUT);
            assert_eq!(
                request.headers()["x-amz-content-sha256"],
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
            );
            let signed = request.headers()["authorization"].to_str().unwrap();
            assert!(signed.contains("/eu-central-1/s3/aws4_request"), "{signed}");
            assert!(
                signed.contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,"),
                "{signed}"
            );
        }
    }

    #[test]
    fn a_media_type_that_is_no_header_is_an_error_not_a_panic() {
        let wrong = PutObject { content_type: "a\r\nb".into(), ..put("k") };
        assert!(matches!(wrong.request(), Err(BuildError::Http(_))));
    }
}
