//! What comes to the Worker by its public address: a relay before it that remembers every exchange. All that SNS posts goes
//! through here, so that a case can hold it back, post it once more, in another order, or changed.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{
    relay::{Exchange, Reaction, Relay, Station},
    wire::Message,
};

/// A relay before the Worker.
pub(crate) struct PostOffice(Relay<Counter>);

struct Counter {
    /// The emulator's origin and that of the AWS that the Worker knows.
    origins: [String; 2],
    exchanges: Mutex<Vec<Arc<Exchange>>>,
    held: Arc<Mutex<Vec<String>>>,
    doubled: Mutex<Vec<String>>,
}

/// Something that SNS posted.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// The path and query that it was posted to.
    pub(crate) target: String,
    /// The body.
    pub(crate) body: String,
    /// The body as JSON.
    pub(crate) message: Value,
    /// What the Worker answered; 0 where it was held back.
    pub(crate) status: u16,
}

/// Holds a topic's notifications back until it is dropped: SNS is told that they have arrived.
pub(crate) struct Hold {
    held: Arc<Mutex<Vec<String>>>,
    topic: String,
}

impl PostOffice {
    /// Starts the relay before the Worker at `worker`. The emulator signs with a certificate at `emulator`, an address that the
    /// Worker, whose AWS is at `aws`, must refuse: posts get the other one. AWS doesn't sign that field.
    pub(crate) fn start(worker: SocketAddr, emulator: String, aws: String) -> io::Result<Self> {
        let counter = Counter {
            origins: [emulator, aws],
            exchanges: Mutex::default(),
            held: Arc::default(),
            doubled: Mutex::default(),
        };
        Ok(Self(Relay::start(Some(worker), counter)?))
    }

    /// The Worker's public address.
    pub(crate) fn origin(&self) -> String {
        self.0.origin()
    }

    /// What was posted for a topic so far, in the order of the answers; what is held back too.
    pub(crate) fn posts(&self, topic: &str) -> Vec<Post> {
        let exchanges = self.exchanges();
        exchanges
            .iter()
            .filter_map(|exchange| Post::of(exchange))
            .filter(|post| post.topic() == topic)
            .collect()
    }

    /// Every exchange so far, in the order of the answers.
    pub(crate) fn exchanges(&self) -> Vec<Arc<Exchange>> {
        lock(&self.0.station().exchanges).clone()
    }

    /// Posts each of a topic's notifications twice from now on, as SNS may.
    pub(crate) fn double(&self, topic: &str) {
        lock(&self.0.station().doubled).push(topic.to_owned());
    }

    /// Holds a topic's notifications back.
    #[must_use]
    pub(crate) fn hold(&self, topic: &str) -> Hold {
        let held = Arc::clone(&self.0.station().held);
        lock(&held).push(topic.to_owned());
        Hold { held, topic: topic.to_owned() }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        lock(&self.held).retain(|topic| *topic != self.topic);
    }
}

impl Post {
    fn of(exchange: &Exchange) -> Option<Self> {
        let target = exchange.request.target();
        target.starts_with("/webhooks/").then(|| Self {
            target: target.to_owned(),
            body: exchange.request.text(),
            message: serde_json::from_slice(&exchange.request.body).unwrap_or_default(),
            status: exchange.behind.as_ref().map(Message::status).unwrap_or_default(),
        })
    }

    /// The topic that it names.
    pub(crate) fn topic(&self) -> &str {
        self.message["TopicArn"].as_str().unwrap_or_default()
    }

    /// Its type.
    pub(crate) fn kind(&self) -> &str {
        self.message["Type"].as_str().unwrap_or_default()
    }

    /// The event of SES in it; null where there is none.
    pub(crate) fn event(&self) -> Value {
        self.message["Message"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

impl Station for Counter {
    fn react(&self, request: &mut Message) -> Reaction {
        if !request.target().starts_with("/webhooks/") {
            return Reaction::Pass;
        }
        let [from, to] = self.origins.each_ref().map(|origin| format!("\"SigningCertURL\":\"{origin}/"));
        if let Ok(text) = std::str::from_utf8(&request.body)
            && text.contains(&from)
        {
            request.body = text.replace(&from, &to).into_bytes();
        }
        let by_sns = request.header("x-amz-sns-message-type") == Some("Notification");
        let topic = request.header("x-amz-sns-topic-arn").unwrap_or_default();
        if by_sns && lock(&self.held).iter().any(|held| held == topic) {
            Reaction::Answer(Message::response(200, &[], ""))
        } else if by_sns && lock(&self.doubled).iter().any(|doubled| doubled == topic) {
            Reaction::PassTwice
        } else if by_sns {
            Reaction::PassUntilTaken
        } else {
            Reaction::Pass
        }
    }

    fn note(&self, exchange: Exchange) {
        lock(&self.exchanges).push(Arc::new(exchange));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
