//! The emulator `ministack`, for the one thing that fakecloud leaves out: it holds STS and SES calls to IAM policies and session
//! policies. It signs no SNS message and publishes no event.

use std::{path::Path, process::Command, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode};
use kraiter_core::aws::{AccountId, Credentials, Endpoint};

use crate::{
    Error, Result,
    customer::Customer,
    http::Client,
    ports,
    process::{self, ProcessGroup},
    tools::Tools,
    wait::{self, Poll},
};

/// Python loads ninety services first.
const START: Duration = Duration::from_mins(1);

/// A running ministack. It ends when it is dropped.
pub struct Ministack {
    endpoint: Endpoint,
    _process: ProcessGroup,
}

impl Ministack {
    /// Starts it on a free port and waits until it answers; its log goes into the folder `logs`.
    ///
    /// # Errors
    /// Where it isn't installed, doesn't start or doesn't answer in a minute.
    pub fn start(tools: &Tools, logs: &Path) -> Result<Self> {
        let port = ports::free()?;
        let log = logs.join("ministack.log");
        let mut command = Command::new(tools.python()?);
        command
            .args(["-m", "ministack"])
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string());
        let mut process = ProcessGroup::spawn_logged("ministack", &mut command, &log)?;
        let origin = format!("http://127.0.0.1:{port}");
        let http = Client::default();
        wait::until("ministack to answer", START, Duration::from_millis(50), || {
            if let Some(status) = process.try_wait()? {
                let log = process::tail(&log, 20);
                return Err(Error::ProgramFailed {
                    program: "ministack".into(),
                    status: status.to_string(),
                    log,
                });
            }
            let request = Request::get(format!("{origin}/_ministack/health"))
                .body(Bytes::new())
                .map_err(|error| Error::Unexpected(error.to_string()))?;
            Ok(match http.send(request) {
                Ok(answer) if answer.status() == StatusCode::OK => Poll::Ready(()),
                Ok(answer) => Poll::Pending(answer.status().to_string()),
                Err(error) => Poll::Pending(error.to_string()),
            })
        })?;
        let endpoint = origin.parse().map_err(|error| Error::Unexpected(format!("{origin}: {error}")))?;
        Ok(Self { endpoint, _process: process })
    }

    /// Where it listens.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The owner of an account: its id is an access key of its root user here.
    #[must_use]
    pub fn root_user(&self, account: AccountId) -> Customer {
        let keys = Credentials::long_term(account.as_str(), "any");
        Customer::new(account, keys, self.endpoint.clone())
    }
}
