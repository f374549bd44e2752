//! The attacks of `tests/attacks/sns` on the webhook of a connected organisation, and of one that waits for its stack.

use std::sync::Weak;

use attacks::{Case, Certificate, Level, Request, Scene};
use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::CLIENT_ADDRESS,
    sns_signer::{SnsMessage, ses_event},
    test_env::Organisation,
};
use time::OffsetDateTime;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{
    aws_proxy::FaultGuard,
    connected_organisation::ConnectedOrganisation,
    harness::{self, Harness, IRELAND, open_quick_create},
    honeypot::Honeypot,
    http_proxy::ProxyAction,
    test_email::{SUCCESS, email_to},
    wire::{self, Message, MessageKind},
};

/// An account without any relation to the organisations.
const OTHER_ACCOUNT: &str = "210987654321";

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    vec![trial("sns_attacks::none changes anything or makes the Worker call another host", harness, run_all)]
}

fn run_all(harness: &Harness) -> TestResult {
    let targets = Targets::create(harness)?;
    let cases: Vec<Case> = Case::read_all()?.into_iter().filter(|case| case.runs_at(Level::Worker)).collect();
    let suppressions = targets.suppressions()?;
    let mut before = targets.snapshot(harness)?;
    let (mut accepted, mut failures) = (0, Vec::new());
    for case in &cases {
        if let Err(failure) = targets.assert_status(harness, case) {
            failures.push(format!("{}: {}", case.name, failure.message().unwrap_or_default()));
        }
        let after = targets.snapshot(harness)?;
        if after != before {
            accepted += 1;
            failures.push(format!("{} changes\n  {before}\nto\n  {after}", case.name));
            before = after;
        }
    }
    if targets.suppressions()? != suppressions {
        failures.push("an address was suppressed".to_owned());
    }
    println!("\nsummary: SNS attacks on the Worker: {} tried, {accepted} accepted", cases.len());
    assert_that(cases.len() >= 120, "cases are missing")?;
    assert_that(failures.is_empty(), failures.join("\n"))
}

/// What the attacks try to change.
struct Targets {
    /// Server that no attack may make the Worker call.
    sink: Honeypot,
    /// A connected organisation with an email that was delivered.
    connected: ConnectedOrganisation,
    email: String,
    /// An organisation before its stack is created.
    awaiting: Organisation,
    scene: Scene,
}

impl Targets {
    fn create(harness: &Harness) -> Result<Self> {
        let sink = Honeypot::start().map_err(Error::io("start the honeypot"))?;
        let connected = harness.connect_organisation()?;
        let email = connected.send(&email_to(SUCCESS), "sent")?;
        connected.wait_for_delivery(&email)?;
        let awaiting = harness.create_organisation()?;
        let now = OffsetDateTime::now_utc();
        let event = |kind: &str, details| ses_event(&email, kind, &[SUCCESS], &details, now);
        let target = connected.webhook_target()?;
        let received = SnsMessage::new("Notification", &connected.topic_arn, &harness.aws_proxy.origin())
            .with("Message", event("Open", json!({ "userAgent": "x" })))
            .sign()?
            .to_string();
        let response = harness.post_to_webhook(&target, received.as_str())?;
        response.expect_status(StatusCode::OK)?;

        let account = connected.customer.account().to_string();
        let (webhook, outputs) = target.split_once('?').unwrap_or_default();
        let values = [
            ("scheme", "http"),
            ("host", &without_scheme(&harness.aws_proxy.origin())),
            ("sink", &without_scheme(&sink.origin())),
            ("region", IRELAND),
            ("account", &account),
            ("topic", &connected.topic_arn),
            ("topic other account", &connected.topic_arn.replace(&account, OTHER_ACCOUNT)),
            ("role", &connected.role_arn),
            ("event", &event("Complaint", json!({ "complainedRecipients": [{ "emailAddress": SUCCESS }] }))),
            ("webhook", webhook),
            ("token", webhook.rsplit('/').next().unwrap_or_default()),
            ("outputs", outputs),
            ("awaiting", &webhook_of(harness, &awaiting)?),
        ];
        let scene = Scene {
            values: values.map(|(name, value)| (name, value.to_owned())).into(),
            received,
            certificate_path: |name| format!("/sns-certificates/{name}.pem"),
        };
        Ok(Self { sink, connected, email, awaiting, scene })
    }

    /// Sends the request of a case. Fails unless the response has the expected status and code.
    fn assert_status(&self, harness: &Harness, case: &Case) -> TestResult {
        let _fault = self.serve_certificate(harness, case);
        let mut scene = self.scene.clone();
        if case.certificate_name() != "valid" {
            // An organisation can only cause a few downloads that fail.
            scene.set("webhook", webhook_of(harness, &harness.create_organisation()?)?);
        }
        let request = case.request(&scene, OffsetDateTime::now_utc())?;
        let response =
            wire::round_trip(harness.worker_address()?, &to_bytes(&request), MessageKind::Response)?;
        let (status, code) = &case.expect;
        let problem: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        assert_equal(
            "status and code",
            (response.status(), problem["code"].as_str()),
            (*status, code.as_deref()),
        )
    }

    /// Serves the response that the case's certificate URL returns.
    fn serve_certificate(&self, harness: &Harness, case: &Case) -> Option<FaultGuard> {
        let Certificate::Response { status, location, body } = &case.certificate else { return None };
        let location = location.as_ref().map(|location| self.scene.fill(location));
        let headers: Vec<_> = location.iter().map(|location| ("location", location.as_str())).collect();
        let response = Message::response(*status, &headers, body.as_str());
        let action = format!("GET {}", (self.scene.certificate_path)(&case.name));
        Some(harness.aws_proxy.inject_fault(move |call| {
            (call.action == action).then(|| ProxyAction::Respond(response.clone()))
        }))
    }

    /// Returns the suppression list, which is only read twice, because reads of it are rate-limited.
    fn suppressions(&self) -> Result<Value> {
        self.connected.organisation.api.get("/v1/suppressions")?.expect_status(StatusCode::OK)
    }

    /// Returns everything else that an attack could change, and the calls that it could cause.
    fn snapshot(&self, harness: &Harness) -> Result<Value> {
        let account = self.connected.customer.account().to_string();
        let is_ours = |text: &str| text.contains(&account) || text.contains(OTHER_ACCOUNT);
        // Certificates may be fetched. All other calls name the role or the account.
        let calls = harness
            .aws_proxy
            .calls_matching(|call| is_ours(&call.role) || is_ours(call.parameter("TopicArn")));
        Ok(json!({
            "connection": self.connected.binding()?,
            "email": self.connected.email(&self.email)?,
            "awaiting connection": harness::get_binding(&self.awaiting)?,
            "calls": calls.iter().map(|call| &call.action).collect::<Vec<_>>(),
            "requests to the sink": self.sink.requests(),
        }))
    }
}

/// Returns the path of the webhook of an organisation that has no stack yet.
fn webhook_of(harness: &Harness, organisation: &Organisation) -> Result<String> {
    let link = open_quick_create(organisation, IRELAND)?;
    Ok(link.parameter("WebhookUrl").unwrap_or_default().replace(&harness.webhook_proxy.origin(), ""))
}

fn without_scheme(origin: &str) -> String {
    origin.replace("http://", "")
}

fn to_bytes(request: &Request) -> Vec<u8> {
    let Request { method, target, headers, body } = request;
    let mut lines = vec![
        format!("{method} {target} HTTP/1.1"),
        "host: 127.0.0.1".into(),
        "connection: close".into(),
        // No other case uses up the refusals of this client.
        format!("{CLIENT_ADDRESS}: 192.0.2.1"),
    ];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(format!("content-length: {}\r\n\r\n", body.len()));
    let head = lines.join("\r\n");
    [head.as_bytes(), body].concat()
}
