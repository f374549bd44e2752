//! `PutObject`.

use bytes::Bytes;
use http::{Method, Request, header};

use crate::{BuildError, Endpoint, Error, Operation, Region, Service, encode};

/// Stores an object, replacing any object with the same key.
///
/// ```
/// use aws_sans_io::{Endpoint, Operation, s3::PutObject};
///
/// let put = PutObject {
///     bucket: "example-bucket".into(),
///     key: "example.json".into(),
///     content_type: "application/json".into(),
///     body: "{}".into(),
/// };
/// assert_eq!(put.request()?.uri(), "/example-bucket/example.json");
/// assert_eq!(
///     put.url(&Endpoint::aws(), "eu-west-1".parse()?),
///     "https://s3.eu-west-1.amazonaws.com/example-bucket/example.json",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutObject {
    /// The bucket, in the region that the request is sent to.
    pub bucket: String,
    /// The object's key. Slashes are not encoded.
    pub key: String,
    /// The media type that S3 serves the object with.
    pub content_type: String,
    /// The object's content.
    pub body: Bytes,
}

impl PutObject {
    /// Returns the URL of the object.
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

    fn name(&self) -> &'static str {
        "PutObject"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        Ok(Request::builder()
            .method(Method::PUT)
            .uri(self.path())
            .header(header::CONTENT_TYPE, &self.content_type)
            .body(self.body.clone())?)
    }

    fn parse_body(&self, _body: &[u8]) -> Result<(), Error> {
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
    fn the_signed_request_has_the_digest_of_its_body() {
        for (endpoint, uri) in [
            (Endpoint::aws(), "https://s3.eu-central-1.amazonaws.com/bucket/a/b%20c.json"),
            ("http://127.0.0.1:4566".parse().unwrap(), "http://127.0.0.1:4566/bucket/a/b%20c.json"),
        ] {
            let region = "eu-central-1".parse().unwrap();
            let credentials = Credentials::long_term("AKIDEXAMPLE", "secret");
            let request = signed_request(
                &put("a/b c.json"),
                &endpoint,
                region,
                &credentials,
                datetime!(2026-01-01 0:00 UTC),
            )
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
    fn a_media_type_that_is_not_a_header_value_is_an_error() {
        let invalid = PutObject { content_type: "a\r\nb".into(), ..put("k") };
        assert!(matches!(invalid.request(), Err(BuildError::Http(_))));
    }
}
