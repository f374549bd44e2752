use js_sys::{Promise, Reflect};
use sdk_wasm::client::Client;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use crate::harness::{self, Harness, NOTHING, json, parse, value};

const FAULT: &str = r#"{"code":"internal_error","detail":"Something went wrong."}"#;
const SENT: &str = r#"{"id":"eml_1","status":"sent"}"#;
const POST: &str = "POST /v1/emails";

fn client() -> Client {
    harness::client("", None, 3)
}

fn send(body: &JsValue, key: Option<&str>) -> Promise {
    client()
        .call("SendEmail", String::new(), String::new(), body.clone(), key.map(str::to_owned), None, None)
        .unwrap()
}

fn email() -> JsValue {
    parse(r#"{"subject":"Hello"}"#)
}

#[wasm_bindgen_test]
async fn a_failed_request_is_retried_with_the_same_key_and_the_same_body() {
    let harness = Harness::new();
    harness.respond(503, FAULT);
    let body = email();
    let promise = send(&body, None);
    harness.wait_until_idle().await;
    let first = (harness.take_requests(), harness.header("idempotency-key"), harness.body());
    assert_eq!(first.0, POST);
    assert_eq!(first.1.as_ref().map(String::len), Some(36));
    // A change of the object after the call has no effect.
    Reflect::set(&body, &"subject".into(), &"Bye".into()).unwrap();
    harness.advance_milliseconds(249).await;
    assert_eq!(harness.take_requests(), "");
    harness.advance_milliseconds(251).await;
    assert_eq!((harness.take_requests(), harness.header("idempotency-key"), harness.body()), first);
    harness.respond(202, SENT);
    assert_eq!(json(&value(&JsFuture::from(promise).await.unwrap())), SENT);
    assert_eq!(harness.in_use(), NOTHING);
}

#[wasm_bindgen_test]
async fn every_call_has_a_new_key_unless_the_caller_sets_one() {
    let harness = Harness::new();
    let mut keys = Vec::new();
    for key in [None, None, Some("order 17")] {
        harness.respond(202, SENT);
        JsFuture::from(send(&email(), key)).await.unwrap();
        keys.extend(harness.header("idempotency-key"));
    }
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[2], "order 17");
    harness.take_requests();
    let thrown = json(&JsFuture::from(send(&email(), Some("a\nb"))).await.unwrap_err());
    assert!(thrown.contains(r#""code":"invalid_idempotency_key""#), "{thrown}");
    assert_eq!(harness.take_requests(), "");
}

#[wasm_bindgen_test]
async fn a_request_that_creates_nothing_has_no_key() {
    let harness = Harness::new();
    for (route, body) in [
        ("GetAwsBinding", JsValue::UNDEFINED),
        ("VerifyAwsBinding", parse("{}")),
        ("CreateSession", parse("{}")),
    ] {
        harness.respond(200, "{}");
        let promise = client()
            .call(route, String::new(), String::new(), body, Some("order 17".into()), None, None)
            .unwrap();
        JsFuture::from(promise).await.unwrap();
        assert_eq!(harness.header("idempotency-key"), None);
    }
}

#[wasm_bindgen_test]
async fn the_last_error_is_thrown_after_three_retries() {
    let harness = Harness::new();
    for _ in 0..4 {
        harness.reject_fetch(JsValue::from("no network"));
    }
    let promise = send(&email(), None);
    harness.advance_seconds(60).await;
    let thrown = JsFuture::from(promise).await.unwrap_err();
    assert!(json(&thrown).contains("network_error"));
    assert_eq!(harness.take_requests(), [POST; 4].join(", "));
    assert_eq!(harness.in_use(), NOTHING);
}

#[wasm_bindgen_test]
async fn retry_after_is_honoured() {
    let harness = Harness::new();
    let busy = r#"{"code":"idempotency_in_progress","detail":"The request is still in progress."}"#;
    harness.respond_with_headers(409, busy, r#"{"retry-after":"2"}"#);
    let promise = send(&email(), Some("order 17"));
    harness.advance_milliseconds(1_999).await;
    assert_eq!(harness.take_requests(), POST);
    harness.advance_milliseconds(501).await;
    assert_eq!(harness.take_requests(), POST);
    harness.respond(202, SENT);
    JsFuture::from(promise).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_refused_or_unsafe_request_is_not_retried() {
    let harness = Harness::new();
    let refused = r#"{"code":"aws_refused","detail":"no"}"#;
    for (route, status, body) in [("SendEmail", 400, refused), ("DeleteIdentity", 503, FAULT)] {
        harness.respond(status, body);
        let promise = client().call(route, "x".into(), String::new(), email(), None, None, None).unwrap();
        JsFuture::from(promise).await.unwrap_err();
        assert_eq!(harness.in_use(), NOTHING);
    }
    harness.take_requests();
    harness.advance_seconds(60).await;
    assert_eq!(harness.take_requests(), "");
}

#[wasm_bindgen_test]
async fn a_signal_ends_the_delay_before_a_retry() {
    let harness = Harness::new();
    harness.respond(503, FAULT);
    let controller = AbortController::new().unwrap();
    let promise = client()
        .call("SendEmail", String::new(), String::new(), email(), None, Some(controller.signal()), None)
        .unwrap();
    harness.wait_until_idle().await;
    assert_eq!(harness.in_use(), "1 timers, 1 listeners, 0 requests");
    controller.abort();
    let thrown = json(&JsFuture::from(promise).await.unwrap_err());
    assert!(thrown.contains(r#""code":"aborted""#), "{thrown}");
    assert_eq!((harness.take_requests().as_str(), harness.in_use().as_str()), (POST, NOTHING));
}
