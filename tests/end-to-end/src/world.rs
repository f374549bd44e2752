//! Everything that the cases run against, started once: the local AWS, a wiretap before it, the Worker, a post office before that,
//! and the DNS that the Worker asks.
//!
//! ```text
//! tests ──▶ post office ──▶ Worker ──▶ wiretap ──▶ local AWS
//!                ▲             │                       │
//!                │             └──▶ resolver           │
//!                └──────────── SNS posts ──────────────┘
//! ```

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use http::{Method, StatusCode};
use kraiter_core::aws::{AccountId, Credentials, Region};
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
    connected::Connected,
    contract::Contract,
    post_office::PostOffice,
    site::{self, Setting, Site, TEMPLATES},
    wiretap::Wiretap,
};

/// From the confirmation on, a connection needs a few calls on loopback; other cases share the machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// The region of most cases.
pub(crate) const IRELAND: &str = "eu-west-1";

/// The one account whose mailbox and sandbox the emulator shows.
const SHOWN_ACCOUNT: &str = "123456789012";

/// A running world. Everything ends when it is dropped.
pub(crate) struct World {
    // Fields are dropped in this order: the Worker before the AWS it calls.
    worker: Workerd,
    /// What comes to the Worker.
    pub(crate) post_office: PostOffice,
    /// What the Worker says to AWS.
    pub(crate) wiretap: Wiretap,
    /// The DNS that the Worker asks.
    pub(crate) resolver: Resolver,
    /// What the Worker says of itself.
    pub(crate) contract: Contract,
    emulator: Fakecloud,
    kraiter: Customer,
    /// Where the tools are, to start another Worker.
    pub(crate) tools: Tools,
    settings: Vec<Setting>,
    logs: PathBuf,
    state: TempDir,
    accounts: AtomicU64,
}

impl World {
    /// Starts everything.
    pub(crate) fn start() -> Result<Self> {
        let tools = Tools::locate()?;
        let logs = tools.target().join("local").join("end-to-end");
        fs::create_dir_all(&logs).map_err(Error::io(format!("make {}", logs.display())))?;
        let (emulator, state) = both(|| Fakecloud::start(&tools, &logs), || site::storage(&tools, &logs))?;
        let kraiter = customer(&emulator, KRAITER_ACCOUNT)?;
        kraiter.create_bucket(region(IRELAND)?, TEMPLATES)?;
        let Site { port, settings, wiretap, post_office, resolver, state, logs } =
            Site::make(&kraiter, state, logs)?;
        let options = workerd::Options { port, settings: &settings, state: state.path(), logs: &logs };
        let start = || Workerd::start(&tools, &options);
        let (worker, ()) = both(start, || emulator.pregenerate_keys(&kraiter))?;
        let accounts = AtomicU64::new(0);
        Ok(Self {
            worker,
            post_office,
            wiretap,
            resolver,
            contract: Contract::read()?,
            emulator,
            kraiter,
            tools,
            settings,
            logs,
            state,
            accounts,
        })
    }

    /// Everything around one more Worker, whose logs go into a folder of this name; the local AWS is the same.
    pub(crate) fn site(&self, name: &str) -> Result<Site> {
        let logs = self.logs.join(name);
        fs::create_dir_all(&logs).map_err(Error::io(format!("make {}", logs.display())))?;
        Site::make(&self.kraiter, site::storage(&self.tools, &logs)?, logs)
    }

    /// The API without a key, by its public address.
    pub(crate) fn api(&self) -> Api {
        Api::new(self.post_office.origin())
    }

    /// Posts to a webhook as SNS does.
    pub(crate) fn post_to_webhook(&self, target: &str, body: impl Into<Vec<u8>>) -> Result<ApiResponse> {
        let body = ("text/plain; charset=UTF-8", body.into().into());
        self.api().send(Method::POST, target, Some(body), &[])
    }

    /// The Worker itself, for bytes that only a raw connection carries.
    pub(crate) fn worker_address(&self) -> Result<SocketAddr> {
        address(self.worker.origin())
    }

    /// The local AWS.
    pub(crate) const fn emulator(&self) -> &dyn Emulator {
        &self.emulator
    }

    /// The Worker's settings.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Everything that the Worker has logged.
    pub(crate) fn log(&self) -> String {
        self.worker.log()
    }

    /// Where logs go.
    pub(crate) fn logs(&self) -> &Path {
        &self.logs
    }

    /// Where D1 and the Durable Objects keep what they hold.
    pub(crate) fn state(&self) -> &Path {
        self.state.path()
    }

    /// A new organisation.
    pub(crate) fn organisation(&self) -> Result<Organisation> {
        organisation(&self.api())
    }

    /// The owner of a new AWS account.
    pub(crate) fn customer(&self) -> Result<Customer> {
        // No two of a run are equal, and the emulator begins each run anew.
        let account = 200_000_000_000 + 7_919 * self.accounts.fetch_add(1, Ordering::SeqCst);
        customer(&self.emulator, &account.to_string())
    }

    /// Keys of another user in Kraiter's own account.
    pub(crate) fn second_keys(&self) -> Result<Credentials> {
        self.kraiter.create_user("kraiter-next")
    }

    /// The owner of the one account whose mailbox and sandbox the emulator shows. Cases may share it.
    pub(crate) fn shown_customer(&self) -> Result<Customer> {
        customer(&self.emulator, SHOWN_ACCOUNT)
    }

    /// A new organisation, connected to a new account.
    pub(crate) fn connected(&self) -> Result<Connected> {
        self.connected_to(self.customer()?, IRELAND)
    }

    /// A new organisation, connected to this customer's account by a stack in `region`.
    pub(crate) fn connected_to(&self, customer: Customer, region: &str) -> Result<Connected> {
        Connected::by_stack(self.organisation()?, customer, region)
    }
}

/// Makes an organisation by the API at any address.
pub(crate) fn organisation(api: &Api) -> Result<Organisation> {
    let answer = api.with_key(ADMIN_TOKEN).post("/v1/organisations", &json!({ "name": "End to end" }))?;
    let body = answer.expect_status(StatusCode::CREATED)?;
    let (id, api_key) = (text(&body, "/id")?, text(&body, "/apiKey")?);
    Ok(Organisation { id, api: api.with_key(&api_key), api_key })
}

/// Asks for what is needed to connect: `POST /v1/aws-binding/connect`.
pub(crate) fn connect(organisation: &Organisation, region: &str) -> Result<Value> {
    organisation
        .api
        .post("/v1/aws-binding/connect", &json!({ "region": region }))?
        .expect_status(StatusCode::OK)
}

/// Asks for the quick-create link and opens it.
pub(crate) fn quick_create(organisation: &Organisation, region: &str) -> Result<QuickCreate> {
    QuickCreate::open(&text(&connect(organisation, region)?, "/quickCreateUrl")?)
}

/// The organisation's connection, as it shows itself.
pub(crate) fn binding(organisation: &Organisation) -> Result<Value> {
    organisation.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)
}

/// Checks the connection now: `POST /v1/aws-binding/verify`.
pub(crate) fn verify(organisation: &Organisation) -> Result<Value> {
    organisation.api.post("/v1/aws-binding/verify", &json!({}))?.expect_status(StatusCode::OK)
}

/// The text at a JSON pointer.
pub(crate) fn text(body: &Value, pointer: &str) -> Result<String> {
    let found = body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Error::Unexpected(format!("there is no text at {pointer} in {body}")))
}

/// A region that is spelt right.
pub(crate) fn region(name: &str) -> Result<Region> {
    name.parse().map_err(|error| Error::Unexpected(format!("{name}: {error}")))
}

/// An address of the form `http://127.0.0.1:40000`.
pub(crate) fn address(origin: &str) -> Result<SocketAddr> {
    let address = origin.strip_prefix("http://").unwrap_or_default();
    address.parse().map_err(|error| Error::Unexpected(format!("{origin}: {error}")))
}

/// Does two things side by side.
fn both<A, B: Send>(
    one: impl FnOnce() -> Result<A>,
    other: impl FnOnce() -> Result<B> + Send,
) -> Result<(A, B)> {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))?;
        Ok((one?, other?))
    })
}

fn customer(emulator: &Fakecloud, account: &str) -> Result<Customer> {
    let account: AccountId =
        account.parse().map_err(|error| Error::Unexpected(format!("{account}: {error}")))?;
    let credentials = emulator.create_account(&account)?;
    Ok(Customer::new(account, credentials, emulator.endpoint().clone()))
}
