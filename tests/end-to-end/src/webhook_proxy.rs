//! A proxy in front of the Worker that records every request to its public address. SNS posts through it, so a case can
//! hold back, duplicate or replay notifications. It retries notifications that the Worker didn't accept as SNS does.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;

use crate::{
    http_proxy::{Exchange, HttpProxy, ProxyAction, ProxyHandler},
    sns_retries::SnsRetries,
    wire::Message,
};

pub(crate) struct WebhookProxy(HttpProxy<WebhookProxyHandler>);

struct WebhookProxyHandler {
    /// Origins of the emulator and of the AWS proxy.
    origins: [String; 2],
    exchanges: Mutex<Vec<Arc<Exchange>>>,
    held_topics: Arc<Mutex<Vec<String>>>,
    duplicated_topics: Mutex<Vec<String>>,
    retries: SnsRetries,
}

/// A message that SNS posted to a webhook.
#[derive(Clone, Debug)]
pub(crate) struct SnsPost {
    /// Path and query of the webhook.
    pub(crate) target: String,
    pub(crate) body: String,
    /// The body parsed as JSON.
    pub(crate) message: Value,
    /// Status of the Worker's response; 0 if the post was held back.
    pub(crate) status: u16,
}

/// Holds back a topic's notifications until dropped. SNS gets status 200 for each of them.
pub(crate) struct HeldTopic {
    held_topics: Arc<Mutex<Vec<String>>>,
    topic_arn: String,
}

impl WebhookProxy {
    /// Starts a proxy in front of `worker`.
    ///
    /// The emulator's messages name a certificate at `emulator`, which the Worker rejects because its AWS is at `aws`.
    /// The proxy therefore replaces that origin in `SigningCertURL`, which is not part of the signature.
    pub(crate) fn start(worker: SocketAddr, emulator: String, aws: String) -> io::Result<Self> {
        let handler = WebhookProxyHandler {
            retries: SnsRetries::new(emulator.clone()),
            origins: [emulator, aws],
            exchanges: Mutex::default(),
            held_topics: Arc::default(),
            duplicated_topics: Mutex::default(),
        };
        Ok(Self(HttpProxy::start(Some(worker), handler)?))
    }

    /// Returns the Worker's public address.
    pub(crate) fn origin(&self) -> String {
        self.0.origin()
    }

    /// Returns all messages that SNS has posted for a topic, in the order of the responses. Includes those held back.
    pub(crate) fn sns_posts(&self, topic_arn: &str) -> Vec<SnsPost> {
        let exchanges = self.exchanges();
        exchanges
            .iter()
            .filter_map(|exchange| SnsPost::from_exchange(exchange))
            .filter(|post| post.topic_arn() == topic_arn)
            .collect()
    }

    /// Returns all exchanges so far, in the order of the responses.
    pub(crate) fn exchanges(&self) -> Vec<Arc<Exchange>> {
        lock(&self.0.handler().exchanges).clone()
    }

    /// Sets how far the Worker's clock is ahead, which the delays between retries depend on.
    pub(crate) fn set_clock(&self, ahead: Duration) {
        self.0.handler().retries.set_clock(ahead);
    }

    /// Delivers each of the topic's notifications twice from now on, as SNS sometimes does.
    pub(crate) fn duplicate_notifications(&self, topic_arn: &str) {
        lock(&self.0.handler().duplicated_topics).push(topic_arn.to_owned());
    }

    /// Holds back the topic's notifications until the guard is dropped.
    #[must_use]
    pub(crate) fn hold_notifications(&self, topic_arn: &str) -> HeldTopic {
        let held_topics = Arc::clone(&self.0.handler().held_topics);
        lock(&held_topics).push(topic_arn.to_owned());
        HeldTopic { held_topics, topic_arn: topic_arn.to_owned() }
    }
}

impl Drop for HeldTopic {
    fn drop(&mut self) {
        lock(&self.held_topics).retain(|topic_arn| *topic_arn != self.topic_arn);
    }
}

impl SnsPost {
    /// Returns `None` if the request was not to a webhook.
    fn from_exchange(exchange: &Exchange) -> Option<Self> {
        let target = exchange.request.target();
        target.starts_with("/webhooks/").then(|| Self {
            target: target.to_owned(),
            body: exchange.request.text(),
            message: serde_json::from_slice(&exchange.request.body).unwrap_or_default(),
            status: exchange.upstream_response.as_ref().map(Message::status).unwrap_or_default(),
        })
    }

    fn topic_arn(&self) -> &str {
        self.message["TopicArn"].as_str().unwrap_or_default()
    }

    pub(crate) fn message_type(&self) -> &str {
        self.message["Type"].as_str().unwrap_or_default()
    }

    /// Returns the SES event in the notification, or null if it has none.
    pub(crate) fn event(&self) -> Value {
        self.message["Message"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

impl ProxyHandler for WebhookProxyHandler {
    fn handle(&self, request: &mut Message) -> ProxyAction {
        if !request.target().starts_with("/webhooks/") {
            return ProxyAction::Forward;
        }
        let [from, to] = self.origins.each_ref().map(|origin| format!("\"SigningCertURL\":\"{origin}/"));
        if let Ok(text) = std::str::from_utf8(&request.body)
            && text.contains(&from)
        {
            request.body = text.replace(&from, &to).into_bytes();
        }
        let is_from_sns = request.header("x-amz-sns-message-type") == Some("Notification");
        let topic_arn = request.header("x-amz-sns-topic-arn").unwrap_or_default();
        if is_from_sns && lock(&self.held_topics).iter().any(|held| held == topic_arn) {
            ProxyAction::Respond(Message::response(200, &[], ""))
        } else if is_from_sns && lock(&self.duplicated_topics).iter().any(|topic| topic == topic_arn) {
            ProxyAction::ForwardTwice
        } else if is_from_sns {
            ProxyAction::ForwardWithRetries
        } else {
            ProxyAction::Forward
        }
    }

    fn record(&self, exchange: Exchange) {
        lock(&self.exchanges).push(Arc::new(exchange));
    }

    fn retry_delay(&self, request: &Message, retry: usize) -> Option<Duration> {
        let delays = self.retries.delays(request).unwrap_or_else(|error| {
            eprintln!("SNS doesn't retry a notification: {error}");
            Vec::new()
        });
        delays.get(retry).copied()
    }

    fn wait(&self, delay: Duration) {
        self.retries.wait(delay);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
