//! Everything around one Worker: where it is reached, what stands before and behind it, its settings, its storage.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use test_support::{
    Error, Result,
    api::Api,
    customer::Customer,
    ports,
    resolver::Resolver,
    temp_dir::TempDir,
    template,
    test_env::{ADMIN_TOKEN, KRAITER_ACCOUNT, SIGNING_SECRET},
    tools::Tools,
    workerd,
};

use crate::{
    connected::Connected,
    own_worker::OwnWorker,
    post_office::PostOffice,
    wiretap::Wiretap,
    world::{self, IRELAND, address, region},
};

/// Kraiter's bucket for the template.
pub(crate) const TEMPLATES: &str = "kraiter-templates";

/// A setting's name and value.
pub(crate) type Setting = (&'static str, String);

/// A place for a Worker; it has still to be started.
pub(crate) struct Site {
    /// Where the Worker is to listen.
    pub(crate) port: u16,
    /// Its settings.
    pub(crate) settings: Vec<Setting>,
    /// What it says to AWS.
    pub(crate) wiretap: Wiretap,
    /// What comes to it.
    pub(crate) post_office: PostOffice,
    /// The DNS that it asks.
    pub(crate) resolver: Resolver,
    /// Where D1, migrated, and the Durable Objects keep what they hold.
    pub(crate) state: TempDir,
    /// Where logs go.
    pub(crate) logs: PathBuf,
}

impl Site {
    /// Makes one beside the local AWS that has Kraiter's account.
    pub(crate) fn make(kraiter: &Customer, state: TempDir, logs: PathBuf) -> Result<Self> {
        let aws = kraiter.endpoint().loopback_origin().unwrap_or_default().to_owned();
        let wiretap = Wiretap::start(address(&aws)?).map_err(Error::io("start the wiretap"))?;
        let port = ports::free()?;
        let worker = SocketAddr::from(([127, 0, 0, 1], port));
        let post_office =
            PostOffice::start(worker, aws, wiretap.origin()).map_err(Error::io("start the post office"))?;
        let resolver = Resolver::start()?;
        let settings = settings(kraiter, &wiretap.origin(), &post_office.origin(), &resolver)?;
        Ok(Self { port, settings, wiretap, post_office, resolver, state, logs })
    }

    /// A new organisation of the Worker here, connected to this customer's account.
    pub(crate) fn connected(&self, customer: Customer) -> Result<Connected> {
        let organisation = world::organisation(&Api::new(self.post_office.origin()))?;
        Connected::by_stack(organisation, customer, IRELAND)
    }

    /// Starts a Worker here.
    pub(crate) fn start(&self, tools: &Tools) -> Result<OwnWorker> {
        OwnWorker::start(tools, self.port, &self.settings, self.state.path(), &self.logs)
    }
}

/// New storage with a migrated D1 in it.
pub(crate) fn storage(tools: &Tools, logs: &Path) -> Result<TempDir> {
    let state = TempDir::new()?;
    workerd::migrate(tools, state.path(), logs)?;
    Ok(state)
}

/// The settings of a Worker at `public_url` whose AWS is at `aws`: there, by its own words, the template lies too.
fn settings(kraiter: &Customer, aws: &str, public_url: &str, resolver: &Resolver) -> Result<Vec<Setting>> {
    let endpoint = aws.parse().map_err(|error| Error::Unexpected(format!("{aws}: {error}")))?;
    let keys = kraiter.credentials();
    let template_url = template::publish(keys, &endpoint, region(IRELAND)?, TEMPLATES)?;
    Ok(vec![
        ("AWS_ACCESS_KEY_ID", keys.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key().to_owned()),
        ("ADMIN_TOKEN", ADMIN_TOKEN.to_owned()),
        ("SIGNING_SECRET", SIGNING_SECRET.to_owned()),
        ("KRAITER_AWS_ACCOUNT_ID", KRAITER_ACCOUNT.to_owned()),
        ("PUBLIC_URL", public_url.to_owned()),
        ("TEMPLATE_URL", template_url),
        ("AWS_ENDPOINT_URL", aws.to_owned()),
        ("DNS_RESOLVER_URL", resolver.url()),
    ])
}
