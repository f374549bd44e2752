use sdk_wasm::client::Client;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, Headers};

use crate::harness::{Harness, NOTHING, client, json, parse, value};

const BASE: &str = "https://kraiter.example.com";
const NONE: JsValue = JsValue::UNDEFINED;

fn with_key() -> Client {
    client(BASE, Some("kr_key"), 0)
}

fn with_cookie() -> Client {
    client("", None, 0)
}

/// Calls a route and returns the result or the rejection as JSON.
async fn call(client: &Client, route: &str, parameter: &str, body: JsValue) -> Result<String, String> {
    let promise = client.call(route, parameter.into(), String::new(), body, None, None, None).unwrap();
    JsFuture::from(promise).await.map(|response| json(&value(&response))).map_err(|thrown| json(&thrown))
}

async fn get_binding(client: &Client) -> Result<String, String> {
    call(client, "GetAwsBinding", "", NONE).await
}

fn code(thrown: &str) -> String {
    let error = js_sys::Reflect::get(&parse(thrown), &"error".into()).unwrap();
    js_sys::Reflect::get(&error, &"code".into()).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn an_api_key_is_sent_as_a_bearer_token() {
    let harness = Harness::new();
    harness.respond(200, r#"{"status":"connected"}"#);
    assert_eq!(get_binding(&with_key()).await.as_deref(), Ok(r#"{"status":"connected"}"#));
    assert_eq!(harness.take_requests(), "GET https://kraiter.example.com/v1/aws-binding");
    assert_eq!(harness.header("authorization").as_deref(), Some("Bearer kr_key"));
    assert_eq!(harness.header("content-type"), None);
    assert_eq!(harness.in_use(), NOTHING);
}

#[wasm_bindgen_test]
async fn a_change_without_an_api_key_has_the_csrf_header() {
    let harness = Harness::new();
    harness.respond(200, "{}");
    get_binding(&with_cookie()).await.unwrap();
    assert_eq!(harness.header("x-kraiter-csrf"), None);
    harness.respond(200, "{}");
    call(&with_cookie(), "DeleteAwsBinding", "", NONE).await.unwrap();
    assert_eq!(harness.take_requests(), "GET /v1/aws-binding, DELETE /v1/aws-binding");
    assert_eq!(harness.header("x-kraiter-csrf").as_deref(), Some("1"));
    assert_eq!(harness.header("authorization"), None);
}

#[wasm_bindgen_test]
async fn a_body_is_sent_as_json() {
    let harness = Harness::new();
    harness.respond(200, "{}");
    call(&with_key(), "ConnectAws", "", parse(r#"{"region":"eu-west-1"}"#)).await.unwrap();
    assert_eq!(harness.take_requests(), "POST https://kraiter.example.com/v1/aws-binding/connect");
    assert_eq!(harness.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(harness.body().as_deref(), Some(r#"{"region":"eu-west-1"}"#));
    assert_eq!(harness.header("x-kraiter-csrf"), None);
}

#[wasm_bindgen_test]
async fn an_id_or_a_query_is_part_of_the_url() {
    let harness = Harness::new();
    for (route, parameter, query) in [
        ("GetEmail", "eml_1", ""),
        ("GetIdentity", "a/b", ""),
        ("ListEmails", "", "limit=5"),
        ("GetTemplate", "tpl_1", "version=3"),
    ] {
        harness.respond(200, "{}");
        let promise =
            with_cookie().call(route, parameter.into(), query.into(), NONE, None, None, None).unwrap();
        JsFuture::from(promise).await.unwrap();
    }
    let requests = "GET /v1/emails/eml_1, GET /v1/identities/a%2Fb, GET /v1/emails?limit=5, GET /v1/templates/tpl_1?version=3";
    assert_eq!(harness.take_requests(), requests);
}

#[wasm_bindgen_test]
async fn a_zone_file_is_text_and_an_html_page_is_not_one() {
    let harness = Harness::new();
    let zone_file = async || call(&with_cookie(), "GetIdentityZone", "idn_1", NONE).await;
    harness.respond_with_type(200, "$ORIGIN example.com.", "text/plain; charset=utf-8");
    assert_eq!(zone_file().await.as_deref(), Ok(r#""$ORIGIN example.com.""#));
    assert_eq!(harness.take_requests(), "GET /v1/identities/idn_1/zone");
    harness.respond_with_type(200, "<html>Sign in to the hotel's network</html>", "text/html");
    assert_eq!(code(&zone_file().await.unwrap_err()), "unexpected_response");
    harness.respond(404, r#"{"code":"not_found","detail":"There is no such identity."}"#);
    assert_eq!(code(&zone_file().await.unwrap_err()), "not_found");
}

#[wasm_bindgen_test]
async fn a_response_without_content_is_undefined() {
    let harness = Harness::new();
    harness.respond(204, "");
    let promise =
        with_cookie().call("EndSession", String::new(), String::new(), NONE, None, None, None).unwrap();
    assert!(value(&JsFuture::from(promise).await.unwrap()).is_undefined());
}

#[wasm_bindgen_test]
async fn a_response_has_its_status_and_request_id() {
    let harness = Harness::new();
    harness.respond_with_id(200, "{}", "req_1");
    let promise =
        with_key().call("GetAwsBinding", String::new(), String::new(), NONE, None, None, None).unwrap();
    let response = json(&JsFuture::from(promise).await.unwrap());
    assert_eq!(response, r#"{"value":{},"status":200,"requestId":"req_1"}"#);
}

#[wasm_bindgen_test]
async fn a_request_has_the_headers_of_the_client_and_those_of_the_api_win() {
    let harness = Harness::new();
    let headers = Headers::new().unwrap();
    for (name, value) in [("x-proxy", "1"), ("authorization", "Basic x"), ("content-type", "text/plain")] {
        headers.set(name, value).unwrap();
    }
    let client = Client::new(BASE.into(), Some("kr_key".into()), 0, None, headers, None);
    for _ in 0..2 {
        harness.respond(200, "{}");
        call(&client, "ConnectAws", "", parse("{}")).await.unwrap();
        assert_eq!(harness.header("x-proxy").as_deref(), Some("1"));
        assert_eq!(harness.header("authorization").as_deref(), Some("Bearer kr_key"));
        assert_eq!(harness.header("content-type").as_deref(), Some("application/json"));
    }
}

#[wasm_bindgen_test]
async fn the_timeout_of_a_call_replaces_that_of_the_client() {
    let harness = Harness::new();
    let client = Client::new(BASE.into(), None, 0, Some(5_000), Headers::new().unwrap(), None);
    for (timeout, expected) in [(None, 5_000), (Some(70_000), 70_000)] {
        let promise =
            client.call("GetAwsBinding", String::new(), String::new(), NONE, None, None, timeout).unwrap();
        harness.advance_milliseconds(expected - 1).await;
        assert!(!harness.was_aborted());
        harness.advance_milliseconds(1).await;
        let thrown = json(&JsFuture::from(promise).await.unwrap_err());
        assert_eq!(code(&thrown), "timeout");
        assert!(thrown.contains(&format!("{expected} milliseconds")), "{thrown}");
    }
}

#[wasm_bindgen_test]
async fn a_problem_document_rejects_with_all_its_fields() {
    let harness = Harness::new();
    let problem = r#"{"type":"https://kraiter.example.com/docs/errors#aws_refused","title":"Bad Request","status":400,
        "detail":"AWS refused: no (MessageRejected)","code":"aws_refused","field":"to[0]","help":"Verify it.",
        "awsCode":"MessageRejected","requestId":"req_1"}"#;
    harness.respond(400, problem);
    let thrown = call(&with_key(), "SendEmail", "", parse("{}")).await.unwrap_err();
    let fields = r#"{"error":{"code":"aws_refused","message":"AWS refused: no (MessageRejected)","field":"to[0]","status":400,"requestId":"req_1","help":"Verify it.","awsCode":"MessageRejected"}}"#;
    assert_eq!(thrown, fields);
}

#[wasm_bindgen_test]
async fn an_unexpected_response_rejects_with_its_status_and_request_id() {
    let harness = Harness::new();
    for (status, body) in [
        (502, "<html>Bad gateway</html>"),
        (502, r#"{"message":"no"}"#),
        (502, "null"),
        (200, "<html>Sign in to the hotel's network</html>"),
        (200, "7"),
        (200, ""),
    ] {
        harness.respond_with_id(status, body, "req_2");
        let thrown = get_binding(&with_key()).await.unwrap_err();
        assert_eq!(code(&thrown), "unexpected_response", "{body}");
        assert!(thrown.contains(&format!(r#""status":{status},"requestId":"req_2""#)), "{thrown}");
    }
}

#[wasm_bindgen_test]
async fn an_invalid_request_is_not_sent() {
    let harness = Harness::new();
    let thrown = call(&with_key(), "ConnectAws", "", parse(r#"{"region":"mars"}"#)).await.unwrap_err();
    let message = r#""message":"Not a region where Amazon SES v2 is available.","field":"region","help""#;
    assert!(thrown.contains(message), "{thrown}");
    let thrown = call(&with_key(), "SendEmail", "", harness.cyclic()).await.unwrap_err();
    assert_eq!(code(&thrown), "malformed_json");
    assert_eq!((harness.take_requests().as_str(), harness.in_use().as_str()), ("", NOTHING));
}

#[wasm_bindgen_test]
async fn half_of_a_surrogate_pair_is_replaced_in_a_body() {
    let harness = Harness::new();
    for (subject, sent) in [
        ("Sale 😀", "Sale 😀"),
        (r"Sale \ud83d", "Sale \u{fffd}"),
        (r"\ude00\ud83d\ud83d\ude00", "\u{fffd}\u{fffd}😀"),
        // An escaped backslash begins no escape.
        (r"C:\\ud83d", r"C:\u005cud83d"),
        (r"C:\\ud83d \\\ud83d", "C:\\u005cud83d \\u005c\u{fffd}"),
    ] {
        harness.respond(202, r#"{"id":"eml_1"}"#);
        let body = format!(r#"{{"subject":"{subject}"}}"#);
        call(&with_key(), "SendEmail", "", parse(&body)).await.unwrap();
        assert_eq!(harness.body(), Some(format!(r#"{{"subject":"{sent}"}}"#)));
    }
}

#[wasm_bindgen_test]
async fn the_value_that_fetch_rejects_with_is_the_cause() {
    let harness = Harness::new();
    for cause in [js_sys::TypeError::new("Failed to fetch").into(), JsValue::from("a text"), JsValue::NULL] {
        harness.reject_fetch(cause.clone());
        let promise =
            with_key().call("GetAwsBinding", String::new(), String::new(), NONE, None, None, None).unwrap();
        let thrown = JsFuture::from(promise).await.unwrap_err();
        assert_eq!(code(&json(&thrown)), "network_error");
        assert_eq!(js_sys::Reflect::get(&thrown, &"cause".into()).unwrap(), cause);
    }
    assert_eq!(harness.in_use(), NOTHING);
}

#[wasm_bindgen_test]
async fn a_request_times_out_after_thirty_seconds() {
    let harness = Harness::new();
    let promise =
        with_key().call("GetAwsBinding", String::new(), String::new(), NONE, None, None, None).unwrap();
    harness.advance_seconds(29).await;
    assert!(!harness.was_aborted());
    harness.advance_seconds(1).await;
    assert!(harness.was_aborted());
    let thrown = json(&JsFuture::from(promise).await.unwrap_err());
    assert_eq!(code(&thrown), "timeout");
    assert_eq!(harness.in_use(), NOTHING);
}

#[wasm_bindgen_test]
async fn a_signal_aborts_a_request_with_any_reason() {
    let harness = Harness::new();
    for reason in [JsValue::UNDEFINED, JsValue::from("left the page"), js_sys::Error::new("enough").into()] {
        let controller = AbortController::new().unwrap();
        let promise = with_key()
            .call("GetAwsBinding", String::new(), String::new(), NONE, None, Some(controller.signal()), None)
            .unwrap();
        harness.wait_until_idle().await;
        controller.abort_with_reason(&reason);
        let thrown = JsFuture::from(promise).await.unwrap_err();
        assert_eq!(code(&json(&thrown)), "aborted");
        assert_eq!(js_sys::Reflect::get(&thrown, &"cause".into()).unwrap(), controller.signal().reason());
        assert!(harness.was_aborted());
        assert_eq!(harness.in_use(), NOTHING);
    }
}

#[wasm_bindgen_test]
async fn a_request_with_an_aborted_signal_is_not_sent() {
    let harness = Harness::new();
    let controller = AbortController::new().unwrap();
    controller.abort();
    let promise = with_key()
        .call("GetAwsBinding", String::new(), String::new(), NONE, None, Some(controller.signal()), None)
        .unwrap();
    let thrown = JsFuture::from(promise).await.unwrap_err();
    assert_eq!(code(&json(&thrown)), "aborted");
    assert_eq!((harness.take_requests().as_str(), harness.in_use().as_str()), ("", NOTHING));
}

#[wasm_bindgen_test]
async fn an_api_key_that_a_header_cannot_hold_is_a_network_error() {
    let harness = Harness::new();
    let client = client(BASE, Some("kr_\nkey"), 0);
    assert_eq!(code(&get_binding(&client).await.unwrap_err()), "network_error");
    assert_eq!((harness.take_requests().as_str(), harness.in_use().as_str()), ("", NOTHING));
}
