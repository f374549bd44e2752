use sdk_wasm::{client::Client, route::Route};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use crate::world::{NOTHING, World, json, parse};

const BASE: &str = "https://kraiter.example.com";
const NONE: JsValue = JsValue::UNDEFINED;

fn with_key() -> Client {
    Client::new(BASE.into(), Some("kr_key".into()), 0)
}

fn with_cookie() -> Client {
    Client::new(String::new(), None, 0)
}

/// What a call comes to, as JSON: what was answered, or what is thrown.
async fn outcome(client: &Client, route: Route, argument: &str, body: JsValue) -> Result<String, String> {
    let promise = client.call(route, argument.into(), body, None, None);
    JsFuture::from(promise).await.map(|value| json(&value)).map_err(|thrown| json(&thrown))
}

async fn get_binding(client: &Client) -> Result<String, String> {
    outcome(client, Route::GetAwsBinding, "", NONE).await
}

fn code(thrown: &str) -> String {
    let failure = js_sys::Reflect::get(&parse(thrown), &"failure".into()).unwrap();
    js_sys::Reflect::get(&failure, &"code".into()).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_key_is_shown_as_a_bearer_token() {
    let world = World::new();
    world.answer(200, r#"{"status":"connected"}"#);
    assert_eq!(get_binding(&with_key()).await.as_deref(), Ok(r#"{"status":"connected"}"#));
    assert_eq!(world.asked(), "GET https://kraiter.example.com/v1/aws-binding");
    assert_eq!(world.header("authorization").as_deref(), Some("Bearer kr_key"));
    assert_eq!(world.header("content-type"), None);
    assert_eq!(world.left(), NOTHING);
}

#[wasm_bindgen_test]
async fn without_a_key_what_changes_something_says_that_a_page_of_ours_asks() {
    let world = World::new();
    world.answer(200, "{}");
    get_binding(&with_cookie()).await.unwrap();
    assert_eq!(world.header("x-kraiter-csrf"), None);
    world.answer(200, "{}");
    outcome(&with_cookie(), Route::DeleteAwsBinding, "", NONE).await.unwrap();
    assert_eq!(world.asked(), "GET /v1/aws-binding, DELETE /v1/aws-binding");
    assert_eq!(world.header("x-kraiter-csrf").as_deref(), Some("1"));
    assert_eq!(world.header("authorization"), None);
}

#[wasm_bindgen_test]
async fn a_body_goes_as_json() {
    let world = World::new();
    world.answer(200, "{}");
    outcome(&with_key(), Route::ConnectAws, "", parse(r#"{"region":"eu-west-1"}"#)).await.unwrap();
    assert_eq!(world.asked(), "POST https://kraiter.example.com/v1/aws-binding/connect");
    assert_eq!(world.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(world.body().as_deref(), Some(r#"{"region":"eu-west-1"}"#));
    assert_eq!(world.header("x-kraiter-csrf"), None);
}

#[wasm_bindgen_test]
async fn an_id_or_a_query_stands_in_the_address() {
    let world = World::new();
    for (route, argument) in [
        (Route::GetEmail, "eml_1"),
        (Route::GetIdentity, "a/b"),
        (Route::ListEmails, "limit=5"),
        (Route::GetTemplate, "tpl_1?version=3"),
    ] {
        world.answer(200, "{}");
        outcome(&with_cookie(), route, argument, NONE).await.unwrap();
    }
    let asked = "GET /v1/emails/eml_1, GET /v1/identities/a%2Fb, GET /v1/emails?limit=5, GET /v1/templates/tpl_1?version=3";
    assert_eq!(world.asked(), asked);
}

#[wasm_bindgen_test]
async fn a_zone_file_is_a_text_and_a_page_in_its_place_is_none() {
    let world = World::new();
    let asked = async || outcome(&with_cookie(), Route::GetIdentityZone, "idn_1", NONE).await;
    world.answer_as(200, "$ORIGIN example.com.", "text/plain; charset=utf-8");
    assert_eq!(asked().await.as_deref(), Ok(r#""$ORIGIN example.com.""#));
    assert_eq!(world.asked(), "GET /v1/identities/idn_1/zone");
    world.answer_as(200, "<html>Sign in to the hotel's network</html>", "text/html");
    assert_eq!(code(&asked().await.unwrap_err()), "unexpected_answer");
    world.answer(404, r#"{"code":"not_found","detail":"There is no such identity."}"#);
    assert_eq!(code(&asked().await.unwrap_err()), "not_found");
}

#[wasm_bindgen_test]
async fn no_content_is_undefined() {
    let world = World::new();
    world.answer(204, "");
    let promise = with_cookie().call(Route::EndSession, String::new(), NONE, None, None);
    assert!(JsFuture::from(promise).await.unwrap().is_undefined());
}

#[wasm_bindgen_test]
async fn a_problem_document_is_thrown_with_all_that_it_says() {
    let world = World::new();
    let problem = r#"{"type":"urn:kraiter:problem:aws_refused","title":"Bad Request","status":400,
        "detail":"AWS refused: no (MessageRejected)","code":"aws_refused","field":"to[0]","help":"Verify it.",
        "awsCode":"MessageRejected","requestId":"req_1"}"#;
    world.answer(400, problem);
    let thrown = outcome(&with_key(), Route::SendEmail, "", parse("{}")).await.unwrap_err();
    let fields = r#"{"failure":{"code":"aws_refused","message":"AWS refused: no (MessageRejected)","field":"to[0]","status":400,"requestId":"req_1","help":"Verify it.","awsCode":"MessageRejected"}}"#;
    assert_eq!(thrown, fields);
}

#[wasm_bindgen_test]
async fn an_answer_that_is_not_kraiters_is_told_with_its_status_and_id() {
    let world = World::new();
    for (status, body) in [
        (502, "<html>Bad gateway</html>"),
        (502, r#"{"message":"no"}"#),
        (502, "null"),
        (200, "<html>Sign in to the hotel's network</html>"),
        (200, "7"),
        (200, ""),
    ] {
        world.answer_with_id(status, body, "req_2");
        let thrown = get_binding(&with_key()).await.unwrap_err();
        assert_eq!(code(&thrown), "unexpected_answer", "{body}");
        assert!(thrown.contains(&format!(r#""status":{status},"requestId":"req_2""#)), "{thrown}");
    }
}

#[wasm_bindgen_test]
async fn what_is_wrong_is_not_sent() {
    let world = World::new();
    let thrown =
        outcome(&with_key(), Route::ConnectAws, "", parse(r#"{"region":"mars"}"#)).await.unwrap_err();
    assert!(
        thrown
            .contains(r#""message":"not a region where Amazon SES v2 is available","field":"region","help""#)
    );
    let thrown = outcome(&with_key(), Route::SendEmail, "", world.cyclic()).await.unwrap_err();
    assert_eq!(code(&thrown), "malformed_json");
    assert_eq!((world.asked().as_str(), world.left().as_str()), ("", NOTHING));
}

#[wasm_bindgen_test]
async fn what_fetch_rejects_with_is_the_cause() {
    let world = World::new();
    for cause in [js_sys::TypeError::new("Failed to fetch").into(), JsValue::from("a text"), JsValue::NULL] {
        world.fail(cause.clone());
        let promise = with_key().call(Route::GetAwsBinding, String::new(), NONE, None, None);
        let thrown = JsFuture::from(promise).await.unwrap_err();
        assert_eq!(code(&json(&thrown)), "network_error");
        assert_eq!(js_sys::Reflect::get(&thrown, &"cause".into()).unwrap(), cause);
    }
    assert_eq!(world.left(), NOTHING);
}

#[wasm_bindgen_test]
async fn after_thirty_seconds_a_request_is_given_up() {
    let world = World::new();
    let promise = with_key().call(Route::GetAwsBinding, String::new(), NONE, None, None);
    world.seconds(29).await;
    assert!(!world.was_given_up());
    world.seconds(1).await;
    assert!(world.was_given_up());
    let thrown = json(&JsFuture::from(promise).await.unwrap_err());
    assert_eq!(code(&thrown), "timeout");
    assert_eq!(world.left(), NOTHING);
}

#[wasm_bindgen_test]
async fn a_signal_gives_a_request_up_whatever_its_reason_is() {
    let world = World::new();
    for reason in [JsValue::UNDEFINED, JsValue::from("left the page"), js_sys::Error::new("enough").into()] {
        let controller = AbortController::new().unwrap();
        let promise =
            with_key().call(Route::GetAwsBinding, String::new(), NONE, None, Some(controller.signal()));
        world.settle().await;
        controller.abort_with_reason(&reason);
        let thrown = JsFuture::from(promise).await.unwrap_err();
        assert_eq!(code(&json(&thrown)), "aborted");
        assert_eq!(js_sys::Reflect::get(&thrown, &"cause".into()).unwrap(), controller.signal().reason());
        assert!(world.was_given_up());
        assert_eq!(world.left(), NOTHING);
    }
}

#[wasm_bindgen_test]
async fn with_a_signal_that_has_aborted_nothing_is_asked() {
    let world = World::new();
    let controller = AbortController::new().unwrap();
    controller.abort();
    let promise = with_key().call(Route::GetAwsBinding, String::new(), NONE, None, Some(controller.signal()));
    let thrown = JsFuture::from(promise).await.unwrap_err();
    assert_eq!(code(&json(&thrown)), "aborted");
    assert_eq!((world.asked().as_str(), world.left().as_str()), ("", NOTHING));
}
