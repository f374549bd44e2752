//! The whole local environment: an AWS emulator with Kraiter's account and template, the mock console and resolver, and the
//! Worker.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use aws_sans_io::{AccountId, Credentials, Region};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    Error, Result,
    api::Api,
    console::{self, Console},
    customer::Customer,
    emulator::{Emulator, Fakecloud},
    ports,
    resolver::Resolver,
    temp_dir::TempDir,
    template::TemplateBucket,
    tools::Tools,
    wait::{self, Poll},
    workerd::{self, Workerd},
};

pub const KRAITER_ACCOUNT: &str = "999999999999";

/// The account that the mock console is filled in with.
pub const CONSOLE_ACCOUNT: &str = "111122223333";

/// The Worker's `ADMIN_TOKEN`. Not a secret: it gives access only to the local environment.
pub const ADMIN_TOKEN: &str = "local-administrator-0123456789abcdef";

/// The Worker's `SIGNING_SECRET`.
pub const SIGNING_SECRET: &str = "local-signing-secret-0123456789abcdef";

/// The Worker's `TOKEN_TAG_KEYS`.
pub const TOKEN_TAG_KEYS: &str = "local-token-tag-key-0123456789abcdef";

#[derive(Clone, Debug)]
pub struct Options {
    /// The name of the log directory below `target/local`.
    pub name: String,
    /// The Worker's preferred port. Another free port is used if it is taken.
    pub port: Option<u16>,
    /// How long the mock console shows each resource of a stack as being created.
    pub step_delay: Duration,
}

/// A running environment. Dropping it stops every program.
pub struct TestEnv {
    // Fields are dropped in this order: the Worker before the emulator it calls.
    worker: Workerd,
    console: Console,
    resolver: Resolver,
    emulator: Arc<dyn Emulator>,
    admin: Api,
    logs: PathBuf,
    _state: TempDir,
}

/// An organisation with an API key.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub id: String,
    pub api_key: String,
    /// A client that sends the organisation's API key.
    pub api: Api,
}

impl TestEnv {
    /// Starts everything. The tools must be installed and the Worker built.
    pub fn start(options: &Options) -> Result<Self> {
        let tools = Tools::locate()?;
        let logs = tools.target().join("local").join(&options.name);
        fs::create_dir_all(&logs).map_err(Error::io(format!("create {}", logs.display())))?;
        let state = TempDir::new()?;
        let (aws, migrations) = thread::scope(|scope| {
            let migrations = scope.spawn(|| workerd::migrate(&tools, state.path(), &logs));
            let aws = start_aws(&tools, &logs);
            let migrations = migrations
                .join()
                .unwrap_or_else(|_| Err(Error::Unexpected("applying the migrations panicked".into())));
            (aws, migrations)
        });
        let (emulator, kraiter, template_url) = aws?;
        migrations?;

        let console = Console::start(console::Options {
            emulator: Arc::clone(&emulator),
            account: account(CONSOLE_ACCOUNT)?,
            step_delay: options.step_delay,
        })?;
        let resolver = Resolver::start()?;
        let port = options.port.map_or_else(ports::free, ports::prefer)?;
        let settings = settings(&*emulator, &kraiter, &template_url, &console, &resolver, port);
        let options = workerd::Options { port, settings: &settings, state: state.path(), logs: &logs };
        let (worker, keys) = thread::scope(|scope| {
            let keys = scope.spawn(|| emulator.pregenerate_keys(&kraiter));
            let worker = Workerd::start(&tools, &options);
            let keys = keys
                .join()
                .unwrap_or_else(|_| Err(Error::Unexpected("generating the emulator's keys panicked".into())));
            (worker, keys)
        });
        let worker = worker?;
        keys?;
        let admin = Api::new(worker.origin()).with_key(ADMIN_TOKEN);
        Ok(Self { worker, console, resolver, emulator, admin, logs, _state: state })
    }

    /// Returns a client without an API key.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(self.worker.origin())
    }

    #[must_use]
    pub fn emulator(&self) -> &dyn Emulator {
        &*self.emulator
    }

    #[must_use]
    pub const fn console(&self) -> &Console {
        &self.console
    }

    #[must_use]
    pub const fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    #[must_use]
    pub const fn worker(&self) -> &Workerd {
        &self.worker
    }

    /// Returns the log directory.
    #[must_use]
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// Creates an organisation.
    pub fn organisation(&self, name: &str) -> Result<Organisation> {
        let response = self.admin.post("/v1/organisations", &json!({ "name": name }))?;
        let body = response.expect_status(StatusCode::CREATED)?;
        let text = |field: &str| {
            let value = body[field].as_str().map(str::to_owned);
            value.ok_or_else(|| Error::Unexpected(format!("the new organisation has no \"{field}\"")))
        };
        let api_key = text("apiKey")?;
        Ok(Organisation { id: text("id")?, api: self.api().with_key(&api_key), api_key })
    }

    /// Creates an AWS account and returns its administrator. If the account exists, creates another administrator.
    pub fn customer(&self, account: &str) -> Result<Customer> {
        customer(&*self.emulator, account)
    }
}

impl Organisation {
    /// Waits until the connection has a status and returns the body of `GET /v1/aws-binding`.
    pub fn wait_for_status(&self, status: &str, timeout: Duration) -> Result<Value> {
        let what = format!("the connection to be {status}");
        wait::until(&what, timeout, Duration::from_millis(100), || {
            let body = self.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
            Ok(if body["status"] == status {
                Poll::Ready(body)
            } else {
                Poll::Pending(format!("status {}, reason {}", body["status"], body["reason"]))
            })
        })
    }

    /// Waits until an email has events of all these types and returns the body of `GET /v1/emails/{id}`.
    pub fn wait_for_events(&self, email: &str, types: &[&str], timeout: Duration) -> Result<Value> {
        let what = format!("the events {} of the email {email}", types.join(", "));
        wait::until(&what, timeout, Duration::from_millis(100), || {
            let body = self.api.get(&format!("/v1/emails/{email}"))?.expect_status(StatusCode::OK)?;
            let types_seen: Vec<&str> = body["events"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|event| event["type"].as_str())
                .collect();
            Ok(if types.iter().all(|kind| types_seen.contains(kind)) {
                Poll::Ready(body)
            } else {
                Poll::Pending(format!("status {}, events {types_seen:?}", body["status"]))
            })
        })
    }
}

/// Starts the emulator, creates Kraiter's account and publishes the template. Returns the template's URL as well.
fn start_aws(tools: &Tools, logs: &Path) -> Result<(Arc<dyn Emulator>, Customer, String)> {
    let emulator = Fakecloud::start(tools, logs)?;
    let kraiter = customer(&emulator, KRAITER_ACCOUNT)?;
    let region: Region =
        "eu-west-1".parse().map_err(|error| Error::Unexpected(format!("eu-west-1: {error}")))?;
    let bucket = "kraiter-templates";
    kraiter.create_bucket(region, bucket)?;
    let (credentials, endpoint) = (kraiter.credentials(), emulator.endpoint());
    let template_url = TemplateBucket { credentials, endpoint, region, name: bucket }.publish()?;
    Ok((Arc::new(emulator), kraiter, template_url))
}

fn account(digits: &str) -> Result<AccountId> {
    digits.parse().map_err(|error| Error::Unexpected(format!("{digits}: {error}")))
}

fn customer(emulator: &dyn Emulator, digits: &str) -> Result<Customer> {
    let account = account(digits)?;
    let credentials = emulator.create_account(&account)?;
    Ok(Customer::new(account, credentials, emulator.endpoint().clone()))
}

fn settings(
    emulator: &dyn Emulator,
    kraiter: &Customer,
    template_url: &str,
    console: &Console,
    resolver: &Resolver,
    port: u16,
) -> Vec<(&'static str, String)> {
    let keys: &Credentials = kraiter.credentials();
    vec![
        ("AWS_ACCESS_KEY_ID", keys.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key().to_owned()),
        ("ADMIN_TOKEN", ADMIN_TOKEN.to_owned()),
        ("SIGNING_SECRET", SIGNING_SECRET.to_owned()),
        ("TOKEN_TAG_KEYS", TOKEN_TAG_KEYS.to_owned()),
        ("KRAITER_AWS_ACCOUNT_ID", KRAITER_ACCOUNT.to_owned()),
        ("PUBLIC_URL", format!("http://127.0.0.1:{port}")),
        ("TEMPLATE_URL", template_url.to_owned()),
        ("AWS_CONSOLE_URL", console.origin().to_owned()),
        ("DNS_RESOLVER_URL", resolver.url()),
        ("AWS_ENDPOINT_URL", emulator.endpoint().loopback_origin().unwrap_or_default().to_owned()),
    ]
}
