//! Amazon Simple Storage Service (S3).
//!
//! Requests are path-style (`/<bucket>/<key>`), which both S3 and emulators accept.
//!
//! [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html)

mod create_bucket;
mod put_bucket_policy;
mod put_object;
mod put_public_access_block;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, request};
use sha2::{Digest, Sha256};

pub use create_bucket::CreateBucket;
pub use put_bucket_policy::PutBucketPolicy;
pub use put_object::PutObject;
pub use put_public_access_block::PutPublicAccessBlock;

/// Adds the checksum that S3 requires for changes to a bucket's settings, besides the digest in the signature.
///
/// [AWS documentation](https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html)
fn with_checksum(request: request::Builder, body: Bytes) -> http::Result<Request<Bytes>> {
    request.header("x-amz-checksum-sha256", STANDARD.encode(Sha256::digest(&body))).body(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Operation;

    #[test]
    fn changes_to_a_buckets_settings_have_a_checksum() {
        let policy = PutBucketPolicy { bucket: "b".into(), policy: "{}".into() };
        let block = PutPublicAccessBlock { bucket: "b".into(), acls: true, policies: false };
        let requests = [policy.request().unwrap(), block.request().unwrap()];
        assert_eq!(
            requests[0].headers()["x-amz-checksum-sha256"],
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
        assert!(requests[1].headers().contains_key("x-amz-checksum-sha256"));
    }
}
