//! Targets of the rejected posts: a connected organisation with an email, and one that waits for its stack.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};
use test_support::{Error, Result, test_env::Organisation};

use super::{TestResult, assert_equal};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{self, Harness, IRELAND, open_quick_create},
    honeypot::Honeypot,
    sns_signer::SnsMessage,
    test_email::{SUCCESS, email_to},
    wire::{self, MessageKind},
};

/// Created by the first case that runs.
pub(crate) type Shared = Arc<OnceLock<std::result::Result<Fixture, String>>>;

/// State shared by all rejected posts. No case may change it.
pub(crate) struct Fixture {
    /// Origin of the AWS proxy.
    pub(crate) aws: String,
    /// Server that no post may make the Worker call.
    pub(crate) honeypot: Honeypot,
    /// A connected organisation with a delivered email.
    pub(crate) connected: ConnectedOrganisation,
    /// Webhook target of its topic.
    pub(crate) target: String,
    /// An event that would change the email's status if it were accepted.
    pub(crate) event: String,
    /// An organisation whose stack is not created yet.
    awaiting: Organisation,
    /// Its webhook path.
    pub(crate) awaiting_target: String,
    /// The previous snapshot.
    last_snapshot: Mutex<Value>,
}

/// Returns the path and query of a post.
pub(crate) type Target = fn(&Fixture) -> String;

/// Returns the body of a post.
pub(crate) type Body = Box<dyn Fn(&Fixture) -> Result<Vec<u8>> + Send>;

/// A post that must be rejected.
pub(crate) struct RejectedPost {
    /// Expected status and code.
    pub(crate) expected: (u16, &'static str),
    pub(crate) target: Target,
    pub(crate) body: Body,
}

impl Fixture {
    pub(crate) fn create(harness: &Harness) -> Result<Self> {
        let honeypot = Honeypot::start().map_err(Error::io("start the honeypot"))?;
        let connected = harness.connect_organisation()?;
        let id = connected.send(&email_to(SUCCESS), "sent")?;
        let email = connected.wait_for_delivery(&id)?;
        let event = json!({
            "eventType": "Complaint",
            "complaint": { "timestamp": "2026-11-24T12:00:00.000Z", "complainedRecipients": [] },
            "mail": {
                "timestamp": "2026-11-24T12:00:00.000Z",
                "messageId": email["sesMessageId"],
                "destination": [SUCCESS],
                "tags": { "kraiter-message-id": [id] },
            },
        });
        let awaiting = harness.create_organisation()?;
        let link = open_quick_create(&awaiting, IRELAND)?;
        let webhook = link.parameter("WebhookUrl").unwrap_or_default();
        let fixture = Self {
            aws: harness.aws_proxy.origin(),
            honeypot,
            target: connected.webhook_target()?,
            connected,
            event: event.to_string(),
            awaiting_target: webhook.replace(&harness.webhook_proxy.origin(), ""),
            awaiting,
            last_snapshot: Mutex::default(),
        };
        fixture.compare_snapshots(harness)?;
        Ok(fixture)
    }

    /// Returns a notification that would be accepted.
    pub(crate) fn notification(&self) -> SnsMessage {
        SnsMessage::new("Notification", &self.connected.topic_arn, &self.aws)
            .with("Message", self.event.as_str())
    }

    /// Returns a confirmation of a new topic.
    pub(crate) fn confirmation(&self, message_type: &str, region: &str) -> SnsMessage {
        let topic_arn = format!("arn:aws:sns:{region}:{}:new", self.connected.customer.account());
        SnsMessage::new(message_type, &topic_arn, &self.aws)
            .with("SubscribeURL", format!("{}/subscribe", self.honeypot.origin()))
    }

    /// Fails unless the post is rejected as expected and changes nothing.
    pub(crate) fn assert_rejected(&self, harness: &Harness, post: &RejectedPost) -> TestResult {
        let (status, code) = post.expected;
        let body = (post.body)(self)?;
        let mut request = format!(
            "POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: text/plain; charset=UTF-8\r\n\
             content-length: {}\r\n\r\n",
            (post.target)(self),
            body.len()
        )
        .into_bytes();
        request.extend(body);
        let response = wire::round_trip(harness.worker_address()?, &request, MessageKind::Response)?;
        let problem: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        assert_equal("status and code", (response.status(), problem["code"].as_str()), (status, Some(code)))?;
        assert_equal("content type", response.header("content-type"), Some("application/problem+json"))?;
        let (before, after) = self.compare_snapshots(harness)?;
        for part in ["connection", "emails", "awaiting connection", "calls", "honeypot requests"] {
            assert_equal(part, &after[part], &before[part])?;
        }
        Ok(())
    }

    /// Returns the previous and the current snapshot. The current one is stored even if it differs, so that one change
    /// doesn't fail every later case.
    fn compare_snapshots(&self, harness: &Harness) -> Result<(Value, Value)> {
        let mut last_snapshot = self.last_snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.snapshot(harness)?;
        Ok((std::mem::replace(&mut *last_snapshot, current.clone()), current))
    }

    /// Returns everything that a post could change, including AWS calls.
    fn snapshot(&self, harness: &Harness) -> Result<Value> {
        let account = self.connected.customer.account().to_string();
        // Certificate requests are allowed. All other calls name the role or the account.
        let calls = harness.aws_proxy.calls_matching(|call| {
            call.role == self.connected.role_arn || call.parameter("TopicArn").contains(&account)
        });
        Ok(json!({
            "connection": self.connected.binding()?,
            "emails": self.connected.organisation.api.get("/v1/emails")?.body,
            "awaiting connection": harness::get_binding(&self.awaiting)?,
            "calls": calls.iter().map(|call| &call.action).collect::<Vec<_>>(),
            "honeypot requests": self.honeypot.requests(),
        }))
    }
}
