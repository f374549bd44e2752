//! Amazon Simple Storage Service (S3).
//!
//! Requests are path-style (`/<bucket>/<key>`), which both S3 and emulators accept.
//!
//! [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html)

mod create_bucket;
mod put_object;

pub use create_bucket::CreateBucket;
pub use put_object::PutObject;
