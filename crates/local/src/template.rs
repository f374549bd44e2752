//! Publishing the CloudFormation template to S3, for the emulator as for AWS itself.

use kraiter_core::aws::Operation;
use kraiter_core::{
    aws::{Credentials, Endpoint, Region, signed_request},
    s3::PutObject,
    setup,
};
use time::OffsetDateTime;

use crate::{Error, Result, http::Client, toolbox};

/// The template as it is published.
///
/// # Errors
/// Where it can't be written as JSON.
pub fn text() -> Result<String> {
    Ok(setup::template())
}

/// Stores the template in a bucket, under a name that holds its SHA-256: a template never changes under a link that was given
/// out. Answers its URL.
///
/// # Errors
/// Where S3 refuses or can't be reached.
pub fn publish(
    credentials: &Credentials,
    endpoint: &Endpoint,
    region: Region,
    bucket: &str,
) -> Result<String> {
    let template = text()?;
    let put = PutObject {
        bucket: bucket.to_owned(),
        key: format!("kraiter-{}.json", toolbox::hex(template.as_bytes())),
        content_type: "application/json".into(),
        body: template.into(),
    };
    let request = signed_request(&put, endpoint, region, credentials, OffsetDateTime::now_utc())
        .map_err(|error| Error::Unexpected(format!("PutObject: {error}")))?;
    let failed = |error| Error::Aws { operation: "PutObject".into(), error };
    let response = Client::default().send_to_aws(request).map_err(failed)?;
    put.response(&response).map_err(failed)?;
    Ok(put.url(endpoint, region))
}
