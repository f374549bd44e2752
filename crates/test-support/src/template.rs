//! Publishing the CloudFormation template to S3, in AWS or an emulator.

use aws_sans_io::{Credentials, Endpoint, Operation, Region, s3::PutObject, signed_request};
use domain::onboarding::{Protocol, StackTemplate};
use time::OffsetDateTime;

use crate::{Error, Result, http::Client};

/// Returns the template for stacks in the AWS at `endpoint`. AWS posts to the Worker over HTTPS, an emulator over plain HTTP.
#[must_use]
pub fn for_endpoint(endpoint: &Endpoint) -> StackTemplate {
    StackTemplate::new(if endpoint.loopback_origin().is_some() { Protocol::Http } else { Protocol::Https })
}

/// Stores the template in a bucket and returns its URL. The object's name contains the template's hash, so the template behind
/// an existing link never changes.
pub fn publish(
    credentials: &Credentials,
    endpoint: &Endpoint,
    region: Region,
    bucket: &str,
) -> Result<String> {
    let template = for_endpoint(endpoint);
    let put = PutObject {
        bucket: bucket.to_owned(),
        key: template.object_key(),
        content_type: "application/json".into(),
        body: template.to_json().into(),
    };
    let request = signed_request(&put, endpoint, region, credentials, OffsetDateTime::now_utc())
        .map_err(|error| Error::Unexpected(format!("PutObject: {error}")))?;
    let failed = |error| Error::Aws { operation: "PutObject".into(), error };
    let response = Client::default().send_to_aws(request).map_err(failed)?;
    put.parse_response(&response).map_err(failed)?;
    Ok(put.url(endpoint, region))
}
