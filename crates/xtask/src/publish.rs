//! `cargo xtask publish-template`: uploads the CloudFormation template to S3, for quick-create links.

use std::{env, process::Command};

use aws_sans_io::{Credentials, Endpoint, Region};
use clap::Args;
use serde_json::Value;
use test_support::{Error, Result, template::TemplateBucket};
use time::OffsetDateTime;

use crate::program;

/// Reads the credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if they are temporary, `AWS_SESSION_TOKEN`, or from the AWS
/// CLI.
#[derive(Args)]
pub(crate) struct Options {
    /// The bucket. Everyone must be able to read the templates in it.
    #[arg(long)]
    bucket: String,
    /// Create the bucket, unless you own it already, and let everyone read the templates in it.
    #[arg(long)]
    create_bucket: bool,
    /// The bucket's region. Opt-in regions are refused: accounts without them can't read from there.
    #[arg(long)]
    region: String,
    /// The endpoint of an AWS emulator on loopback.
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    endpoint_url: Option<String>,
}

/// Uploads the template, checks that everyone can read it, and prints its URL.
pub(crate) fn run(options: &Options) -> Result<()> {
    let region: Region =
        options.region.parse().map_err(|error| Error::Unexpected(format!("--region: {error}")))?;
    if region.is_opt_in() {
        let message =
            format!("--region: {region} is an opt-in region, which your customers may not have enabled");
        return Err(Error::Unexpected(message));
    }
    let endpoint = endpoint(options.endpoint_url.as_deref())?;
    let credentials = credentials()?;
    let bucket =
        TemplateBucket { credentials: &credentials, endpoint: &endpoint, region, name: &options.bucket };
    if options.create_bucket {
        bucket.create()?;
    }
    let url = bucket.publish()?;
    bucket.check_is_public(&url)?;
    println!("{url}");
    Ok(())
}

/// Returns AWS, or an emulator on loopback.
pub(crate) fn endpoint(url: Option<&str>) -> Result<Endpoint> {
    url.map_or_else(
        || Ok(Endpoint::aws()),
        |url| url.parse().map_err(|error| Error::Unexpected(format!("--endpoint-url: {error}"))),
    )
}

/// Returns the credentials in the environment, or those of the AWS CLI.
pub(crate) fn credentials() -> Result<Credentials> {
    let variable = |name: &str| env::var(name).ok();
    let (id, secret, token) = match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret)) => (id, secret, variable("AWS_SESSION_TOKEN")),
        _ => exported_credentials()?,
    };
    Ok(match token {
        // AWS checks whether they have expired.
        Some(token) => Credentials::temporary(id, secret, token, OffsetDateTime::now_utc()),
        None => Credentials::long_term(id, secret),
    })
}

/// Returns the credentials that the AWS CLI uses, such as those of `aws sso login`.
fn exported_credentials() -> Result<(String, String, Option<String>)> {
    let mut command = Command::new("aws");
    command.args(["configure", "export-credentials"]);
    let exported = program::output("aws configure export-credentials", &mut command).ok();
    let exported: Value = exported.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let text = |name: &str| exported[name].as_str().map(str::to_owned);
    text("AccessKeyId").zip(text("SecretAccessKey")).map(|(id, secret)| (id, secret, text("SessionToken"))).ok_or_else(|| {
        Error::Unexpected(
            "no credentials of Kraiter's own AWS account: sign in with the AWS CLI, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".into(),
        )
    })
}
