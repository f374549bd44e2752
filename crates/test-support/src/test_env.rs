//! Everything started together: a local AWS with an account of Kraiter's and its template, and the Worker in front of it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use http::StatusCode;
use kraiter_core::aws::{AccountId, Credentials, Region};
use serde_json::{Value, json};

use crate::{
    Error, Result,
    api::Api,
    console::{self, Console, QuickCreate},
    customer::Customer,
    emulator::{Emulator, Fakecloud},
    ports,
    resolver::Resolver,
    temp_dir::TempDir,
    template,
    tools::Tools,
    wait::{self, Poll},
    workerd::{self, Workerd},
};

/// Kraiter's own AWS account.
pub const KRAITER_ACCOUNT: &str = "999999999999";

/// The account that the console's stand-in opens with.
pub const CONSOLE_ACCOUNT: &str = "111122223333";

/// The administrator's token of the Worker; it guards nothing but this machine's loopback.
pub const ADMIN_TOKEN: &str = "local-administrator-0123456789abcdef";

/// What the Worker signs with.
pub const SIGNING_SECRET: &str = "local-signing-secret-0123456789abcdef";

/// From the subscription's confirmation on, a connection needs a few calls on loopback; IAM's propagation isn't imitated.
const CONNECT: Duration = Duration::from_mins(1);

/// How a lab is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The name of the folder below `target/local` that gets the logs.
    pub name: String,
    /// The Worker's port if it is free; another free one if not.
    pub port: Option<u16>,
    /// How long the console's stand-in shows each resource of a stack to take.
    pub step_delay: Duration,
}

/// A running lab. Everything ends when it is dropped.
pub struct TestEnv {
    // Fields are dropped in this order: the Worker before the AWS it calls.
    worker: Workerd,
    console: Console,
    resolver: Resolver,
    emulator: Arc<dyn Emulator>,
    admin: Api,
    kraiter: Customer,
    template_url: String,
    settings: Vec<(&'static str, String)>,
    logs: PathBuf,
    _state: TempDir,
}

/// An organisation and its API key.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// Its key.
    pub api_key: String,
    /// The API, called with its key.
    pub api: Api,
}

impl TestEnv {
    /// Starts everything; the tools must be installed and the Worker built.
    ///
    /// # Errors
    /// Where a tool is missing, or something doesn't start in its time.
    pub fn start(options: &Options) -> Result<Self> {
        let tools = Tools::locate()?;
        let logs = tools.target().join("local").join(&options.name);
        fs::create_dir_all(&logs).map_err(Error::io(format!("make {}", logs.display())))?;
        let state = TempDir::new()?;
        let (aws, migrated) = thread::scope(|scope| {
            let migrated = scope.spawn(|| workerd::migrate(&tools, state.path(), &logs));
            let aws = start_aws(&tools, &logs);
            let migrated =
                migrated.join().unwrap_or_else(|_| Err(Error::Unexpected("migrating panicked".into())));
            (aws, migrated)
        });
        let (emulator, kraiter, template_url) = aws?;
        migrated?;

        let console = Console::start(console::Options {
            emulator: Arc::clone(&emulator),
            account: account(CONSOLE_ACCOUNT)?,
            step_delay: options.step_delay,
        })?;
        let resolver = Resolver::start()?;
        let port = options.port.map_or_else(ports::free, ports::prefer)?;
        let settings = settings(&*emulator, &kraiter, &template_url, &console, &resolver, port);
        let options = workerd::Options { port, settings: &settings, state: state.path(), logs: &logs };
        let (worker, key) = thread::scope(|scope| {
            let key = scope.spawn(|| emulator.pregenerate_keys(&kraiter));
            let worker = Workerd::start(&tools, &options);
            (worker, key.join().unwrap_or_else(|_| Err(Error::Unexpected("a thread has panicked".into()))))
        });
        let worker = worker?;
        key?;
        let admin = Api::new(worker.origin()).with_key(ADMIN_TOKEN);
        Ok(Self {
            worker,
            console,
            resolver,
            emulator,
            admin,
            kraiter,
            template_url,
            settings,
            logs,
            _state: state,
        })
    }

    /// The API without a key.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(self.worker.origin())
    }

    /// The API with the administrator's token.
    #[must_use]
    pub const fn admin(&self) -> &Api {
        &self.admin
    }

    /// The local AWS.
    #[must_use]
    pub fn emulator(&self) -> &dyn Emulator {
        &*self.emulator
    }

    /// The stand-in for the AWS console.
    #[must_use]
    pub const fn console(&self) -> &Console {
        &self.console
    }

    /// The DNS that the Worker asks.
    #[must_use]
    pub const fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// The Worker, for its address and log.
    #[must_use]
    pub const fn worker(&self) -> &Workerd {
        &self.worker
    }

    /// Kraiter's own account, which the Worker's keys belong to.
    #[must_use]
    pub const fn kraiter(&self) -> &Customer {
        &self.kraiter
    }

    /// Where the template was published.
    #[must_use]
    pub fn template_url(&self) -> &str {
        &self.template_url
    }

    /// Every value that must appear in no log and no answer: the Worker's secrets.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let secret = |name: &str| matches!(name, "AWS_SECRET_ACCESS_KEY" | "ADMIN_TOKEN" | "SIGNING_SECRET");
        self.settings.iter().filter(|(name, _)| secret(name)).map(|(_, value)| value.as_str()).collect()
    }

    /// Where the logs are.
    #[must_use]
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// Makes an organisation.
    ///
    /// # Errors
    /// Where the API doesn't answer 201 with an id and a key.
    pub fn organisation(&self, name: &str) -> Result<Organisation> {
        let answer = self.admin.post("/v1/organisations", &json!({ "name": name }))?;
        let body = answer.expect_status(StatusCode::CREATED)?;
        let text = |field: &str| {
            let value = body[field].as_str().map(str::to_owned);
            value.ok_or_else(|| Error::Unexpected(format!("the new organisation has no {field}")))
        };
        let api_key = text("apiKey")?;
        Ok(Organisation { id: text("id")?, api: self.api().with_key(&api_key), api_key })
    }

    /// Makes an AWS account and gives its owner's keys; for an account that is there already, more keys.
    ///
    /// # Errors
    /// Where `account` isn't twelve digits or the emulator refuses.
    pub fn customer(&self, account: &str) -> Result<Customer> {
        customer(&*self.emulator, account)
    }

    /// A new organisation, connected to a new AWS account by the quick-create link.
    ///
    /// # Errors
    /// Where any step fails or the connection doesn't activate itself in a minute.
    pub fn connected(&self, name: &str, account: &str, region: &str) -> Result<(Organisation, Customer)> {
        let organisation = self.organisation(name)?;
        let customer = self.customer(account)?;
        let answer = organisation.api.post("/v1/aws-binding/connect", &json!({ "region": region }))?;
        let body = answer.expect_status(StatusCode::OK)?;
        QuickCreate::open(body["quickCreateUrl"].as_str().unwrap_or_default())?.create_stack(&customer)?;
        organisation.wait_for_status("connected", CONNECT)?;
        Ok((organisation, customer))
    }
}

impl Organisation {
    /// Waits until the connection has a status, and answers `GET /v1/aws-binding`.
    ///
    /// # Errors
    /// Where it doesn't come within `deadline`; with the connection as it was last.
    pub fn wait_for_status(&self, status: &str, deadline: Duration) -> Result<Value> {
        let what = format!("the connection to be {status}");
        wait::until(&what, deadline, Duration::from_millis(100), || {
            let body = self.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
            Ok(if body["status"] == status {
                Poll::Ready(body)
            } else {
                Poll::Pending(format!("status {}, reason {}", body["status"], body["reason"]))
            })
        })
    }

    /// Waits until a sent mail has had events of all these types, and answers `GET /v1/emails/{id}`.
    ///
    /// # Errors
    /// Where they don't come within `deadline`; with the mail as it was last.
    pub fn wait_for_events(&self, email: &str, types: &[&str], deadline: Duration) -> Result<Value> {
        let what = format!("the events {} of {email}", types.join(", "));
        wait::until(&what, deadline, Duration::from_millis(100), || {
            let body = self.api.get(&format!("/v1/emails/{email}"))?.expect_status(StatusCode::OK)?;
            let came: Vec<&str> = body["events"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|event| event["type"].as_str())
                .collect();
            Ok(if types.iter().all(|kind| came.contains(kind)) {
                Poll::Ready(body)
            } else {
                Poll::Pending(format!("status {}, events {came:?}", body["status"]))
            })
        })
    }
}

/// The emulator with Kraiter's account and the published template.
fn start_aws(tools: &Tools, logs: &Path) -> Result<(Arc<dyn Emulator>, Customer, String)> {
    let emulator = Fakecloud::start(tools, logs)?;
    let kraiter = customer(&emulator, KRAITER_ACCOUNT)?;
    let region: Region =
        "eu-west-1".parse().map_err(|error| Error::Unexpected(format!("eu-west-1: {error}")))?;
    let bucket = "kraiter-templates";
    kraiter.create_bucket(region, bucket)?;
    let template_url = template::publish(kraiter.credentials(), emulator.endpoint(), region, bucket)?;
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
        ("KRAITER_AWS_ACCOUNT_ID", KRAITER_ACCOUNT.to_owned()),
        ("PUBLIC_URL", format!("http://127.0.0.1:{port}")),
        ("TEMPLATE_URL", template_url.to_owned()),
        ("AWS_CONSOLE_URL", console.origin().to_owned()),
        ("DNS_RESOLVER_URL", resolver.url()),
        ("AWS_ENDPOINT_URL", emulator.endpoint().loopback_origin().unwrap_or_default().to_owned()),
    ]
}
