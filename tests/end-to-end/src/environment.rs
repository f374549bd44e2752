//! What one Worker needs: a port, proxies, a DNS resolver, settings and storage.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use test_support::{
    Error, Result,
    api::Api,
    customer::Customer,
    emulator::Fakecloud,
    ports,
    resolver::Resolver,
    temp_dir::TempDir,
    template::TemplateBucket,
    test_env::{ADMIN_TOKEN, KRAITER_ACCOUNT, SIGNING_SECRET, TOKEN_TAG_KEYS},
    tools::Tools,
    workerd,
};

use crate::{
    aws_proxy::AwsProxy,
    connected_organisation::ConnectedOrganisation,
    harness::{self, IRELAND, parse_region, socket_address},
    standalone_worker::{Entry, StandaloneWorker},
    webhook_proxy::WebhookProxy,
};

/// Bucket in Kraiter's account that holds the stack template.
pub(crate) const TEMPLATE_BUCKET: &str = "kraiter-templates";

/// Name and value of a Worker setting.
pub(crate) type Setting = (&'static str, String);

/// Everything around a Worker that is not started yet.
pub(crate) struct Environment {
    /// Port for the Worker to listen on.
    pub(crate) port: u16,
    pub(crate) settings: Vec<Setting>,
    /// What wrangler runs. Defaults to the built Worker.
    pub(crate) entry: Entry,
    /// Proxy between the Worker and the local AWS.
    pub(crate) aws_proxy: AwsProxy,
    /// Proxy in front of the Worker.
    pub(crate) webhook_proxy: WebhookProxy,
    /// DNS resolver that the Worker queries.
    pub(crate) resolver: Resolver,
    /// Directory of the Worker's migrated D1 database and its Durable Objects.
    pub(crate) state: TempDir,
    pub(crate) logs: PathBuf,
    /// The local AWS, if it belongs to this environment only.
    pub(crate) emulator: Option<Fakecloud>,
}

impl Environment {
    /// Creates an environment on the local AWS of `kraiter_account`.
    pub(crate) fn create(kraiter_account: &Customer, state: TempDir, logs: PathBuf) -> Result<Self> {
        let aws = kraiter_account.endpoint().loopback_origin().unwrap_or_default().to_owned();
        let aws_proxy = AwsProxy::start(socket_address(&aws)?).map_err(Error::io("start the AWS proxy"))?;
        let port = ports::free()?;
        let worker = SocketAddr::from(([127, 0, 0, 1], port));
        let webhook_proxy = WebhookProxy::start(worker, aws, aws_proxy.origin())
            .map_err(Error::io("start the webhook proxy"))?;
        let resolver = Resolver::start()?;
        let settings =
            worker_settings(kraiter_account, &aws_proxy.origin(), &webhook_proxy.origin(), &resolver)?;
        Ok(Self {
            port,
            settings,
            entry: Entry::Built,
            aws_proxy,
            webhook_proxy,
            resolver,
            state,
            logs,
            emulator: None,
        })
    }

    /// Creates an organisation in this environment's Worker and connects it to a customer's account.
    pub(crate) fn connect_organisation(&self, customer: Customer) -> Result<ConnectedOrganisation> {
        let organisation = harness::create_organisation(&Api::new(self.webhook_proxy.origin()))?;
        ConnectedOrganisation::via_stack(organisation, customer, IRELAND)
    }

    pub(crate) fn start_worker(&self, tools: &Tools) -> Result<StandaloneWorker> {
        StandaloneWorker::start(tools, self.entry, self.port, &self.settings, self.state.path(), &self.logs)
    }

    /// Sets or replaces a setting of the next Worker that starts.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.into()));
    }
}

/// Creates a state directory with a migrated D1 database.
pub(crate) fn create_storage(tools: &Tools, logs: &Path) -> Result<TempDir> {
    let state = TempDir::new()?;
    workerd::migrate(tools, state.path(), logs)?;
    Ok(state)
}

/// Publishes the stack template to the AWS at `aws` and returns the settings of a Worker at `public_url`.
fn worker_settings(
    kraiter_account: &Customer,
    aws: &str,
    public_url: &str,
    resolver: &Resolver,
) -> Result<Vec<Setting>> {
    let endpoint = aws.parse().map_err(|error| Error::Unexpected(format!("{aws}: {error}")))?;
    let credentials = kraiter_account.credentials();
    let bucket = TemplateBucket {
        credentials,
        endpoint: &endpoint,
        region: parse_region(IRELAND)?,
        name: TEMPLATE_BUCKET,
    };
    let template_url = bucket.publish()?;
    Ok(vec![
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key().to_owned()),
        ("ADMIN_TOKEN", ADMIN_TOKEN.to_owned()),
        ("SIGNING_SECRET", SIGNING_SECRET.to_owned()),
        ("SIGNING_SECRET_PREVIOUS", "local-previous-signing-secret-0123456789".to_owned()),
        ("METRICS_TOKEN", "local-metrics-token-0123456789abcdef".to_owned()),
        ("TOKEN_TAG_KEYS", TOKEN_TAG_KEYS.to_owned()),
        ("KRAITER_AWS_ACCOUNT_ID", KRAITER_ACCOUNT.to_owned()),
        ("PUBLIC_URL", public_url.to_owned()),
        ("TEMPLATE_URL", template_url),
        ("AWS_ENDPOINT_URL", aws.to_owned()),
        ("DNS_RESOLVER_URL", resolver.url()),
    ])
}
