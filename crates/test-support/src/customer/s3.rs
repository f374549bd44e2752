//! Amazon S3: buckets and objects, addressed by path.

use aws_sans_io::{
    Region, Service,
    s3::{CreateBucket, PutObject},
};
use bytes::Bytes;
use http::{Method, Request};

use super::Customer;
use crate::Result;

impl Customer {
    pub fn create_bucket(&self, region: Region, bucket: &str) -> Result<()> {
        self.perform(&CreateBucket { bucket: bucket.to_owned(), region }, region)
    }

    /// Stores an object and returns its URL.
    pub fn put_object(
        &self,
        region: Region,
        bucket: &str,
        key: &str,
        body: impl Into<Bytes>,
    ) -> Result<String> {
        let put = PutObject {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            content_type: "application/octet-stream".into(),
            body: body.into(),
        };
        self.perform(&put, region)?;
        Ok(put.url(&self.endpoint, region))
    }

    /// Returns the object at a URL.
    pub fn get_object(&self, region: Region, url: &str) -> Result<Bytes> {
        let request = Request::builder().method(Method::GET).uri(url).body(Bytes::new());
        Ok(self.send(Service::S3, region, "GetObject", request)?.body().clone())
    }
}
