//! One organisation with a mock of SES that counts its emails, in a Worker with a clock and faults that the test controls.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::{Api, ApiResponse},
};
use time::{Duration, OffsetDateTime};

use super::{super::reliability::fault_injection::override_quota, storage};
use crate::{
    aws_proxy::{FaultGuard, SEND_EMAIL},
    connected_organisation::ConnectedOrganisation,
    environment::Environment,
    harness::{Harness, post_to_webhook, string_at},
    http_proxy::ProxyAction,
    sns_signer::{SnsMessage, ses_event},
    standalone_worker::StandaloneWorker,
    test_email::{SENDER, SUCCESS},
    test_entry::{Boundary, CLOCK_OFFSET, Fault},
    wire::Message,
};

/// Recipients per second: more than the least rate at which a lone email needs no lease.
const RATE: u32 = 100;

/// Grace period for events.
const GRACE_SECONDS: &str = "600";

/// How far the clock moves at a time. More than a call to SES can take, and less than the grace period: SES's events arrive within it.
pub(in crate::suites) const STEP: Duration = Duration::minutes(2);

/// Attempts of a client or of SNS.
const MAX_ATTEMPTS: u32 = 30;

pub(in crate::suites) struct Scenario<'a> {
    harness: &'a Harness,
    environment: Environment,
    worker: Option<StandaloneWorker>,
    pub(in crate::suites) connected: ConnectedOrganisation,
    /// How far the Worker's clock is ahead.
    clock: Duration,
    /// An email with events that show that events arrive.
    control: String,
    _ses: [FaultGuard; 2],
}

impl<'a> Scenario<'a> {
    pub(in crate::suites) fn start(harness: &'a Harness, name: &str) -> Result<Self> {
        let (mut environment, customer) = harness.create_environment_with_clock(name)?;
        environment.set("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS);
        let worker = environment.start_worker(&harness.tools)?;
        let connected = environment.connect_organisation(customer)?;
        let number = AtomicU32::new(0);
        let ses = environment.aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_| {
            let id = format!("0102-{:06}", number.fetch_add(1, Ordering::SeqCst));
            let body = json!({ "MessageId": id }).to_string();
            Some(ProxyAction::Respond(Message::response(200, &[("content-type", "application/json")], body)))
        });
        let quota = override_quota(&environment.aws_proxy, &connected.role_arn, RATE, 1_000_000);
        connected.verify()?;
        let mut scenario = Self {
            harness,
            environment,
            worker: Some(worker),
            connected,
            clock: Duration::ZERO,
            control: String::new(),
            _ses: [ses, quota],
        };
        scenario.control = scenario.send_until_accepted("control")?;
        Ok(scenario)
    }

    pub(in crate::suites) fn worker(&self) -> Result<&StandaloneWorker> {
        self.worker.as_ref().ok_or_else(|| Error::Unexpected("the Worker is stopped".into()))
    }

    pub(in crate::suites) const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the email with this key, which is its subject, too.
    pub(in crate::suites) fn email(key: &str) -> Value {
        json!({ "from": SENDER, "to": SUCCESS, "subject": key, "text": "Hello!" })
    }

    /// Sends an email with an idempotency key.
    pub(in crate::suites) fn send(&self, key: &str, email: &Value) -> Result<ApiResponse> {
        let body = ("application/json", email.to_string().into());
        let api = &self.connected.organisation.api;
        api.send(Method::POST, "/v1/emails", Some(body), &[("idempotency-key", key)])
    }

    /// Sends an email as a client does: repeats the request with its key until it is accepted. Returns the email's id.
    pub(in crate::suites) fn send_until_accepted(&mut self, key: &str) -> Result<String> {
        let mut last = String::new();
        for _ in 0..MAX_ATTEMPTS {
            let response = self.send(key, &Self::email(key))?;
            if response.status == StatusCode::ACCEPTED {
                return string_at(&response.body, "/id");
            }
            last = format!("{} {}", response.status, response.body);
            self.advance()?;
        }
        Err(Error::Unexpected(format!("the email {key} is not accepted: {last}")))
    }

    /// Returns how often SES has accepted the email with this key.
    pub(in crate::suites) fn sent_count(&self, key: &str) -> usize {
        let calls = self.environment.aws_proxy.calls_by_role(&self.connected.role_arn, SEND_EMAIL);
        let subject = format!("\"{key}\"");
        calls.iter().filter(|call| call.status == 200 && call.body.contains(&subject)).count()
    }

    /// Returns the time of the Worker's clock.
    pub(in crate::suites) fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + self.clock
    }

    /// Returns a signed event of an email.
    pub(in crate::suites) fn event(&self, id: &str, event_type: &str) -> Result<Value> {
        let at = self.now();
        let event = ses_event(id, event_type, &[SUCCESS], &json!({ "recipients": [SUCCESS] }), at);
        let aws = self.environment.aws_proxy.origin();
        SnsMessage::new("Notification", &self.connected.topic_arn, &aws).at(at).with("Message", event).sign()
    }

    /// Posts an event once.
    pub(in crate::suites) fn post(&self, event: &Value) -> Result<StatusCode> {
        let api = Api::new(self.environment.webhook_proxy.origin());
        Ok(post_to_webhook(&api, &self.connected.webhook_target()?, event.to_string())?.status)
    }

    /// Posts an event as SNS does: until it is accepted.
    pub(in crate::suites) fn post_until_accepted(&self, event: &Value) -> Result<()> {
        for _ in 0..MAX_ATTEMPTS {
            if self.post(event)? == StatusCode::OK {
                return Ok(());
            }
        }
        Err(Error::Unexpected(format!("the event is not accepted: {event}")))
    }

    /// Moves the clock.
    pub(in crate::suites) fn move_clock(&mut self, by: Duration) -> Result<()> {
        self.clock += by;
        self.environment.webhook_proxy.set_clock(self.clock.unsigned_abs());
        self.worker()?.set_clock(self.clock)
    }

    /// Moves the clock by a step, shows that events arrive, and rings the alarm.
    pub(in crate::suites) fn advance(&mut self) -> Result<()> {
        self.move_clock(STEP)?;
        if !self.control.is_empty() {
            self.post_until_accepted(&self.event(&self.control, "Open")?)?;
        }
        self.ring()
    }

    /// Runs the alarm of the organisation's object.
    pub(in crate::suites) fn ring(&self) -> Result<()> {
        self.worker()?.ring(&self.connected.organisation.id)
    }

    /// Moves the clock until `is_done` returns true.
    pub(in crate::suites) fn advance_until(
        &mut self,
        description: &str,
        is_done: impl Fn(&Self) -> Result<bool>,
    ) -> Result<()> {
        for _ in 0..MAX_ATTEMPTS {
            if is_done(self)? {
                return Ok(());
            }
            self.advance()?;
        }
        Err(Error::Unexpected(format!("{description} not reached by {}", self.clock)))
    }

    /// Makes a request while a fault happens at boundary `at`. A killed Worker is started again. Returns a description of the boundary, or `None`
    /// if the request has fewer.
    pub(in crate::suites) fn interrupt(
        &mut self,
        fault: Fault,
        at: usize,
        request: impl FnOnce(&Self) + Send,
    ) -> Result<Option<String>> {
        self.worker()?.inject(fault, at)?;
        let this = &*self;
        let is_killed = thread::scope(|scope| {
            let running = scope.spawn(move || request(this));
            Ok(fault == Fault::Kill && this.worker()?.kill_at_boundary(|| running.is_finished())?)
        })?;
        if is_killed {
            self.restart(Self::check_storage)?;
            return Ok(Some("killed".to_owned()));
        }
        let boundaries = self.worker()?.stop_recording()?;
        self.check_storage()?;
        Ok(boundaries.get(at - 1).map(|boundary| format!("{} {}", boundary.kind, boundary.detail)))
    }

    /// Kills the Worker, and starts it again after `meanwhile`.
    pub(in crate::suites) fn restart(&mut self, meanwhile: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        self.worker.take().map_or(Ok(()), StandaloneWorker::kill)?;
        meanwhile(self)?;
        self.environment.set(CLOCK_OFFSET, self.clock.whole_milliseconds().to_string());
        self.worker = Some(self.environment.start_worker(&self.harness.tools)?);
        Ok(())
    }

    /// Makes a request, and returns its boundaries.
    pub(in crate::suites) fn record(&self, request: impl FnOnce() -> Result<()>) -> Result<Vec<Boundary>> {
        let worker = self.worker()?;
        worker.record()?;
        request()?;
        worker.stop_recording()
    }

    /// Fails if a transaction has taken effect by half.
    pub(in crate::suites) fn check_storage(&self) -> Result<()> {
        storage::check(&self.harness.tools, self.environment.state.path(), false)
    }

    /// Fails if an email isn't finished.
    pub(in crate::suites) fn check_finished(&self) -> Result<()> {
        storage::check(&self.harness.tools, self.environment.state.path(), true)
    }
}
