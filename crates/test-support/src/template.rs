//! Publishing the CloudFormation template to S3, in AWS or an emulator.

use aws_sans_io::{
    Credentials, Endpoint, Operation, Region,
    s3::{CreateBucket, PutBucketPolicy, PutObject, PutPublicAccessBlock},
    signed_request,
};
use bytes::Bytes;
use domain::onboarding::{Protocol, StackTemplate};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{Error, Result, http::Client};

/// Returns the template for stacks in the AWS at `endpoint`. AWS posts to the Worker over HTTPS, an emulator over plain HTTP.
#[must_use]
pub fn for_endpoint(endpoint: &Endpoint) -> StackTemplate {
    StackTemplate::new(if endpoint.loopback_origin().is_some() { Protocol::Http } else { Protocol::Https })
}

/// Returns the policy of a bucket that lets everyone read `templates`, and nothing else in it.
#[must_use]
pub fn bucket_policy(templates: &Value) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "ReadTemplates",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": templates,
        }],
    })
}

/// A bucket for templates, with credentials that can write to it.
#[derive(Clone, Copy, Debug)]
pub struct TemplateBucket<'a> {
    pub credentials: &'a Credentials,
    pub endpoint: &'a Endpoint,
    pub region: Region,
    pub name: &'a str,
}

impl TemplateBucket<'_> {
    /// Creates the bucket, unless the account owns it already, and lets everyone read the templates in it.
    pub fn create(&self) -> Result<()> {
        let bucket = || self.name.to_owned();
        match self.perform(&CreateBucket { bucket: bucket(), region: self.region }) {
            Err(Error::Aws { error, .. }) if error.code() == Some("BucketAlreadyOwnedByYou") => {}
            result => result?,
        }
        self.perform(&PutPublicAccessBlock { bucket: bucket(), acls: true, policies: false })?;
        self.perform(&PutBucketPolicy { bucket: bucket(), policy: self.policy().to_string() })
    }

    /// Stores the template and returns its URL. The object's name contains the template's version, so the template behind an existing link
    /// never changes.
    pub fn publish(&self) -> Result<String> {
        self.perform(&self.upload())?;
        Ok(self.url())
    }

    /// Returns the template's URL, whether it is published or not.
    #[must_use]
    pub fn url(&self) -> String {
        self.upload().url(self.endpoint, self.region)
    }

    fn upload(&self) -> PutObject {
        let template = for_endpoint(self.endpoint);
        PutObject {
            bucket: self.name.to_owned(),
            key: template.object_key(),
            content_type: "application/json".into(),
            body: template.to_json().into(),
        }
    }

    /// Reads the published template without credentials, as CloudFormation does for a customer. Fails unless it is what was published.
    pub fn check_is_public(&self, url: &str) -> Result<()> {
        let request =
            Request::get(url).body(Bytes::new()).map_err(|error| Error::Unexpected(error.to_string()))?;
        let response = Client::default().send(request)?;
        let found = match response.status() {
            StatusCode::OK if *response.body() == for_endpoint(self.endpoint).to_json() => return Ok(()),
            StatusCode::OK => "another document".to_owned(),
            status => format!("status {status}"),
        };
        Err(Error::Unexpected(format!(
            "{url} isn't publicly readable: a request without credentials got {found}.\n\
             Turn off \"Block public access through new public bucket policies\" and \"through any public bucket policies\" for the \
             bucket, and for the account if it blocks them, then set this bucket policy or run the command with --create-bucket:\n{:#}",
            self.policy()
        )))
    }

    fn policy(&self) -> Value {
        bucket_policy(&format!("arn:aws:s3:::{}/{}*", self.name, StackTemplate::KEY_PREFIX).into())
    }

    fn perform<O: Operation>(&self, operation: &O) -> Result<O::Output> {
        let name = std::any::type_name::<O>().rsplit("::").next().unwrap_or_default();
        let request = signed_request(
            operation,
            self.endpoint,
            self.region,
            self.credentials,
            OffsetDateTime::now_utc(),
        )
        .map_err(|error| Error::Unexpected(format!("{name}: {error}")))?;
        let failed = |error| Error::Aws { operation: name.to_owned(), error };
        let response = Client::default().send_to_aws(request).map_err(failed)?;
        operation.parse_response(&response).map_err(failed)
    }
}
