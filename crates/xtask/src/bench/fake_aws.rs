//! A constant STS, SES and SNS: every call of a kind gets the same response, written without further work, over connections that stay
//! open. It is never what limits a measurement.

use std::{
    io::{self, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use test_support::{Error, Result, sns_signer};

use super::{
    http1::{Head, read_body, read_head},
    organisation::TOPIC_ARN,
};

/// A `MaxSendRate` that no measurement reaches, in recipients per second.
pub(super) const MAX_SEND_RATE: u64 = 100_000;

/// The fake AWS. Its threads run until the process exits.
pub(super) struct FakeAws {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    /// How long SES takes to respond to SendEmail, in milliseconds.
    send_latency: AtomicU64,
    /// The account's `MaxSendRate`, in recipients per second.
    send_rate: AtomicU64,
    /// Number of emails that SES has accepted.
    sent: AtomicU64,
    /// The external IDs that the role's trust policy demands.
    external_ids: RwLock<Vec<String>>,
}

impl FakeAws {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("start the fake AWS"))?;
        let address = listener.local_addr().map_err(Error::io("start the fake AWS"))?;
        let state = Arc::new(State {
            send_latency: AtomicU64::new(0),
            send_rate: AtomicU64::new(MAX_SEND_RATE),
            sent: AtomicU64::new(0),
            external_ids: RwLock::default(),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A connection ends when workerd closes it; there is nobody to report an error to.
                thread::spawn(move || drop(serve(stream, &state)));
            }
        });
        Ok(Self { address, state })
    }

    /// Lets the role be assumed with `external_id`.
    pub(super) fn trust(&self, external_id: String) {
        self.state.external_ids.write().unwrap_or_else(PoisonError::into_inner).push(external_id);
    }

    /// Returns the origin, such as `http://127.0.0.1:4566`.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets SES's latency and the account's send rate.
    pub(super) fn configure(&self, send_latency: Duration, send_rate: u64) {
        let latency = u64::try_from(send_latency.as_millis()).unwrap_or(u64::MAX);
        self.state.send_latency.store(latency, Ordering::Relaxed);
        self.state.send_rate.store(send_rate, Ordering::Relaxed);
    }

    /// Returns the number of emails that SES has accepted since the start.
    pub(super) fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::Relaxed)
    }
}

/// Responds to the requests of one connection.
fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while let Some(head) = read_head(&mut reader)? {
        let body = read_body(&mut reader, &head)?;
        writer.write_all(&respond(&head, &body, state))?;
    }
    Ok(())
}

fn respond(head: &Head, body: &[u8], state: &State) -> Vec<u8> {
    let (method, path) = head.method_and_path();
    match (method, path) {
        ("POST", "/v2/email/outbound-emails") => send_email(body, state),
        ("GET", "/v2/email/account") => {
            let rate = state.send_rate.load(Ordering::Relaxed);
            let account = format!(
                r#"{{"DedicatedIpAutoWarmupEnabled":false,"EnforcementStatus":"HEALTHY","ProductionAccessEnabled":true,"SendQuota":{{"Max24HourSend":1000000000.0,"MaxSendRate":{rate}.0,"SentLast24Hours":0.0}},"SendingEnabled":true}}"#
            );
            response("200 OK", "application/json", &account)
        }
        ("POST", "/v2/email/list-identities") => {
            response("200 OK", "application/json", r#"{"EmailIdentities":[]}"#)
        }
        ("GET", path) if path.starts_with("/v2/email/identities") => {
            response("200 OK", "application/json", r#"{"EmailIdentities":[]}"#)
        }
        ("GET", "/v2/email/configuration-sets") => {
            response("200 OK", "application/json", r#"{"ConfigurationSets":[]}"#)
        }
        ("GET", path) if path.starts_with("/v2/email/configuration-sets/") => {
            response("200 OK", "application/json", "{}")
        }
        ("GET", path) if sns_signer::certificate(path).is_some() => {
            let pem = sns_signer::certificate(path).unwrap_or_default();
            response("200 OK", "application/x-pem-file", pem)
        }
        ("POST", _) if contains(body, "Action=AssumeRole") => assume_role(body, state),
        // ConfirmSubscription is the only call without a path and a body.
        ("GET", "/") => response(
            "200 OK",
            "text/xml",
            &format!(
                "<ConfirmSubscriptionResponse><ConfirmSubscriptionResult><SubscriptionArn>{TOPIC_ARN}:1</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>"
            ),
        ),
        // The probes of the permission audit name things that don't exist.
        _ => response(
            "404 Not Found",
            "application/json",
            r#"{"__type":"NotFoundException","message":"It does not exist."}"#,
        ),
    }
}

fn send_email(body: &[u8], state: &State) -> Vec<u8> {
    let latency = state.send_latency.load(Ordering::Relaxed);
    if latency > 0 {
        thread::sleep(Duration::from_millis(latency));
    }
    // The permission audit's probe is sent from a domain that nobody owns.
    if contains(body, ".invalid") {
        let refused = r#"{"__type":"MessageRejected","message":"Email address is not verified."}"#;
        return response("400 Bad Request", "application/json", refused);
    }
    state.sent.fetch_add(1, Ordering::Relaxed);
    response(
        "200 OK",
        "application/json",
        r#"{"MessageId":"0102018f3a7c1e2d-6b9f4a10-5c3d-4e8f-9a2b-7d1c0e5f3b46-000000"}"#,
    )
}

/// The role can be assumed only with an external ID that it trusts.
fn assume_role(body: &[u8], state: &State) -> Vec<u8> {
    let external_ids = state.external_ids.read().unwrap_or_else(PoisonError::into_inner);
    if !external_ids.iter().any(|id| contains(body, &format!("ExternalId={id}"))) {
        return response(
            "403 Forbidden",
            "text/xml",
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRole</Message></Error><RequestId>1</RequestId></ErrorResponse>",
        );
    }
    response(
        "200 OK",
        "text/xml",
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:kraiter</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/KraiterSES/kraiter</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey><SessionToken>IQoJb3JpZ2luX2VjEOr//////////wEaCWV1LXdlc3QtMSJHMEUCIQDexample</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>",
    )
}

fn response(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\nx-amzn-requestid: 1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn contains(body: &[u8], needle: &str) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| text.contains(needle))
}
