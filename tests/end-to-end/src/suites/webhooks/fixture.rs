//! What the refused posts are posted to: a connection with a mail, and a link whose stack hasn't come. Nobody may change them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};
use test_support::{Error, Result, test_env::Organisation};

use super::{Outcome, equal};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    forger::Forgery,
    trap::Trap,
    wire::{self, Kind},
    world::{self, IRELAND, World, quick_create},
};

/// Made once, by whichever case comes first.
pub(crate) type Shared = Arc<OnceLock<std::result::Result<Fixture, String>>>;

pub(crate) struct Fixture {
    /// The Worker's AWS.
    pub(crate) aws: String,
    /// What no post may make the Worker ask.
    pub(crate) trap: Trap,
    /// A connection with a delivered mail.
    pub(crate) connected: Connected,
    /// Where its topic posts to.
    pub(crate) target: String,
    /// What would change the mail's status if it was believed.
    pub(crate) event: String,
    awaiting: Organisation,
    /// Where the stack of the organisation that waits for one would post to, without a query.
    pub(crate) awaiting_target: String,
    /// All that a post could change, when it was last looked at.
    last_seen: Mutex<Value>,
}

/// A path and query, by the fixture.
pub(crate) type Target = fn(&Fixture) -> String;

/// A body, by the fixture.
pub(crate) type Body = Box<dyn Fn(&Fixture) -> Result<Vec<u8>> + Send>;

/// A post that must be refused, and how.
pub(crate) struct Post {
    /// The status and code of the answer.
    pub(crate) answer: (u16, &'static str),
    /// Where to.
    pub(crate) target: Target,
    /// What.
    pub(crate) body: Body,
}

impl Fixture {
    pub(crate) fn make(world: &World) -> Result<Self> {
        let trap = Trap::set().map_err(Error::io("set the trap"))?;
        let connected = world.connected()?;
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        let mail = connected.wait_for_delivery(&id)?;
        let event = json!({
            "eventType": "Complaint",
            "complaint": { "timestamp": "2026-11-24T12:00:00.000Z", "complainedRecipients": [] },
            "mail": {
                "timestamp": "2026-11-24T12:00:00.000Z",
                "messageId": mail["sesMessageId"],
                "destination": [SUCCESS],
                "tags": { "kraiter-message-id": [id] },
            },
        });
        let awaiting = world.organisation()?;
        let link = quick_create(&awaiting, IRELAND)?;
        let webhook = link.parameter("WebhookUrl").unwrap_or_default();
        let fixture = Self {
            aws: world.wiretap.origin(),
            trap,
            target: connected.target()?,
            connected,
            event: event.to_string(),
            awaiting_target: webhook.replace(&world.post_office.origin(), ""),
            awaiting,
            last_seen: Mutex::default(),
        };
        fixture.look(world)?;
        Ok(fixture)
    }

    /// A notification of the connection's topic that would be believed.
    pub(crate) fn notification(&self) -> Forgery {
        Forgery::new("Notification", &self.connected.topic, &self.aws).with("Message", self.event.as_str())
    }

    /// A confirmation of either type, of a topic that is new.
    pub(crate) fn confirmation(&self, kind: &str, region: &str) -> Forgery {
        let topic = format!("arn:aws:sns:{region}:{}:new", self.connected.customer.account());
        Forgery::new(kind, &topic, &self.aws)
            .with("SubscribeURL", format!("{}/subscribe", self.trap.origin()))
    }

    /// Posts it, and fails where anything but the refusal comes of it.
    pub(crate) fn refuses(&self, world: &World, post: &Post) -> Outcome {
        let (status, code) = post.answer;
        let body = (post.body)(self)?;
        let mut request = format!(
            "POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: text/plain; charset=UTF-8\r\n\
             content-length: {}\r\n\r\n",
            (post.target)(self),
            body.len()
        )
        .into_bytes();
        request.extend(body);
        let answer = wire::exchange(world.worker_address()?, &request, Kind::Response)?;
        let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        equal("the answer", (answer.status(), problem["code"].as_str()), (status, Some(code)))?;
        equal("its type", answer.header("content-type"), Some("application/problem+json"))?;
        let (before, now) = self.look(world)?;
        for part in ["connection", "emails", "waiting", "calls", "trapped"] {
            equal(part, &now[part], &before[part])?;
        }
        Ok(())
    }

    /// What was there when it was last looked at, and what is there now. It is noted also where it is wrong, so that one change
    /// isn't every later case's fault.
    fn look(&self, world: &World) -> Result<(Value, Value)> {
        let mut last_seen = self.last_seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.snapshot(world)?;
        Ok((std::mem::replace(&mut *last_seen, now.clone()), now))
    }

    /// All that a post could change, and all that was said to AWS about it.
    fn snapshot(&self, world: &World) -> Result<Value> {
        let account = self.connected.customer.account().to_string();
        // Looking for the certificate is no secret: everything but that names the account.
        let calls = world.wiretap.calls_where(|call| {
            call.role == self.connected.role_arn || call.parameter("TopicArn").contains(&account)
        });
        Ok(json!({
            "connection": self.connected.binding()?,
            "emails": self.connected.organisation.api.get("/v1/emails")?.body,
            "waiting": world::binding(&self.awaiting)?,
            "calls": calls.iter().map(|call| &call.action).collect::<Vec<_>>(),
            "trapped": self.trap.asked(),
        }))
    }
}
