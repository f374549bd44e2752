//! The emulator `ministack`. Unlike fakecloud, it enforces IAM policies and session policies for STS and SES calls. It
//! doesn't sign SNS messages or publish events.

use std::{path::Path, process::Command, time::Duration};

use aws_sans_io::{AccountId, Credentials, Endpoint};
use bytes::Bytes;
use http::{Request, StatusCode};

use crate::{
    Error, Result,
    customer::Customer,
    http::Client,
    ports,
    process::{self, ProcessGroup},
    tools::Tools,
    wait::{self, Poll},
};

/// Python loads ninety services at start.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Starts ministack so that it knows `ses:FromAddress` and `ses:Recipients`.
const LAUNCHER: &str = include_str!("ministack.py");

/// A running ministack. Dropping it stops it.
pub struct Ministack {
    endpoint: Endpoint,
    _process: ProcessGroup,
}

impl Ministack {
    /// Starts ministack on a free port and waits until it responds. Writes its log into the directory `logs`.
    pub fn start(tools: &Tools, logs: &Path) -> Result<Self> {
        let port = ports::free()?;
        let log = logs.join("ministack.log");
        let mut command = Command::new(tools.python()?);
        command
            .args(["-c", LAUNCHER])
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string());
        let mut process = ProcessGroup::spawn_logged("ministack", &mut command, &log)?;
        let origin = format!("http://127.0.0.1:{port}");
        let http = Client::default();
        wait::until("ministack to respond", START_TIMEOUT, Duration::from_millis(50), || {
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
                Ok(response) if response.status() == StatusCode::OK => Poll::Ready(()),
                Ok(response) => Poll::Pending(response.status().to_string()),
                Err(error) => Poll::Pending(error.to_string()),
            })
        })?;
        let endpoint = origin.parse().map_err(|error| Error::Unexpected(format!("{origin}: {error}")))?;
        Ok(Self { endpoint, _process: process })
    }

    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Returns the root user of an account. Ministack accepts the account ID as the root user's access key ID.
    #[must_use]
    pub fn root_user(&self, account: AccountId) -> Customer {
        let keys = Credentials::long_term(account.as_str(), "any");
        Customer::new(account, keys, self.endpoint.clone())
    }
}
