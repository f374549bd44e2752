//! The environment that all cases share: a local AWS, the Worker, a proxy on each side of it, and a DNS resolver.
//!
//! ```text
//! tests ──▶ webhook proxy ──▶ Worker ──▶ AWS proxy ──▶ local AWS
//!                ▲               │                         │
//!                │               └──▶ resolver             │
//!                └───────────── SNS posts ─────────────────┘
//! ```

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use aws_sans_io::{AccountId, Credentials, Region};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::{Api, ApiResponse},
    console::QuickCreate,
    customer::Customer,
    emulator::{Emulator, Fakecloud},
    resolver::Resolver,
    temp_dir::TempDir,
    test_env::{ADMIN_TOKEN, KRAITER_ACCOUNT, Organisation},
    tools::Tools,
    workerd::{self, Workerd},
};

use crate::{
    aws_proxy::AwsProxy,
    connected_organisation::ConnectedOrganisation,
    contract::Contract,
    environment::{self, Environment, Setting, TEMPLATE_BUCKET},
    standalone_worker::Entry,
    webhook_proxy::WebhookProxy,
};

/// The region of most cases.
pub(crate) const IRELAND: &str = "eu-west-1";

/// The only account whose mailbox and sandbox status the emulator exposes.
const MAILBOX_ACCOUNT: &str = "123456789012";

/// A running environment. Everything stops when it is dropped.
pub(crate) struct Harness {
    // Fields are dropped in this order: the Worker before the AWS that it calls.
    worker: Workerd,
    /// Proxy in front of the Worker.
    pub(crate) webhook_proxy: WebhookProxy,
    /// Proxy between the Worker and the local AWS.
    pub(crate) aws_proxy: AwsProxy,
    /// DNS resolver that the Worker queries.
    pub(crate) resolver: Resolver,
    /// The committed OpenAPI document.
    pub(crate) contract: Contract,
    emulator: Fakecloud,
    kraiter_account: Customer,
    pub(crate) tools: Tools,
    settings: Vec<Setting>,
    logs: PathBuf,
    state: TempDir,
    accounts_created: AtomicU64,
}

impl Harness {
    pub(crate) fn start() -> Result<Self> {
        let tools = Tools::locate()?;
        let logs = tools.target().join("local").join("end-to-end");
        fs::create_dir_all(&logs).map_err(Error::io(format!("create {}", logs.display())))?;
        let (emulator, state) =
            run_both(|| Fakecloud::start(&tools, &logs), || environment::create_storage(&tools, &logs))?;
        let kraiter_account = create_customer(&emulator, KRAITER_ACCOUNT)?;
        kraiter_account.create_bucket(parse_region(IRELAND)?, TEMPLATE_BUCKET)?;
        let Environment { port, settings, aws_proxy, webhook_proxy, resolver, state, logs, .. } =
            Environment::create(&kraiter_account, state, logs)?;
        let options = workerd::Options { port, settings: &settings, state: state.path(), logs: &logs };
        let start_worker = || Workerd::start(&tools, &options);
        let (worker, ()) = run_both(start_worker, || emulator.pregenerate_keys(&kraiter_account))?;
        Ok(Self {
            worker,
            webhook_proxy,
            aws_proxy,
            resolver,
            contract: Contract::read()?,
            emulator,
            kraiter_account,
            tools,
            settings,
            logs,
            state,
            accounts_created: AtomicU64::new(0),
        })
    }

    /// Creates an environment for another Worker on the same local AWS. Its logs are in a subdirectory `name`.
    pub(crate) fn create_environment(&self, name: &str) -> Result<Environment> {
        let logs = self.logs.join(name);
        fs::create_dir_all(&logs).map_err(Error::io(format!("create {}", logs.display())))?;
        Environment::create(&self.kraiter_account, environment::create_storage(&self.tools, &logs)?, logs)
    }

    /// Creates an environment for a Worker in the test entry, with a clock that can be moved, and a customer. The local AWS is its own and accepts
    /// any signature, because signatures contain the time.
    pub(crate) fn create_environment_with_clock(&self, name: &str) -> Result<(Environment, Customer)> {
        let logs = self.logs.join(name);
        fs::create_dir_all(&logs).map_err(Error::io(format!("create {}", logs.display())))?;
        let emulator = Fakecloud::start_without_signatures(&self.tools, &logs)?;
        let kraiter_account = create_customer(&emulator, KRAITER_ACCOUNT)?;
        kraiter_account.create_bucket(parse_region(IRELAND)?, TEMPLATE_BUCKET)?;
        let customer = create_customer(&emulator, MAILBOX_ACCOUNT)?;
        let storage = environment::create_storage(&self.tools, &logs)?;
        let mut environment = Environment::create(&kraiter_account, storage, logs)?;
        environment.entry = Entry::Test;
        environment.emulator = Some(emulator);
        Ok((environment, customer))
    }

    /// Returns an API client without a key, at the Worker's public address.
    pub(crate) fn api(&self) -> Api {
        Api::new(self.webhook_proxy.origin())
    }

    /// Posts a body to a webhook with the content type that SNS uses.
    pub(crate) fn post_to_webhook(&self, target: &str, body: impl Into<Vec<u8>>) -> Result<ApiResponse> {
        post_to_webhook(&self.api(), target, body)
    }

    /// Returns the Worker's own address, for requests that an HTTP client can't send.
    pub(crate) fn worker_address(&self) -> Result<SocketAddr> {
        socket_address(self.worker.origin())
    }

    pub(crate) const fn emulator(&self) -> &dyn Emulator {
        &self.emulator
    }

    /// Returns the Worker's settings.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Returns the stack template, as published for customers.
    pub(crate) fn published_template(&self) -> Result<Vec<u8>> {
        let url = self.settings.iter().find(|(name, _)| *name == "TEMPLATE_URL");
        let url = url.map(|(_, url)| url.as_str()).unwrap_or_default();
        Ok(self.kraiter_account.get_object(parse_region(IRELAND)?, url)?.to_vec())
    }

    /// Returns everything that the Worker has logged.
    pub(crate) fn worker_log(&self) -> String {
        self.worker.log()
    }

    /// Returns the lines logged by the Worker itself. The lines of wrangler contain request paths and the settings'
    /// origins.
    pub(crate) fn worker_log_without_wrangler(&self) -> String {
        let log = self.worker_log();
        log.lines().filter(|line| !line.starts_with("[wrangler")).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn logs_dir(&self) -> &Path {
        &self.logs
    }

    /// Returns the directory of the Worker's D1 database and Durable Objects.
    pub(crate) fn state_dir(&self) -> &Path {
        self.state.path()
    }

    pub(crate) fn create_organisation(&self) -> Result<Organisation> {
        create_organisation(&self.api())
    }

    /// Creates an AWS account and returns its owner.
    pub(crate) fn create_customer(&self) -> Result<Customer> {
        let account = 200_000_000_000 + 7_919 * self.accounts_created.fetch_add(1, Ordering::SeqCst);
        create_customer(&self.emulator, &account.to_string())
    }

    /// Creates a second user in Kraiter's own account and returns its access keys.
    pub(crate) fn create_second_keys(&self) -> Result<Credentials> {
        self.kraiter_account.create_user("kraiter-next")
    }

    /// Returns the owner of the account whose mailbox and sandbox status the emulator exposes. Several cases share it.
    pub(crate) fn mailbox_customer(&self) -> Result<Customer> {
        create_customer(&self.emulator, MAILBOX_ACCOUNT)
    }

    /// Creates an organisation and connects it to a new AWS account.
    pub(crate) fn connect_organisation(&self) -> Result<ConnectedOrganisation> {
        self.connect_organisation_to(self.create_customer()?, IRELAND)
    }

    /// Creates an organisation and connects it to a customer's account with a stack in `region`.
    pub(crate) fn connect_organisation_to(
        &self,
        customer: Customer,
        region: &str,
    ) -> Result<ConnectedOrganisation> {
        ConnectedOrganisation::via_stack(self.create_organisation()?, customer, region)
    }
}

/// Posts a body to any Worker's webhook with the content type that SNS uses.
pub(crate) fn post_to_webhook(api: &Api, target: &str, body: impl Into<Vec<u8>>) -> Result<ApiResponse> {
    let body = ("text/plain; charset=UTF-8", body.into().into());
    api.send(Method::POST, target, Some(body), &[])
}

/// Creates an organisation through any Worker's API.
pub(crate) fn create_organisation(api: &Api) -> Result<Organisation> {
    let response = api.with_key(ADMIN_TOKEN).post("/v1/organisations", &json!({ "name": "End to end" }))?;
    let body = response.expect_status(StatusCode::CREATED)?;
    let (id, api_key) = (string_at(&body, "/id")?, string_at(&body, "/apiKey")?);
    Ok(Organisation { id, api: api.with_key(&api_key), api_key })
}

/// Calls `POST /v1/aws-binding/connect`.
pub(crate) fn request_connection(organisation: &Organisation, region: &str) -> Result<Value> {
    organisation
        .api
        .post("/v1/aws-binding/connect", &json!({ "region": region }))?
        .expect_status(StatusCode::OK)
}

/// Requests a quick-create link and opens it in the emulated AWS console.
pub(crate) fn open_quick_create(organisation: &Organisation, region: &str) -> Result<QuickCreate> {
    QuickCreate::open(&string_at(&request_connection(organisation, region)?, "/quickCreateUrl")?)
}

/// Calls `GET /v1/aws-binding`.
pub(crate) fn get_binding(organisation: &Organisation) -> Result<Value> {
    organisation.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)
}

/// Calls `POST /v1/aws-binding/verify`.
pub(crate) fn verify_binding(organisation: &Organisation) -> Result<Value> {
    organisation.api.post("/v1/aws-binding/verify", &json!({}))?.expect_status(StatusCode::OK)
}

/// Returns the string at a JSON pointer.
pub(crate) fn string_at(body: &Value, pointer: &str) -> Result<String> {
    let found = body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Error::Unexpected(format!("there is no string at {pointer} in {body}")))
}

pub(crate) fn parse_region(name: &str) -> Result<Region> {
    name.parse().map_err(|error| Error::Unexpected(format!("{name}: {error}")))
}

/// Parses an origin such as `http://127.0.0.1:40000`.
pub(crate) fn socket_address(origin: &str) -> Result<SocketAddr> {
    let address = origin.strip_prefix("http://").unwrap_or_default();
    address.parse().map_err(|error| Error::Unexpected(format!("{origin}: {error}")))
}

/// Runs two functions in parallel.
fn run_both<A, B: Send>(
    first: impl FnOnce() -> Result<A>,
    second: impl FnOnce() -> Result<B> + Send,
) -> Result<(A, B)> {
    thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        let second = second.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))?;
        Ok((first?, second?))
    })
}

fn create_customer(emulator: &Fakecloud, account: &str) -> Result<Customer> {
    let account: AccountId =
        account.parse().map_err(|error| Error::Unexpected(format!("{account}: {error}")))?;
    let credentials = emulator.create_account(&account)?;
    Ok(Customer::new(account, credentials, emulator.endpoint().clone()))
}
