//! The emulator `fakecloud`, run as a child process. `ARCHITECTURE.md` lists its differences from AWS.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aws_sans_io::{AccountId, Credentials, Endpoint, ses::CreateEmailIdentity};
use bytes::Bytes;
use http::{Method, Request, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Emulator, SentEmail};
use crate::{
    Error, Result,
    customer::Customer,
    http::Client,
    ports,
    process::{self, ProcessGroup},
    tools::{FAKECLOUD, Tools},
    wait::{self, Poll},
};

/// It starts in a second, but takes longer on a machine that is also compiling.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// A running fakecloud. Dropping it stops it.
pub struct Fakecloud {
    endpoint: Endpoint,
    origin: String,
    http: Client,
    administrators: AtomicU64,
    _process: ProcessGroup,
}

impl Fakecloud {
    /// Starts fakecloud on a free port and waits until it responds. Writes its log into the directory `logs`.
    pub fn start(tools: &Tools, logs: &Path) -> Result<Self> {
        Self::start_with(tools, logs, "soft", &["--verify-sigv4"])
    }

    /// Starts fakecloud like [`Fakecloud::start`], but it enforces policies, S3's for requests without credentials included.
    pub fn start_strict(tools: &Tools, logs: &Path) -> Result<Self> {
        Self::start_with(tools, logs, "strict", &["--verify-sigv4"])
    }

    /// Starts fakecloud like [`Fakecloud::start`], but it accepts any signature, and so any time of a request.
    pub fn start_without_signatures(tools: &Tools, logs: &Path) -> Result<Self> {
        Self::start_with(tools, logs, "soft", &[])
    }

    fn start_with(tools: &Tools, logs: &Path, iam: &str, arguments: &[&str]) -> Result<Self> {
        let program = tools.fakecloud()?;
        let address = format!("127.0.0.1:{}", ports::free()?);
        let log = logs.join("fakecloud.log");
        // `strict` denies cross-account AssumeRole calls that the trust policy allows. `soft` checks signatures and trust policies
        // too.
        let mut command = Command::new(program);
        command.args(["--addr", &address, "--iam", iam, "--region", "eu-west-1"]).args(arguments);
        command.args(["--account-id", super::MAILBOX_ACCOUNT]);
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(variable);
        }
        let mut process = ProcessGroup::spawn_logged("fakecloud", &mut command, &log)?;
        let origin = format!("http://{address}");
        let http = Client::default();
        wait::until("fakecloud to respond", START_TIMEOUT, Duration::from_millis(50), || {
            if let Some(status) = process.try_wait()? {
                let log = process::tail(&log, 20);
                return Err(Error::ProgramFailed {
                    program: "fakecloud".into(),
                    status: status.to_string(),
                    log,
                });
            }
            Ok(match send::<Value>(&http, &origin, Method::GET, "health", None) {
                Ok(_) => Poll::Ready(()),
                Err(error) => Poll::Pending(error.to_string()),
            })
        })?;
        let endpoint = origin.parse().map_err(|error| Error::Unexpected(format!("{origin}: {error}")))?;
        Ok(Self { endpoint, origin, http, administrators: AtomicU64::new(0), _process: process })
    }

    fn control<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&Value>) -> Result<T> {
        send(&self.http, &self.origin, method, path, body)
    }
}

/// Creates an administrator of an account in the fakecloud at `origin`, and the account if it doesn't exist. Returns an access key. A second
/// user of the same name would invalidate the first one's keys.
pub fn create_administrator(origin: &str, account: &AccountId, user: &str) -> Result<Credentials> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Keys {
        access_key_id: String,
        secret_access_key: String,
    }
    let body = json!({ "accountId": account, "userName": user });
    let keys: Keys = send(&Client::default(), origin, Method::POST, "iam/create-admin", Some(&body))?;
    Ok(Credentials::long_term(keys.access_key_id, keys.secret_access_key))
}

/// Calls fakecloud's control API and parses the JSON response.
fn send<T: DeserializeOwned>(
    http: &Client,
    origin: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<T> {
    let text = request_text(http, origin, method, path, body)?;
    serde_json::from_str(&text).map_err(|error| Error::Unexpected(format!("{path}: {error}")))
}

/// Calls fakecloud's control API, which is below `/_fakecloud/`.
fn request_text(
    http: &Client,
    origin: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<String> {
    let url = format!("{origin}/_fakecloud/{path}");
    let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(&url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body)
        .map_err(|error| Error::Unexpected(format!("{url}: {error}")))?;
    let response = http.send(request)?;
    let text = String::from_utf8_lossy(response.body());
    if !response.status().is_success() {
        return Err(Error::Unexpected(format!("{url}: {} {text}", response.status())));
    }
    Ok(text.into_owned())
}

impl Emulator for Fakecloud {
    fn name(&self) -> String {
        format!("fakecloud {FAKECLOUD}")
    }

    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn create_account(&self, account: &AccountId) -> Result<Credentials> {
        let user = format!("admin-{}", self.administrators.fetch_add(1, Ordering::SeqCst));
        create_administrator(&self.origin, account, &user)
    }

    /// Creating the first identity generates the DKIM key of all identities; the first request for the certificate generates the
    /// key that SNS signs with. On a busy machine, each takes longer than the timeouts of the Worker or a page.
    fn pregenerate_keys(&self, kraiter: &Customer) -> Result<()> {
        let invalid = |error| Error::Unexpected(format!("the first identity: {error}"));
        let first = CreateEmailIdentity { email_identity: "kraiter.example".into(), signing: None };
        kraiter.perform(&first, "eu-west-1".parse().map_err(invalid)?)?;
        request_text(&self.http, &self.origin, Method::GET, "sns/cert.pem", None).map(drop)
    }

    fn mailbox(&self) -> Result<Vec<SentEmail>> {
        #[derive(Deserialize)]
        struct Mailbox {
            emails: Vec<SentEmail>,
        }
        Ok(self.control::<Mailbox>(Method::GET, "ses/emails", None)?.emails)
    }

    fn set_sandbox(&self, sandbox: bool) -> Result<()> {
        let body = json!({ "sandbox": sandbox });
        self.control::<Value>(Method::POST, "ses/account/sandbox", Some(&body)).map(drop)
    }
}
