//! `cargo xtask publish-template`: uploads the CloudFormation template to S3, for quick-create links.

use std::env;

use aws_sans_io::{Credentials, Endpoint, Region};
use clap::Args;
use test_support::{Error, Result, template::TemplateBucket};
use time::OffsetDateTime;

/// Reads the credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if they are temporary, `AWS_SESSION_TOKEN`.
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
    let endpoint = options.endpoint_url.as_deref().map_or_else(
        || Ok(Endpoint::aws()),
        |url| url.parse().map_err(|error| Error::Unexpected(format!("--endpoint-url: {error}"))),
    )?;
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
