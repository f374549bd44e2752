//! A customer's server on loopback that receives webhooks.

use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use libtest_mimic::Failed;
use serde_json::Value;
use sha2::Sha256;

use super::{TestResult, assert_equal};
use crate::{
    http_proxy::{Exchange, HttpProxy, ProxyAction, ProxyHandler},
    wire::Message,
};

/// What the server does with a request.
pub(super) enum Reply {
    Status(u16),
    /// 503 with a `Retry-After` header, in seconds.
    RetryAfter(u32),
    Redirect(String),
    Disconnect,
    /// Nothing until the test has arrived at the barrier, too.
    Hang(Arc<Barrier>),
}

/// Decides what the server does with a request, after how many attempts at the same event.
type Decide = dyn Fn(&Webhook, usize) -> Reply + Send;

pub(super) struct Receiver(HttpProxy<State>);

struct State {
    requests: Mutex<Vec<(Webhook, bool)>>,
    decide: Mutex<Box<Decide>>,
}

/// A webhook that arrived.
#[derive(Clone, Debug)]
pub(super) struct Webhook(Message);

impl Receiver {
    /// Starts a server that accepts everything.
    pub(super) fn start() -> Result<Self, Failed> {
        let decide: Box<Decide> = Box::new(|_, _| Reply::Status(200));
        let state = State { requests: Mutex::default(), decide: Mutex::new(decide) };
        Ok(Self(HttpProxy::start(None, state)?))
    }

    pub(super) fn url(&self) -> String {
        format!("{}/hook?from=kraiter", self.0.origin())
    }

    /// Changes what the server does.
    pub(super) fn reply(&self, decide: impl Fn(&Webhook, usize) -> Reply + Send + 'static) {
        *lock(&self.0.handler().decide) = Box::new(decide);
    }

    /// Returns the requests so far.
    pub(super) fn requests(&self) -> Vec<Webhook> {
        lock(&self.0.handler().requests).iter().map(|(webhook, _)| webhook.clone()).collect()
    }

    /// Returns the types of an email's events in the order of the requests.
    pub(super) fn types(&self, email: &str) -> Vec<String> {
        self.requests().iter().filter_map(|webhook| webhook.type_of(email)).collect()
    }

    /// Returns the types of an email's events in the order in which they were accepted.
    pub(super) fn accepted(&self, email: &str) -> Vec<String> {
        let requests = lock(&self.0.handler().requests);
        let accepted = requests.iter().filter(|(_, accepted)| *accepted);
        accepted.filter_map(|(webhook, _)| webhook.type_of(email)).collect()
    }
}

impl ProxyHandler for State {
    fn handle(&self, request: &mut Message) -> ProxyAction {
        let webhook = Webhook(request.clone());
        let mut requests = lock(&self.requests);
        let id = webhook.header("webhook-id");
        let earlier = requests.iter().filter(|(known, _)| known.header("webhook-id") == id).count();
        let reply = lock(&self.decide)(&webhook, earlier);
        requests.push((webhook, matches!(reply, Reply::Status(200..=299))));
        drop(requests);
        match reply {
            Reply::Status(status) => ProxyAction::Respond(Message::response(status, &[], "")),
            Reply::RetryAfter(seconds) => {
                let seconds = seconds.to_string();
                ProxyAction::Respond(Message::response(503, &[("retry-after", seconds.as_str())], ""))
            }
            Reply::Redirect(to) => {
                ProxyAction::Respond(Message::response(307, &[("location", to.as_str())], ""))
            }
            Reply::Disconnect => ProxyAction::Disconnect,
            Reply::Hang(barrier) => {
                barrier.wait();
                ProxyAction::Disconnect
            }
        }
    }

    fn record(&self, _: Exchange) {}
}

impl Webhook {
    pub(super) fn header(&self, name: &str) -> String {
        self.0.header(name).unwrap_or_default().to_owned()
    }

    pub(super) fn event(&self) -> Value {
        serde_json::from_slice(&self.0.body).unwrap_or_default()
    }

    pub(super) fn number(&self) -> u64 {
        self.event()["number"].as_u64().unwrap_or_default()
    }

    fn type_of(&self, email: &str) -> Option<String> {
        let event = self.event();
        (event["data"]["emailId"] == email).then(|| event["type"].as_str().unwrap_or_default().to_owned())
    }

    /// Fails unless the webhook has exactly the signatures of these secrets, as Standard Webhooks defines them.
    pub(super) fn verify(&self, secrets: &[&str]) -> TestResult {
        let [id, timestamp] = ["webhook-id", "webhook-timestamp"].map(|name| self.header(name));
        let mut expected = Vec::new();
        for secret in secrets {
            let key = STANDARD.decode(secret.strip_prefix("whsec_").ok_or("no secret")?)?;
            let mut mac = Hmac::<Sha256>::new_from_slice(&key)?;
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(&self.0.body);
            expected.push(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
        }
        assert_equal("webhook-signature", self.header("webhook-signature"), expected.join(" "))
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
