//! Amazon S3: buckets and objects, addressed by path.

use bytes::Bytes;
use http::{Method, Request};
use kraiter_core::aws::{Region, Service};

use super::Customer;
use crate::Result;

impl Customer {
    /// Makes a bucket.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub fn create_bucket(&self, region: Region, bucket: &str) -> Result<()> {
        // us-east-1 is the default and must not be named.
        let body = if region.name() == "us-east-1" {
            String::new()
        } else {
            format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            )
        };
        let uri = format!("{}/{bucket}", self.endpoint.origin(Service::S3, region));
        let request = Request::builder()
            .method(Method::PUT)
            .uri(uri)
            .body(Bytes::from(body));
        self.send(Service::S3, region, "CreateBucket", request).map(drop)
    }

    /// Stores an object; answers its URL.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub fn put_object(
        &self,
        region: Region,
        bucket: &str,
        key: &str,
        body: impl Into<Bytes>,
    ) -> Result<String> {
        let uri = format!("{}/{bucket}/{key}", self.endpoint.origin(Service::S3, region));
        let request = Request::builder().method(Method::PUT).uri(&uri).body(body.into());
        self.send(Service::S3, region, "PutObject", request)?;
        Ok(uri)
    }

    /// Reads an object by its URL.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub fn get_object(&self, region: Region, url: &str) -> Result<Bytes> {
        let request = Request::builder().method(Method::GET).uri(url).body(Bytes::new());
        Ok(self
            .send(Service::S3, region, "GetObject", request)?
            .body()
            .clone())
    }
}
