//! Webhooks to a customer's own server.

mod receiver;

use std::sync::{Arc, Barrier, Weak};

use http::{Method, StatusCode};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use self::receiver::{Receiver, Reply};
use super::{
    TestResult, assert_equal, assert_error, assert_that,
    feed::{all_events, switch_on},
    trial,
};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    polling::wait_until,
    test_email::{BOUNCE, SUCCESS, email_to},
};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| {
        trial(format!("outgoing_webhooks::{name}"), harness, case)
    };
    vec![
        case("an endpoint receives the chosen events, signed, with the numbers of the feed", chosen_events),
        case("a receiver that fails gets every event once it works, in order per email", failing_receiver),
        case(
            "a receiver that hangs is given up after ten seconds, and gets every event later, in order",
            hanging_receiver,
        ),
        case("a receiver gets no event before the time that it asks for", retry_after),
        case("a redirect is not followed and counts as a failure", redirect),
        case("a receiver that responds with 410 is disabled, and enabled by hand", gone),
        case("a host name with a private address gets no request", private_address),
        case("a URL that is not public is refused", refused_urls),
        case("events are delivered again by number and by time", replay),
        case("two secrets sign after a rotation", rotation),
        case("a test event is delivered at once and is not in the feed", test_event),
        case("an organisation has at most ten endpoints, and only its own", own_endpoints),
    ]
}

/// An organisation with an endpoint.
struct Fixture {
    connected: ConnectedOrganisation,
    receiver: Receiver,
    id: String,
    secret: String,
}

impl Fixture {
    fn create(harness: &Harness, events: &[&str]) -> Result<Self, Failed> {
        let (connected, receiver) = (harness.connect_organisation()?, Receiver::start()?);
        let body = json!({ "url": receiver.url(), "events": events });
        let created =
            connected.organisation.api.post("/v1/webhooks", &body)?.expect_status(StatusCode::CREATED)?;
        let (id, secret) = (string_at(&created, "/id")?, string_at(&created, "/secret")?);
        Ok(Self { connected, receiver, id, secret })
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/webhooks/{}{rest}", self.id)
    }

    fn get(&self, rest: &str) -> test_support::Result<Value> {
        self.connected.organisation.api.get(&self.path(rest))?.expect_status(StatusCode::OK)
    }

    fn deliveries(&self) -> test_support::Result<Vec<Value>> {
        Ok(self.get("/deliveries?limit=100")?["data"].as_array().cloned().unwrap_or_default())
    }

    fn post(&self, rest: &str, body: &Value) -> test_support::Result<test_support::api::ApiResponse> {
        self.connected.organisation.api.post(&self.path(rest), body)
    }

    fn update(&self, body: &Value) -> test_support::Result<Value> {
        let api = &self.connected.organisation.api;
        api.call(Method::PUT, &self.path(""), Some(body))?.expect_status(StatusCode::OK)
    }
}

fn chosen_events(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.sent", "email.delivered", "email.bounced"])?;
    let delivered = fixture.connected.send(&email_to(SUCCESS), "sent")?;
    let bounced = fixture.connected.send(&email_to(BOUNCE), "sent")?;
    wait_until("four webhooks", || Ok(fixture.receiver.requests().len() >= 4))?;
    let feed = all_events(&fixture.connected)?;
    for request in fixture.receiver.requests() {
        request.verify(&[&fixture.secret])?;
        let event = request.event();
        let in_feed = feed.iter().find(|known| known["number"] == event["number"]);
        assert_equal("the event in the feed", Some(&event), in_feed)?;
        assert_equal("webhook-id", request.header("webhook-id"), event["id"].as_str().unwrap_or_default())?;
        assert_equal("content-type", request.header("content-type"), "application/json")?;
    }
    assert_equal("delivered", fixture.receiver.types(&delivered), ["email.sent", "email.delivered"])?;
    assert_equal("bounced", fixture.receiver.types(&bounced), ["email.sent", "email.bounced"])?;
    wait_until("four deliveries in the log", || Ok(fixture.deliveries()?.len() == 4))?;
    for delivery in fixture.deliveries()? {
        assert_equal("state", &delivery["state"], "delivered")?;
        assert_equal("status", &delivery["responseStatus"], &json!(200))?;
        assert_equal("attempts", &delivery["attempts"], &json!(1))?;
        assert_that(delivery["durationMs"].is_u64() && delivery["event"].is_object(), delivery.to_string())?;
    }
    let listed = fixture.connected.organisation.api.get("/v1/webhooks")?.expect_status(StatusCode::OK)?;
    assert_equal("listed", &listed["data"][0]["id"], fixture.id.as_str())?;
    assert_that(!listed.to_string().contains("whsec_"), "the list shows a secret")
}

fn failing_receiver(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted", "email.sent", "email.delivered"])?;
    // Every first attempt at an event fails, by turns with a status and without a response.
    fixture.receiver.reply(|request, earlier| match earlier {
        0 if request.number() % 2 == 0 => Reply::Status(503),
        0 => Reply::Disconnect,
        _ => Reply::Status(204),
    });
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.connected.send(&email_to(SUCCESS), "sent")?);
    }
    let finished = || Ok(fixture.deliveries()?.iter().filter(|one| one["state"] == "delivered").count() == 9);
    wait_until("every event to be delivered", finished)?;
    for id in &ids {
        let accepted: Vec<_> = fixture.receiver.accepted(id);
        assert_equal("order", accepted, ["email.accepted", "email.sent", "email.delivered"])?;
    }
    for delivery in fixture.deliveries()? {
        assert_equal("attempts", &delivery["attempts"], &json!(2))?;
    }
    assert_equal("failingSince", &fixture.get("")?["failingSince"], &Value::Null)
}

fn hanging_receiver(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted", "email.sent", "email.delivered"])?;
    let barrier = Arc::new(Barrier::new(2));
    let released = Arc::clone(&barrier);
    fixture.receiver.reply(move |request, earlier| match (request.number(), earlier) {
        (1, 0) => Reply::Hang(Arc::clone(&released)),
        _ => Reply::Status(200),
    });
    let id = fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("the time limit", || Ok(!fixture.deliveries()?.is_empty()))?;
    let deliveries = fixture.deliveries()?;
    let first = deliveries.last().ok_or("there is no delivery")?;
    assert_equal("error", &first["error"], "no response in time")?;
    assert_that(first["durationMs"].as_u64() >= Some(10_000), first.to_string())?;
    barrier.wait();
    let finished = || Ok(fixture.deliveries()?.iter().filter(|one| one["state"] == "delivered").count() == 3);
    wait_until("every event to be delivered", finished)?;
    assert_equal("order", fixture.receiver.accepted(&id), ["email.accepted", "email.sent", "email.delivered"])
}

fn retry_after(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted"])?;
    fixture.receiver.reply(|_, _| Reply::RetryAfter(3_600));
    fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("a failed attempt", || Ok(!fixture.deliveries()?.is_empty()))?;
    let delivery = &fixture.deliveries()?[0];
    let [attempted_at, next_at] = ["/attemptedAt", "/nextAttemptAt"].map(|pointer| {
        let text = string_at(delivery, pointer)?;
        Ok::<_, Failed>(OffsetDateTime::parse(&text, &Rfc3339)?)
    });
    assert_equal("the delay", next_at? - attempted_at?, Duration::HOUR)
}

fn redirect(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted"])?;
    let elsewhere = Receiver::start()?;
    let location = elsewhere.url();
    fixture.receiver.reply(move |_, _| Reply::Redirect(location.clone()));
    fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("a failed attempt", || Ok(fixture.deliveries()?.len() == 1))?;
    let delivery = &fixture.deliveries()?[0];
    assert_equal("state", &delivery["state"], "pending")?;
    assert_equal("status", &delivery["responseStatus"], &json!(307))?;
    assert_that(delivery["nextAttemptAt"].is_string(), delivery.to_string())?;
    assert_that(fixture.get("")?["failingSince"].is_string(), "the endpoint isn't failing")?;
    assert_that(elsewhere.requests().is_empty(), "the redirect was followed")
}

fn gone(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted"])?;
    let other = Receiver::start()?;
    let body = json!({ "url": other.url(), "events": ["webhook.disabled"] });
    fixture.connected.organisation.api.post("/v1/webhooks", &body)?.expect_status(StatusCode::CREATED)?;
    fixture.receiver.reply(|_, _| Reply::Status(410));
    fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("the endpoint to be disabled", || Ok(fixture.get("")?["disabled"] == "gone"))?;
    assert_equal("state", &fixture.deliveries()?[0]["state"], "failed")?;
    wait_until("the notice", || Ok(!other.requests().is_empty()))?;
    let notice = json!({ "webhookId": fixture.id, "reason": "gone" });
    assert_equal("notice", &other.requests()[0].event()["data"], &notice)?;
    let refused = fixture.post("/replay", &json!({ "number": 1 }))?;
    assert_error("a replay to a disabled endpoint", &refused, 409, "webhook_disabled")?;
    fixture.connected.send(&email_to(SUCCESS), "sent")?;
    fixture.receiver.reply(|_, _| Reply::Status(200));
    assert_equal("enabled", &fixture.update(&json!({ "enabled": true }))?["disabled"], &Value::Null)?;
    // Only events from now on: the second email is not delivered.
    let third = fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("the third email", || Ok(!fixture.receiver.types(&third).is_empty()))?;
    assert_equal("requests", fixture.receiver.requests().len(), 2)
}

fn private_address(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted"])?;
    for (name, kind, address) in
        [("private.hooks.example", "A", "127.0.0.1"), ("private6.hooks.example", "AAAA", "fd00::1")]
    {
        harness.resolver.set(name, kind, &[address]);
        fixture.update(&json!({ "url": format!("https://{name}/hook") }))?;
        let result = fixture.post("/test", &json!({}))?.expect_status(StatusCode::OK)?;
        assert_equal("delivered", &result["delivered"], &json!(false))?;
        let error = string_at(&result, "/error")?;
        assert_that(error.contains("not public"), error)?;
    }
    fixture.update(&json!({ "url": "https://unknown.hooks.example/hook" }))?;
    let result = fixture.post("/test", &json!({}))?.expect_status(StatusCode::OK)?;
    assert_that(
        result["error"].as_str().is_some_and(|error| error.contains("no address")),
        result.to_string(),
    )
}

fn refused_urls(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    for (url, code) in [
        ("http://example.com/hook", "invalid_webhook_url"),
        ("https://user@example.com/hook", "invalid_webhook_url"),
        ("https://10.0.0.1/hook", "webhook_url_not_public"),
        ("https://169.254.169.254/latest/meta-data", "webhook_url_not_public"),
        ("https://[fd00::1]/hook", "webhook_url_not_public"),
        ("https://printer.local/hook", "webhook_url_not_public"),
    ] {
        let response = connected.organisation.api.post("/v1/webhooks", &json!({ "url": url }))?;
        assert_error(url, &response, 422, code)?;
    }
    Ok(())
}

fn replay(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted", "email.sent"])?;
    let id = fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("two deliveries", || Ok(fixture.deliveries()?.len() == 2))?;
    let replayed = fixture.post("/replay", &json!({ "number": 1 }))?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("replayed", replayed, json!({ "replayed": 1 }))?;
    wait_until("the event again", || Ok(fixture.receiver.requests().len() == 3))?;
    let ids: Vec<_> =
        fixture.receiver.requests().iter().map(|request| request.header("webhook-id")).collect();
    assert_equal("webhook-id", &ids[2], &ids[0])?;
    let range = json!({ "since": "2026-01-01T00:00:00Z" });
    let replayed = fixture.post("/replay", &range)?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("replayed", replayed, json!({ "replayed": 2 }))?;
    wait_until("both events again", || Ok(fixture.receiver.requests().len() == 5))?;
    assert_equal("order", &fixture.receiver.types(&id)[3..], ["email.accepted", "email.sent"].as_slice())?;
    let none = json!({ "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z" });
    let replayed = fixture.post("/replay", &none)?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("an empty range", replayed, json!({ "replayed": 0 }))
}

fn rotation(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.accepted"])?;
    let rotated = fixture.post("/rotate-secret", &json!({}))?.expect_status(StatusCode::OK)?;
    let secret = string_at(&rotated, "/secret")?;
    assert_that(secret != fixture.secret, "the secret is the same")?;
    fixture.connected.send(&email_to(SUCCESS), "sent")?;
    wait_until("a webhook", || Ok(!fixture.receiver.requests().is_empty()))?;
    fixture.receiver.requests()[0].verify(&[&secret, &fixture.secret])
}

fn test_event(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.bounced"])?;
    let result = fixture.post("/test", &json!({}))?.expect_status(StatusCode::OK)?;
    assert_equal("delivered", &result["delivered"], &json!(true))?;
    assert_equal("status", &result["responseStatus"], &json!(200))?;
    let request = &fixture.receiver.requests()[0];
    request.verify(&[&fixture.secret])?;
    assert_equal("type", &request.event()["type"], "webhook.test")?;
    assert_equal("feed", all_events(&fixture.connected)?, Vec::<Value>::new())
}

fn own_endpoints(harness: &Harness) -> TestResult {
    let fixture = Fixture::create(harness, &["email.bounced"])?;
    let other = harness.connect_organisation()?;
    let foreign = other.organisation.api.get(&fixture.path(""))?;
    assert_error("another organisation's endpoint", &foreign, 404, "not_found")?;
    let api = &fixture.connected.organisation.api;
    let body = json!({ "url": fixture.receiver.url() });
    for _ in 0..9 {
        api.post("/v1/webhooks", &body)?.expect_status(StatusCode::CREATED)?;
    }
    assert_error("the eleventh", &api.post("/v1/webhooks", &body)?, 409, "too_many_webhooks")?;
    let settings = json!({ "feed": false });
    let off = api.call(Method::PUT, "/v1/settings", Some(&settings))?;
    assert_error("switching the feed off", &off, 422, "feed_in_use")?;
    let deleted = api.call(Method::DELETE, &fixture.path(""), None)?;
    assert_equal("status", deleted.status, StatusCode::NO_CONTENT)?;
    assert_error("deleted", &api.get(&fixture.path(""))?, 404, "not_found")?;
    switch_on(&fixture.connected)
}
