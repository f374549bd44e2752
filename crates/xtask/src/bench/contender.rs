//! The Workers that are compared: this repository's, and Workers written in JavaScript with aws4fetch and with the AWS SDK.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use test_support::{
    Error, Result,
    test_env::{ADMIN_TOKEN, KRAITER_ACCOUNT, SIGNING_SECRET},
    tools::{Tools, sha256_hex},
};

use super::{
    fake_aws::FakeAws,
    organisation::{CONFIGURATION_SET, Organisation, REGION, ROLE_ARN, TOPIC_ARN},
    server::Server,
};
use crate::program;

/// A library that a JavaScript Worker sends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Library {
    Aws4fetch,
    AwsSdk,
}

impl Library {
    pub(super) fn script(self) -> &'static str {
        match self {
            Self::Aws4fetch => "aws4fetch",
            Self::AwsSdk => "aws-sdk",
        }
    }

    /// Returns the name and version for tables.
    pub(super) fn name(self, tools: &Tools) -> Result<String> {
        Ok(format!("{} {}", self.script(), package_version(tools, self.package())?))
    }

    fn package(self) -> &'static str {
        match self {
            Self::Aws4fetch => "aws4fetch",
            Self::AwsSdk => "@aws-sdk/client-sesv2",
        }
    }
}

/// How Kraiter's Worker runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// As it is deployed.
    Deployed,
    /// Behind `benches/wrapper.mjs`, which counts calls.
    Counted,
    /// Behind `benches/wrapper.mjs`, which also limits the connections of a request and of an object that wait at the same time.
    Limited(u32),
}

/// A running Worker with one organisation that can send.
pub(super) struct Contender {
    pub(super) name: String,
    pub(super) server: Server,
    pub(super) api_key: String,
    /// Path and query of the organisation's webhook, if the Worker has one.
    pub(super) webhook: Option<String>,
}

/// Name of Kraiter's Worker in every table.
pub(super) const KRAITER: &str = "Kraiter";

/// The key of the organisation in a JavaScript Worker's database.
const API_KEY: &str = "benchmark-0123456789abcdef0123456789abcdef";

impl Contender {
    /// Starts Kraiter's Worker and connects an organisation.
    pub(super) fn kraiter(tools: &Tools, aws: &FakeAws, variant: Variant) -> Result<Self> {
        Self::built(tools, aws, KRAITER, kraiter_config(aws, variant))
    }

    /// Starts the Worker that is built in another checkout of the repository.
    pub(super) fn baseline(tools: &Tools, aws: &FakeAws, root: &Path) -> Result<Self> {
        let mut config = kraiter_config(aws, Variant::Deployed);
        config["root"] = json!(root);
        Self::built(tools, aws, "baseline", config)
    }

    fn built(tools: &Tools, aws: &FakeAws, name: &str, config: Value) -> Result<Self> {
        let server = Server::start(tools, &name.to_lowercase(), config)?;
        let origin = format!("http://{}", server.address);
        let organisation = Organisation::connect(&origin, aws).map_err(|error| {
            Error::Unexpected(format!("{error}\nThe end of the Worker's log:\n{}", server.log_tail()))
        })?;
        Ok(Self {
            name: name.to_owned(),
            server,
            api_key: organisation.api_key,
            webhook: Some(organisation.webhook),
        })
    }

    /// Starts a Worker that does the same with a JavaScript library.
    pub(super) fn javascript(tools: &Tools, aws: &FakeAws, library: Library) -> Result<Self> {
        let script = bundle(tools, library.script(), &[])?;
        aws.trust(EXTERNAL_ID.to_owned());
        let server = Server::start(tools, library.script(), javascript_config(aws, &script))?;
        let name = library.name(tools)?;
        Ok(Self {
            name,
            server,
            api_key: API_KEY.to_owned(),
            webhook: (library == Library::Aws4fetch).then(|| format!("/webhooks/sns/{WEBHOOK_TOKEN}")),
        })
    }
}

/// The external ID of the JavaScript Workers' organisation.
const EXTERNAL_ID: &str = "ab12-external";

/// The token of the same organisation's webhook.
const WEBHOOK_TOKEN: &str = "benchmark-webhook-0123456789abcdef";

/// Returns the configuration of Kraiter's Worker for `benches/launch.mjs`.
pub(super) fn kraiter_config(aws: &FakeAws, variant: Variant) -> Value {
    let wrapper = (variant != Variant::Deployed).then_some("benches/wrapper.mjs");
    let connections = if let Variant::Limited(connections) = variant { Some(connections) } else { None };
    json!({
        "migrations": "migrations",
        "wrapper": wrapper,
        "bindings": {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "SIGNING_SECRET": SIGNING_SECRET,
            "TOKEN_TAG_KEYS": SIGNING_SECRET,
            "KRAITER_AWS_ACCOUNT_ID": KRAITER_ACCOUNT,
            "PUBLIC_URL": "https://kraiter.example.com",
            "TEMPLATE_URL": "https://kraiter-templates.s3.eu-west-1.amazonaws.com/kraiter-aws-setup-0123456789abcdef.json",
            "AWS_ENDPOINT_URL": aws.origin(),
            "BENCH_CONNECTIONS": connections,
        },
    })
}

/// Returns the configuration of a JavaScript Worker for `benches/launch.mjs`.
pub(super) fn javascript_config(aws: &FakeAws, script: &Path) -> Value {
    json!({
        "modules": [script],
        "migrations": "benches/workers/migrations",
        "seed": [
            format!(
                "INSERT INTO organisations VALUES ('organisation', '{ROLE_ARN}', '{EXTERNAL_ID}', '{REGION}', '{CONFIGURATION_SET}')"
            ),
            format!("INSERT INTO api_keys VALUES ('{}', 'organisation')", sha256_hex(API_KEY.as_bytes())),
            format!(
                "INSERT INTO webhooks VALUES ('{}', 'organisation', '{TOPIC_ARN}')",
                sha256_hex(WEBHOOK_TOKEN.as_bytes())
            ),
        ],
        "bindings": {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_ENDPOINT_URL": aws.origin(),
        },
    })
}

/// Bundles and minifies a script of `benches/workers` with additional flags for esbuild, and returns the path of the result.
pub(super) fn bundle(tools: &Tools, script: &str, flags: &[String]) -> Result<PathBuf> {
    let output = tools.target().join("bench").join(format!("{script}.js"));
    let mut esbuild = Command::new(tools.npm_program("esbuild")?);
    esbuild
        .arg(tools.root().join("benches").join("workers").join(format!("{script}.mjs")))
        .args(["--bundle", "--minify", "--format=esm", "--platform=browser", "--log-level=warning"])
        .args(["--conditions=workerd,worker,browser"])
        .args(flags)
        .arg(format!("--outfile={}", output.display()))
        .current_dir(tools.root())
        .env("PATH", tools.path_with_node()?);
    let log = tools.target().join("logs").join("bench-esbuild.log");
    program::logged("esbuild", &mut esbuild, &log, |_| {})?;
    Ok(output)
}

/// Returns the version of an installed npm package.
pub(super) fn package_version(tools: &Tools, package: &str) -> Result<String> {
    let path = tools.root().join("node_modules").join(package).join("package.json");
    let text = fs::read(&path).map_err(Error::io(format!("read {}", path.display())))?;
    let json: Value = serde_json::from_slice(&text)
        .map_err(|error| Error::Unexpected(format!("{}: {error}", path.display())))?;
    Ok(json["version"].as_str().unwrap_or_default().to_owned())
}
