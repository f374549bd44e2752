//! `cargo xtask publish-template`: uploads the CloudFormation template to S3, for quick-create links.

use std::env;

use aws_sans_io::{Credentials, Endpoint, Region};
use clap::Args;
use test_support::{Error, Result, template};
use time::OffsetDateTime;

/// Reads the credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if they are temporary, `AWS_SESSION_TOKEN`.
#[derive(Args)]
pub(crate) struct Options {
    /// The bucket. Your customers must be able to read its objects.
    #[arg(long)]
    bucket: String,
    /// The bucket's region.
    #[arg(long)]
    region: String,
    /// The endpoint of an AWS emulator on loopback.
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    endpoint_url: Option<String>,
}

/// Uploads the template and prints its URL.
pub(crate) fn run(options: &Options) -> Result<()> {
    let region: Region =
        options.region.parse().map_err(|error| Error::Unexpected(format!("--region: {error}")))?;
    let endpoint = options.endpoint_url.as_deref().map_or_else(
        || Ok(Endpoint::aws()),
        |url| url.parse().map_err(|error| Error::Unexpected(format!("--endpoint-url: {error}"))),
    )?;
    let url = template::publish(&credentials()?, &endpoint, region, &options.bucket)?;
    println!("{url}");
    Ok(())
}

fn credentials() -> Result<Credentials> {
    let variable = |name: &str| {
        env::var(name)
            .map_err(|_| Error::Unexpected(format!("set {name} to a key of Kraiter's own AWS account")))
    };
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Ok(match env::var("AWS_SESSION_TOKEN") {
        // S3 checks whether they have expired.
        Ok(token) => Credentials::temporary(id, secret, token, OffsetDateTime::now_utc()),
        Err(_) => Credentials::long_term(id, secret),
    })
}
