//! Tests of the client and the flow in a real browser, with scripted responses, a scripted clock and a scripted page.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod client;
mod flow;
mod harness;
mod retry;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
