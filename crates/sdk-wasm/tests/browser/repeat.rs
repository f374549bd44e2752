use js_sys::{Promise, Reflect};
use sdk_wasm::{client::Client, route::Route};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use crate::world::{NOTHING, World, json, parse};

const FAULT: &str = r#"{"code":"internal_error","detail":"Something went wrong."}"#;
const SENT: &str = r#"{"id":"eml_1","status":"sent"}"#;
const POST: &str = "POST /v1/emails";

fn client() -> Client {
    Client::new(String::new(), None, 3)
}

fn send(body: &JsValue, key: Option<&str>) -> Promise {
    client().call(Route::SendEmail, String::new(), body.clone(), key.map(str::to_owned), None)
}

fn email() -> JsValue {
    parse(r#"{"subject":"Hello"}"#)
}

#[wasm_bindgen_test]
async fn a_fault_is_asked_again_with_the_same_key_and_the_same_body() {
    let world = World::new();
    world.answer(503, FAULT);
    let body = email();
    let promise = send(&body, None);
    world.settle().await;
    let first = (world.asked(), world.header("idempotency-key"), world.body());
    assert_eq!(first.0, POST);
    assert_eq!(first.1.as_ref().map(String::len), Some(36));
    // What the caller does with the object meanwhile changes nothing.
    Reflect::set(&body, &"subject".into(), &"Bye".into()).unwrap();
    world.milliseconds(249).await;
    assert_eq!(world.asked(), "");
    world.milliseconds(251).await;
    assert_eq!((world.asked(), world.header("idempotency-key"), world.body()), first);
    world.answer(202, SENT);
    assert_eq!(json(&JsFuture::from(promise).await.unwrap()), SENT);
    assert_eq!(world.left(), NOTHING);
}

#[wasm_bindgen_test]
async fn every_call_has_a_key_of_its_own_unless_told() {
    let world = World::new();
    let mut keys = Vec::new();
    for key in [None, None, Some("order 17")] {
        world.answer(202, SENT);
        JsFuture::from(send(&email(), key)).await.unwrap();
        keys.extend(world.header("idempotency-key"));
    }
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[2], "order 17");
    world.asked();
    let thrown = json(&JsFuture::from(send(&email(), Some("a\nb"))).await.unwrap_err());
    assert!(thrown.contains(r#""code":"invalid_idempotency_key""#), "{thrown}");
    assert_eq!(world.asked(), "");
}

#[wasm_bindgen_test]
async fn what_creates_nothing_has_no_key() {
    let world = World::new();
    for route in [Route::GetAwsBinding, Route::VerifyAwsBinding, Route::CreateSession] {
        world.answer(200, "{}");
        let promise = client().call(route, String::new(), parse("{}"), Some("order 17".into()), None);
        JsFuture::from(promise).await.unwrap();
        assert_eq!(world.header("idempotency-key"), None);
    }
}

#[wasm_bindgen_test]
async fn after_three_repetitions_the_last_failure_is_told() {
    let world = World::new();
    for _ in 0..4 {
        world.fail(JsValue::from("no network"));
    }
    let promise = send(&email(), None);
    world.seconds(60).await;
    let thrown = JsFuture::from(promise).await.unwrap_err();
    assert!(json(&thrown).contains("network_error"));
    assert_eq!(world.asked(), [POST; 4].join(", "));
    assert_eq!(world.left(), NOTHING);
}

#[wasm_bindgen_test]
async fn the_servers_own_pause_is_kept() {
    let world = World::new();
    let busy = r#"{"code":"idempotency_in_progress","detail":"The request is still under way."}"#;
    world.answer_with(409, busy, r#"{"retry-after":"2"}"#);
    let promise = send(&email(), Some("order 17"));
    world.milliseconds(1_999).await;
    assert_eq!(world.asked(), POST);
    world.milliseconds(501).await;
    assert_eq!(world.asked(), POST);
    world.answer(202, SENT);
    JsFuture::from(promise).await.unwrap();
}

#[wasm_bindgen_test]
async fn what_was_refused_and_what_is_not_safe_is_not_asked_again() {
    let world = World::new();
    let refused = r#"{"code":"aws_refused","detail":"no"}"#;
    for (route, status, body) in [(Route::SendEmail, 400, refused), (Route::DeleteIdentity, 503, FAULT)] {
        world.answer(status, body);
        let promise = client().call(route, "x".into(), email(), None, None);
        JsFuture::from(promise).await.unwrap_err();
        assert_eq!(world.left(), NOTHING);
    }
    world.asked();
    world.seconds(60).await;
    assert_eq!(world.asked(), "");
}

#[wasm_bindgen_test]
async fn a_signal_ends_the_pause() {
    let world = World::new();
    world.answer(503, FAULT);
    let controller = AbortController::new().unwrap();
    let promise = client().call(Route::SendEmail, String::new(), email(), None, Some(controller.signal()));
    world.settle().await;
    assert_eq!(world.left(), "1 timers, 1 listeners, 0 requests");
    controller.abort();
    let thrown = json(&JsFuture::from(promise).await.unwrap_err());
    assert!(thrown.contains(r#""code":"aborted""#), "{thrown}");
    assert_eq!((world.asked().as_str(), world.left().as_str()), (POST, NOTHING));
}
