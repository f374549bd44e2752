use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Reflect};
use sdk_wasm::runner::Flow;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{Harness, NOTHING, client, json};

/// A flow and the states it has reported.
struct Observed {
    flow: Flow,
    states: Rc<RefCell<Vec<JsValue>>>,
    _listener: Closure<dyn Fn(JsValue)>,
}

impl Observed {
    fn new() -> Self {
        let states = Rc::new(RefCell::new(Vec::new()));
        let listener = Closure::<dyn Fn(JsValue)>::new({
            let states = Rc::clone(&states);
            move |state| states.borrow_mut().push(state)
        });
        let function: &Function = listener.as_ref().unchecked_ref();
        let flow = client("", None, 3).flow(function.clone());
        Self { flow, states, _listener: listener }
    }

    /// A flow that has fetched this connection.
    async fn at(harness: &Harness, binding: &str) -> Self {
        harness.respond(200, binding);
        let observed = Self::new();
        harness.wait_until_idle().await;
        harness.take_requests();
        observed
    }

    /// Returns the steps reported since the last call.
    fn steps(&self) -> String {
        let states = self.states.take();
        states.iter().map(|state| text(state, "step")).collect::<Vec<_>>().join(", ")
    }

    /// Returns the last state as JSON.
    fn last(&self) -> String {
        json(self.states.borrow().last().unwrap())
    }
}

fn text(value: &JsValue, name: &str) -> String {
    Reflect::get(value, &name.into()).unwrap().as_string().unwrap()
}

const POLL: &str = "GET /v1/aws-binding";
const CONNECT: &str = "POST /v1/aws-binding/connect";
const VERIFY: &str = "POST /v1/aws-binding/verify";
const LINK: &str = r#"{"quickCreateUrl":"https://console"}"#;
const REGIONS: &str = r#""regions":[{"region":"eu-west-1"}]"#;

fn binding(status: &str) -> String {
    let region = if status == "not_connected" { "null" } else { r#""eu-west-1""# };
    let reason = match status {
        "degraded" | "insecure" => r#"{"code":"role_refused"}"#,
        _ => "null",
    };
    format!(r#"{{"status":"{status}","stackRegion":{region},"reason":{reason},{REGIONS}}}"#)
}

const UNAUTHORIZED: &str = r#"{"code":"unauthorized","detail":"no key","requestId":"req_1"}"#;

#[wasm_bindgen_test]
async fn every_status_has_the_state_of_the_types() {
    for (status, step) in [
        ("verifying", "verifying"),
        ("connected", "connected"),
        ("degraded", "needs_attention"),
        ("insecure", "needs_attention"),
    ] {
        let harness = Harness::new();
        let binding = binding(status);
        let observed = Observed::at(&harness, &binding).await;
        let reason = if step == "needs_attention" { r#","reason":{"code":"role_refused"}"# } else { "" };
        assert_eq!(observed.last(), format!(r#"{{"step":"{step}","binding":{binding}{reason}}}"#));
    }
    for status in ["not_connected", "disconnected"] {
        let harness = Harness::new();
        let observed = Observed::at(&harness, &binding(status)).await;
        assert_eq!(observed.last(), format!(r#"{{"step":"choose_region",{REGIONS}}}"#));
    }
}

#[wasm_bindgen_test]
async fn choosing_a_region_leads_to_connected() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, &binding("not_connected")).await;
    harness.respond(200, LINK);
    harness.respond(200, &binding("awaiting_stack"));
    observed.flow.choose("eu-west-1".into());
    harness.wait_until_idle().await;
    assert_eq!(harness.take_requests(), format!("{CONNECT}, {POLL}"));
    let awaiting = binding("awaiting_stack");
    assert_eq!(
        observed.last(),
        format!(r#"{{"step":"open_link","link":"https://console","details":{LINK},"binding":{awaiting}}}"#)
    );
    for _ in 0..3 {
        harness.respond(200, &binding("awaiting_stack"));
    }
    harness.respond(200, &binding("verifying"));
    // 2, 3, 4.5 and 6.75 seconds.
    harness.advance_seconds(17).await;
    assert_eq!(harness.take_requests(), [POLL; 4].join(", "));
    harness.respond(200, &binding("connected"));
    harness.advance_seconds(2).await;
    assert_eq!(observed.steps(), "choose_region, open_link, verifying, connected");
    harness.advance_seconds(9).await;
    assert_eq!(harness.take_requests(), POLL);
}

#[wasm_bindgen_test]
async fn a_reload_fetches_the_link_again() {
    let harness = Harness::new();
    harness.respond(200, &binding("awaiting_stack"));
    harness.respond(200, LINK);
    let observed = Observed::new();
    harness.wait_until_idle().await;
    assert_eq!(harness.take_requests(), format!("{POLL}, {CONNECT}"));
    assert_eq!(harness.body().as_deref(), Some(r#"{"region":"eu-west-1"}"#));
    assert_eq!(observed.steps(), "open_link");
}

#[wasm_bindgen_test]
async fn a_hidden_page_polls_less_often_and_at_once_when_it_becomes_visible() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, &binding("verifying")).await;
    harness.hide_page().await;
    harness.advance_seconds(29).await;
    assert_eq!(harness.take_requests(), "");
    harness.respond(200, &binding("verifying"));
    harness.advance_seconds(1).await;
    assert_eq!(harness.take_requests(), POLL);
    harness.respond(200, &binding("connected"));
    harness.show_page().await;
    assert_eq!((harness.take_requests().as_str(), observed.steps().as_str()), (POLL, "verifying, connected"));
    harness.respond(200, &binding("connected"));
    harness.dispatch("focus").await;
    assert_eq!((harness.take_requests().as_str(), observed.steps().as_str()), (POLL, ""));
}

#[wasm_bindgen_test]
async fn offline_has_the_last_state_and_ends_when_the_network_is_back() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, &binding("connected")).await;
    harness.reject_fetch(js_sys::TypeError::new("Failed to fetch"));
    harness.advance_seconds(10).await;
    let connected = binding("connected");
    assert_eq!(
        observed.last(),
        format!(r#"{{"step":"offline","last":{{"step":"connected","binding":{connected}}}}}"#)
    );
    harness.take_requests();
    harness.respond(200, &binding("connected"));
    harness.dispatch("online").await;
    assert_eq!(
        (harness.take_requests().as_str(), observed.steps().as_str()),
        (POLL, "connected, offline, connected")
    );
}

#[wasm_bindgen_test]
async fn offline_from_the_start_has_no_last_state() {
    let harness = Harness::new();
    harness.reject_fetch(JsValue::NULL);
    let observed = Observed::new();
    harness.wait_until_idle().await;
    assert_eq!(observed.last(), r#"{"step":"offline","last":null}"#);
}

#[wasm_bindgen_test]
async fn a_timeout_is_offline() {
    let harness = Harness::new();
    let observed = Observed::new();
    harness.advance_seconds(30).await;
    assert!(harness.was_aborted());
    assert_eq!(observed.steps(), "offline");
    harness.respond(200, &binding("connected"));
    harness.advance_seconds(2).await;
    assert_eq!(observed.steps(), "connected");
}

#[wasm_bindgen_test]
async fn a_refused_request_is_a_failed_state() {
    let harness = Harness::new();
    harness.respond(401, UNAUTHORIZED);
    let observed = Observed::new();
    harness.advance_seconds(600).await;
    assert_eq!(harness.take_requests(), POLL);
    assert_eq!(
        observed.last(),
        r#"{"step":"failed","error":{"code":"unauthorized","message":"no key","status":401,"requestId":"req_1"},"canRetry":false}"#
    );
}

#[wasm_bindgen_test]
async fn an_invalid_region_fails_without_a_request() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, &binding("not_connected")).await;
    observed.flow.choose("mars".into());
    harness.wait_until_idle().await;
    assert_eq!(harness.take_requests(), "");
    assert!(
        observed.last().contains(r#""code":"invalid_region""#)
            && observed.last().contains(r#""field":"region""#)
    );
}

#[wasm_bindgen_test]
async fn an_unknown_status_is_an_error() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, r#"{"status":"pondering","stackRegion":null}"#).await;
    assert!(observed.last().contains(r#""code":"unexpected_response""#), "{}", observed.last());
}

#[wasm_bindgen_test]
async fn retry_verifies_what_needs_attention() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, &binding("insecure")).await;
    harness.respond(200, &binding("connected"));
    observed.flow.retry();
    harness.wait_until_idle().await;
    assert_eq!((harness.take_requests().as_str(), harness.body().as_deref()), (VERIFY, Some("{}")));
    assert_eq!(observed.steps(), "needs_attention, connected");
}

#[wasm_bindgen_test]
async fn a_new_request_replaces_the_one_in_flight() {
    let harness = Harness::new();
    let observed = Observed::new();
    harness.wait_until_idle().await;
    assert_eq!(harness.take_requests(), POLL);
    observed.flow.retry();
    harness.wait_until_idle().await;
    // The first request was aborted, so this responds to the second one.
    harness.respond(200, &binding("connected"));
    harness.wait_until_idle().await;
    assert_eq!((harness.take_requests().as_str(), observed.steps().as_str()), (POLL, "connected"));
    assert!(harness.in_use().ends_with("0 requests"), "{}", harness.in_use());
}

#[wasm_bindgen_test]
async fn cancelling_aborts_the_request_and_stops_polling() {
    let harness = Harness::new();
    let observed = Observed::at(&harness, &binding("not_connected")).await;
    observed.flow.choose("eu-west-1".into());
    harness.wait_until_idle().await;
    observed.flow.cancel();
    harness.advance_seconds(600).await;
    assert!(harness.was_aborted());
    assert_eq!(
        (harness.take_requests().as_str(), observed.steps().as_str()),
        (CONNECT, "choose_region, cancelled")
    );
    harness.dispatch("focus").await;
    assert_eq!(harness.take_requests(), "");
    harness.respond(200, &binding("connected"));
    observed.flow.retry();
    harness.wait_until_idle().await;
    assert_eq!(observed.steps(), "connected");
}

#[wasm_bindgen_test]
async fn a_stopped_or_freed_flow_uses_nothing() {
    let harness = Harness::new();
    let idle = Observed::at(&harness, &binding("connected")).await;
    let busy = Observed::new();
    harness.wait_until_idle().await;
    idle.flow.stop();
    idle.flow.stop();
    drop(idle.flow);
    drop(busy.flow);
    harness.wait_until_idle().await;
    assert_eq!(harness.in_use(), NOTHING);
    harness.take_requests();
    harness.dispatch("focus").await;
    harness.advance_seconds(600).await;
    assert_eq!(harness.take_requests(), "");
    assert_eq!(busy.states.borrow().len(), 0);
}

#[wasm_bindgen_test]
async fn a_listener_may_call_the_flow() {
    let harness = Harness::new();
    let flow: Rc<RefCell<Option<Flow>>> = Rc::default();
    let steps: Rc<RefCell<Vec<String>>> = Rc::default();
    let listener = Closure::<dyn Fn(JsValue)>::new({
        let (flow, steps) = (Rc::clone(&flow), Rc::clone(&steps));
        move |state: JsValue| {
            let step = text(&state, "step");
            let flow = flow.borrow();
            let flow = flow.as_ref().unwrap();
            match step.as_str() {
                "choose_region" => flow.choose("eu-west-1".into()),
                "needs_attention" => flow.retry(),
                "connected" => flow.stop(),
                _ => {}
            }
            steps.borrow_mut().push(step);
        }
    });
    let function: &Function = listener.as_ref().unchecked_ref();
    harness.respond(200, &binding("not_connected"));
    harness.respond(200, LINK);
    harness.respond(200, &binding("degraded"));
    harness.respond(200, &binding("connected"));
    flow.replace(Some(client("", None, 3).flow(function.clone())));
    harness.wait_until_idle().await;
    assert_eq!(harness.take_requests(), [POLL, CONNECT, POLL, VERIFY].join(", "));
    assert_eq!(steps.borrow().join(", "), "choose_region, needs_attention, connected");
    assert_eq!(harness.in_use(), NOTHING);
}

#[wasm_bindgen_test]
async fn a_listener_that_throws_does_not_stop_the_flow() {
    let harness = Harness::new();
    let listener = Function::new_no_args("throw new Error('mine')");
    let _flow = client("", None, 3).flow(listener);
    harness.respond(200, &binding("verifying"));
    harness.wait_until_idle().await;
    harness.take_requests();
    harness.respond(200, &binding("connected"));
    harness.advance_seconds(2).await;
    assert_eq!(harness.take_requests(), POLL);
}
