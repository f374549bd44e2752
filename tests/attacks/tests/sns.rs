//! The attacks against `sns-verify`, with the webhook's decisions around it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a helper fails the test")]

#[path = "../../../crates/sns-verify/tests/sns_validator/oracle.rs"]
mod oracle;

use std::{cell::RefCell, collections::BTreeMap, fmt::Write as _, fs, io::Write as _, path::Path};

use api_contract::{BodyKind, Router};
use attacks::{Case, Certificate as Served, Level, Request, Scene};
use aws_sans_io::{Endpoint, Region, TopicArn};
use domain::{
    OrganisationId,
    onboarding::StackOutputs,
    token::{TokenTagKeys, WebhookToken},
};
use http::Method;
use serde_json::json;
use sns_verify::{Certificate, CertificateUrl, Expected, Message, MessageId, Rejection};
use test_support::sns_signer::{SnsMessage, ses_event};
use time::{Duration, OffsetDateTime, macros::datetime};
use url::Url;

const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
const REGION: &str = "eu-west-1";
const HOST: &str = "sns.eu-west-1.amazonaws.com";
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:example-events";
const ROLE: &str = "arn:aws:iam::123456789012:role/Kraiter";

/// A status and a code, or the ID of an accepted message.
type Decision = Result<MessageId, (u16, String)>;

fn keys() -> TokenTagKeys {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

fn webhook(number: u128) -> String {
    let organisation = OrganisationId::new(OffsetDateTime::UNIX_EPOCH, number);
    let token = WebhookToken::issue(&keys(), organisation, REGION.parse::<Region>().unwrap(), &[3; 20]);
    token.reveal().to_owned()
}

fn scene() -> Scene {
    let token = webhook(1);
    let event = ses_event("eml_1", "Complaint", &["ada@example.com"], &json!({}), NOW);
    let received = SnsMessage::new("Notification", TOPIC, &format!("https://{HOST}"))
        .with("SigningCertURL", format!("https://{HOST}{}", certificate_path("valid")))
        .with("Message", event.as_str())
        .at(NOW - Duration::MINUTE);
    let values = [
        ("scheme", "https"),
        ("host", HOST),
        ("sink", "sink.example"),
        ("region", REGION),
        ("account", "123456789012"),
        ("topic", TOPIC),
        ("topic other account", "arn:aws:sns:eu-west-1:210987654321:example-events"),
        ("role", ROLE),
        ("event", &event),
        ("outputs", &format!("role_arn={ROLE}&configuration_set=kraiter")),
        ("token", &token),
        ("webhook", &format!("/webhooks/sns/{token}")),
        ("awaiting", &format!("/webhooks/sns/{}", webhook(2))),
    ];
    Scene {
        values: values.map(|(name, value)| (name, value.to_owned())).into(),
        received: received.sign().unwrap().to_string(),
        certificate_path,
    }
}

/// The file names of SNS consist of hexadecimal digits.
fn certificate_path(name: &str) -> String {
    let digits = name.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    format!("/SimpleNotificationService-{digits}.pem")
}

fn pem(name: &str) -> Option<Vec<u8>> {
    let name = if name == "valid" { "sns" } else { name };
    let directory =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/sns-verify/tests/vectors/certificates");
    fs::read(directory.join(format!("{name}.pem"))).ok()
}

/// Serves certificates, and fails a test with code that requests anything but a certificate of SNS.
struct Sink<'a> {
    case: &'a Case,
    requests: RefCell<Vec<String>>,
}

impl Sink<'_> {
    fn download(&self, url: &CertificateUrl) -> Result<Certificate, Rejection> {
        self.requests.borrow_mut().push(url.to_string());
        let served = match &self.case.certificate {
            Served::Named(name) if url.as_str().ends_with(&certificate_path(name)) => pem(name),
            // Redirects aren't followed.
            Served::Response { status: 200, body, .. } => Some(body.clone().into_bytes()),
            Served::Named(_) | Served::Response { .. } => None,
        };
        Certificate::from_pem(url, &served.ok_or(Rejection::CertificateUnavailable)?)
    }

    fn assert_pinned(&self) {
        for request in self.requests.borrow().iter() {
            let url = Url::parse(request).unwrap();
            let parts =
                (url.scheme(), url.host_str(), url.port(), url.username(), url.query(), url.fragment());
            assert_eq!(parts, ("https", Some(HOST), None, "", None, None), "{}", self.case.name);
        }
    }
}

/// Decides like the Worker's webhook: `webhook(1)` belongs to `TOPIC`, and `webhook(2)` to no topic yet.
fn decide(request: &Request, sink: &Sink<'_>) -> Decision {
    let refused = |error: api_contract::ApiError| (error.status().as_u16(), error.code().to_owned());
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let method = Method::from_bytes(request.method.as_bytes()).unwrap();
    let router = Router::default();
    let found = router.find(&method, path).map_err(refused)?;
    let BodyKind::Sns(limit) = found.route.body else { return Err((404, "not_found".into())) };
    if request.body.len() > limit {
        return Err((413, "body_too_large".into()));
    }
    let topic: TopicArn = TOPIC.parse().unwrap();
    let token = WebhookToken::parse(&keys(), found.parameter);
    let topic = match token.as_ref().map(WebhookToken::reveal) {
        Some(token) if token == webhook(1) => Some(&topic),
        Some(token) if token == webhook(2) => None,
        _ => return Err((404, "not_found".into())),
    };
    verify(&request.body, query, topic, sink)
        .map_err(|rejection| (rejection.status().as_u16(), rejection.code().to_owned()))
}

fn verify(
    body: &[u8],
    query: &str,
    topic: Option<&TopicArn>,
    sink: &Sink<'_>,
) -> Result<MessageId, Rejection> {
    let message = Message::parse(body)?;
    let region: Region = REGION.parse().unwrap();
    let outputs = StackOutputs::parse(query).ok();
    let account = outputs.as_ref().map(|outputs| outputs.role_arn.account());
    let claims_subscription = message.claims_subscription();
    let expected = match account.filter(|_| claims_subscription) {
        Some(account) => Expected::AnyTopicOf(account),
        None => Expected::AnyTopicInRegion(region),
    };
    let checked = message.check(expected, &Endpoint::aws(), NOW)?;
    let certificate = sink.download(checked.certificate_url())?;
    let message = checked.verify(&certificate, NOW)?;
    match topic {
        _ if claims_subscription && outputs.is_some() => Ok(()),
        Some(topic) if *topic == message.topic => Ok(()),
        Some(_) if claims_subscription => Err(Rejection::TopicUnexpected),
        None if claims_subscription => Err(Rejection::AccountUnexpected),
        _ => Err(Rejection::TopicUnexpected),
    }?;
    Ok(message.id.clone())
}

/// An attack and what came of it.
struct Tried {
    case: Case,
    request: Request,
    decision: Decision,
}

fn try_all(scene: &Scene) -> Vec<Tried> {
    let cases = Case::read_all().unwrap().into_iter().filter(|case| case.runs_at(Level::Native));
    let tried: Vec<Tried> = cases
        .map(|case| {
            let request = case.request(scene, NOW).unwrap();
            let sink = Sink { case: &case, requests: RefCell::default() };
            let decision = decide(&request, &sink);
            sink.assert_pinned();
            Tried { case, request, decision }
        })
        .collect();
    assert!(tried.len() >= 120, "{}", tried.len());
    tried
}

#[test]
fn no_attack_is_accepted_unless_it_repeats_a_received_message() {
    let scene = scene();
    let received: serde_json::Value = serde_json::from_str(&scene.received).unwrap();
    let tried = try_all(&scene);
    let mut failures = String::new();
    for Tried { case, decision, .. } in &tried {
        let expected = match &case.expect {
            // The message ID makes it a duplicate.
            (200, None) => Ok(received["MessageId"].as_str().unwrap().parse().unwrap()),
            (status, code) => Err((*status, code.clone().unwrap_or_default())),
        };
        if *decision != expected {
            writeln!(failures, "{}: {decision:?} instead of {expected:?}", case.name).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
    let accepted = tried.iter().filter(|tried| tried.decision.is_ok() && tried.case.expect.0 != 200).count();
    // Not captured, unlike the output of `println!`.
    writeln!(
        std::io::stdout(),
        "summary: SNS attacks on sns-verify: {} tried, {accepted} accepted",
        tried.len()
    )
    .unwrap();
}

/// Attacks that `sns-validator` accepts in some versions of Node.js only.
const DEPENDS_ON_NODE: [&str; 1] = ["url-nul"];

/// Lists the attacks that `sns-validator`, AWS's library for JavaScript, accepts.
#[test]
fn sns_validator_accepts_the_listed_attacks() {
    let mut by_certificate: BTreeMap<String, Vec<Tried>> = BTreeMap::new();
    for tried in try_all(&scene()) {
        let served = match &tried.case.certificate {
            Served::Named(name) => String::from_utf8(pem(name).unwrap()).unwrap(),
            Served::Response { body, .. } => body.clone(),
        };
        by_certificate.entry(served).or_default().push(tried);
    }
    let mut accepted = Vec::new();
    for (certificate, tried) in &by_certificate {
        let bodies: Vec<String> =
            tried.iter().map(|tried| String::from_utf8_lossy(&tried.request.body).into_owned()).collect();
        for (Tried { case, decision, .. }, error) in tried.iter().zip(oracle::validate(certificate, &bodies))
        {
            // `sns-validator` only sees bodies.
            if let (None, Err((400 | 403, code))) = (error, decision)
                && !DEPENDS_ON_NODE.contains(&case.name.as_str())
            {
                accepted.push(format!("{}: {} ({code})", case.name, case.tries));
            }
        }
    }
    accepted.sort();
    insta::assert_snapshot!(accepted.join("\n"));
}
