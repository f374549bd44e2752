use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Reflect};
use sdk_wasm::{client::Client, running::Flow};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::{NOTHING, World, json};

/// A flow and what it has told.
struct Told {
    flow: Flow,
    states: Rc<RefCell<Vec<JsValue>>>,
    _listener: Closure<dyn Fn(JsValue)>,
}

impl Told {
    fn new() -> Self {
        let states = Rc::new(RefCell::new(Vec::new()));
        let listener = Closure::<dyn Fn(JsValue)>::new({
            let states = Rc::clone(&states);
            move |state| states.borrow_mut().push(state)
        });
        let function: &Function = listener.as_ref().unchecked_ref();
        let flow = Client::new(String::new(), None, 3).flow(function.clone());
        Self { flow, states, _listener: listener }
    }

    /// A flow that has seen this connection.
    async fn at(world: &World, binding: &str) -> Self {
        world.answer(200, binding);
        let told = Self::new();
        world.settle().await;
        world.asked();
        told
    }

    /// The steps told since the last time.
    fn steps(&self) -> String {
        let states = self.states.take();
        states.iter().map(|state| text(state, "step")).collect::<Vec<_>>().join(", ")
    }

    /// The last state told, as JSON.
    fn last(&self) -> String {
        json(self.states.borrow().last().unwrap())
    }
}

fn text(value: &JsValue, name: &str) -> String {
    Reflect::get(value, &name.into()).unwrap().as_string().unwrap()
}

const LOOK: &str = "GET /v1/aws-binding";
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
async fn every_status_is_shown_as_the_types_say() {
    for (status, step) in [
        ("verifying", "verifying"),
        ("connected", "connected"),
        ("degraded", "needs_attention"),
        ("insecure", "needs_attention"),
    ] {
        let world = World::new();
        let binding = binding(status);
        let told = Told::at(&world, &binding).await;
        let reason = if step == "needs_attention" { r#","reason":{"code":"role_refused"}"# } else { "" };
        assert_eq!(told.last(), format!(r#"{{"step":"{step}","binding":{binding}{reason}}}"#));
    }
    for status in ["not_connected", "disconnected"] {
        let world = World::new();
        let told = Told::at(&world, &binding(status)).await;
        assert_eq!(told.last(), format!(r#"{{"step":"choose_region",{REGIONS}}}"#));
    }
}

#[wasm_bindgen_test]
async fn a_customer_comes_from_nothing_to_connected() {
    let world = World::new();
    let told = Told::at(&world, &binding("not_connected")).await;
    world.answer(200, LINK);
    world.answer(200, &binding("awaiting_stack"));
    told.flow.choose("eu-west-1".into());
    world.settle().await;
    assert_eq!(world.asked(), format!("{CONNECT}, {LOOK}"));
    let awaiting = binding("awaiting_stack");
    assert_eq!(
        told.last(),
        format!(r#"{{"step":"open_link","link":"https://console","details":{LINK},"binding":{awaiting}}}"#)
    );
    for _ in 0..3 {
        world.answer(200, &binding("awaiting_stack"));
    }
    world.answer(200, &binding("verifying"));
    // 2, 3, 4.5 and 6.75 seconds.
    world.seconds(17).await;
    assert_eq!(world.asked(), [LOOK; 4].join(", "));
    world.answer(200, &binding("connected"));
    world.seconds(2).await;
    assert_eq!(told.steps(), "choose_region, open_link, verifying, connected");
    world.seconds(9).await;
    assert_eq!(world.asked(), LOOK);
}

#[wasm_bindgen_test]
async fn after_a_reload_the_link_is_there_again() {
    let world = World::new();
    world.answer(200, &binding("awaiting_stack"));
    world.answer(200, LINK);
    let told = Told::new();
    world.settle().await;
    assert_eq!(world.asked(), format!("{LOOK}, {CONNECT}"));
    assert_eq!(world.body().as_deref(), Some(r#"{"region":"eu-west-1"}"#));
    assert_eq!(told.steps(), "open_link");
}

#[wasm_bindgen_test]
async fn a_hidden_page_looks_rarely_and_one_that_is_returned_to_at_once() {
    let world = World::new();
    let told = Told::at(&world, &binding("verifying")).await;
    world.hide().await;
    world.seconds(29).await;
    assert_eq!(world.asked(), "");
    world.answer(200, &binding("verifying"));
    world.seconds(1).await;
    assert_eq!(world.asked(), LOOK);
    world.answer(200, &binding("connected"));
    world.show().await;
    assert_eq!((world.asked().as_str(), told.steps().as_str()), (LOOK, "verifying, connected"));
    world.answer(200, &binding("connected"));
    world.happens("focus").await;
    assert_eq!((world.asked().as_str(), told.steps().as_str()), (LOOK, ""));
}

#[wasm_bindgen_test]
async fn offline_shows_what_was_seen_last_and_ends_when_the_network_is_back() {
    let world = World::new();
    let told = Told::at(&world, &binding("connected")).await;
    world.fail(js_sys::TypeError::new("Failed to fetch"));
    world.seconds(10).await;
    let connected = binding("connected");
    assert_eq!(
        told.last(),
        format!(r#"{{"step":"offline","last":{{"step":"connected","binding":{connected}}}}}"#)
    );
    world.asked();
    world.answer(200, &binding("connected"));
    world.happens("online").await;
    assert_eq!((world.asked().as_str(), told.steps().as_str()), (LOOK, "connected, offline, connected"));
}

#[wasm_bindgen_test]
async fn offline_from_the_beginning_has_nothing_to_show() {
    let world = World::new();
    world.fail(JsValue::NULL);
    let told = Told::new();
    world.settle().await;
    assert_eq!(told.last(), r#"{"step":"offline","last":null}"#);
}

#[wasm_bindgen_test]
async fn an_answer_that_does_not_come_is_like_no_network() {
    let world = World::new();
    let told = Told::new();
    world.seconds(30).await;
    assert!(world.was_given_up());
    assert_eq!(told.steps(), "offline");
    world.answer(200, &binding("connected"));
    world.seconds(2).await;
    assert_eq!(told.steps(), "connected");
}

#[wasm_bindgen_test]
async fn a_refusal_is_told_as_an_error() {
    let world = World::new();
    world.answer(401, UNAUTHORIZED);
    let told = Told::new();
    world.seconds(600).await;
    assert_eq!(world.asked(), LOOK);
    assert_eq!(
        told.last(),
        r#"{"step":"failed","error":{"code":"unauthorized","message":"no key","status":401,"requestId":"req_1"},"canRetry":false}"#
    );
}

#[wasm_bindgen_test]
async fn a_region_that_is_none_is_told_without_asking() {
    let world = World::new();
    let told = Told::at(&world, &binding("not_connected")).await;
    told.flow.choose("mars".into());
    world.settle().await;
    assert_eq!(world.asked(), "");
    assert!(
        told.last().contains(r#""code":"invalid_region""#) && told.last().contains(r#""field":"region""#)
    );
}

#[wasm_bindgen_test]
async fn a_status_of_a_later_version_is_an_error_and_no_wrong_step() {
    let world = World::new();
    let told = Told::at(&world, r#"{"status":"pondering","stackRegion":null}"#).await;
    assert!(told.last().contains(r#""code":"unexpected_answer""#), "{}", told.last());
}

#[wasm_bindgen_test]
async fn retry_verifies_what_needs_attention() {
    let world = World::new();
    let told = Told::at(&world, &binding("insecure")).await;
    world.answer(200, &binding("connected"));
    told.flow.retry();
    world.settle().await;
    assert_eq!((world.asked().as_str(), world.body().as_deref()), (VERIFY, Some("{}")));
    assert_eq!(told.steps(), "needs_attention, connected");
}

#[wasm_bindgen_test]
async fn what_is_asked_anew_takes_the_place_of_what_was_asked() {
    let world = World::new();
    let told = Told::new();
    world.settle().await;
    assert_eq!(world.asked(), LOOK);
    told.flow.retry();
    world.settle().await;
    // The first request was given up, so the answer is the second one's.
    world.answer(200, &binding("connected"));
    world.settle().await;
    assert_eq!((world.asked().as_str(), told.steps().as_str()), (LOOK, "connected"));
    assert!(world.left().ends_with("0 requests"), "{}", world.left());
}

#[wasm_bindgen_test]
async fn what_is_called_off_gives_its_request_up_and_asks_nothing_more() {
    let world = World::new();
    let told = Told::at(&world, &binding("not_connected")).await;
    told.flow.choose("eu-west-1".into());
    world.settle().await;
    told.flow.cancel();
    world.seconds(600).await;
    assert!(world.was_given_up());
    assert_eq!((world.asked().as_str(), told.steps().as_str()), (CONNECT, "choose_region, cancelled"));
    world.happens("focus").await;
    assert_eq!(world.asked(), "");
    world.answer(200, &binding("connected"));
    told.flow.retry();
    world.settle().await;
    assert_eq!(told.steps(), "connected");
}

#[wasm_bindgen_test]
async fn nothing_is_left_of_a_flow_that_was_stopped_or_freed() {
    let world = World::new();
    let waiting = Told::at(&world, &binding("connected")).await;
    let asking = Told::new();
    world.settle().await;
    waiting.flow.stop();
    waiting.flow.stop();
    drop(waiting.flow);
    drop(asking.flow);
    world.settle().await;
    assert_eq!(world.left(), NOTHING);
    world.asked();
    world.happens("focus").await;
    world.seconds(600).await;
    assert_eq!(world.asked(), "");
    assert_eq!(asking.states.borrow().len(), 0);
}

#[wasm_bindgen_test]
async fn a_listener_may_use_the_flow_that_calls_it() {
    let world = World::new();
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
    world.answer(200, &binding("not_connected"));
    world.answer(200, LINK);
    world.answer(200, &binding("degraded"));
    world.answer(200, &binding("connected"));
    flow.replace(Some(Client::new(String::new(), None, 3).flow(function.clone())));
    world.settle().await;
    assert_eq!(world.asked(), [LOOK, CONNECT, LOOK, VERIFY].join(", "));
    assert_eq!(steps.borrow().join(", "), "choose_region, needs_attention, connected");
    assert_eq!(world.left(), NOTHING);
}

#[wasm_bindgen_test]
async fn a_listener_that_throws_does_not_stop_the_flow() {
    let world = World::new();
    let told = Function::new_no_args("throw new Error('mine')");
    let _flow = Client::new(String::new(), None, 3).flow(told);
    world.answer(200, &binding("verifying"));
    world.settle().await;
    world.asked();
    world.answer(200, &binding("connected"));
    world.seconds(2).await;
    assert_eq!(world.asked(), LOOK);
}
