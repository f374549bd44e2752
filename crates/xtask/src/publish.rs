//! `cargo xtask publish-template`: the CloudFormation template onto S3, where quick-create links take it from.

use std::env;

use clap::Args;
use kraiter_core::aws::{Credentials, Endpoint, Region};
use test_support::{Error, Result, template};
use time::OffsetDateTime;

/// Keys come from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary ones, `AWS_SESSION_TOKEN`.
#[derive(Args)]
pub(crate) struct Options {
    /// The bucket; its objects must be readable by your customers.
    #[arg(long)]
    bucket: String,
    /// The bucket's region.
    #[arg(long)]
    region: String,
    /// An AWS on loopback instead of AWS itself.
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    endpoint_url: Option<String>,
}

/// Uploads the template and prints its URL.
///
/// # Errors
/// Where an argument or a variable is wrong, or S3 refuses.
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
        env::var(name).map_err(|_| Error::Unexpected(format!("set {name} to Kraiter's own AWS keys")))
    };
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Ok(match env::var("AWS_SESSION_TOKEN") {
        // How long they last is S3's to judge.
        Ok(token) => Credentials::temporary(id, secret, token, OffsetDateTime::now_utc()),
        Err(_) => Credentials::long_term(id, secret),
    })
}
