//! The core of the npm package `@kraiter/sdk`: one method a route of Kraiter's API, and the connect-and-verify flow.
//!
//! What decides is plain Rust and tested natively; what moves bytes is thin and tested in a browser. The package's own
//! JavaScript (`pkg/lib`) only loads this module, turns a [`failure::Failure`] into a thrown `KraiterError`, and hands states to
//! listeners.
//!
//! | module | subject |
//! |---|---|
//! | [`route`] | method and path of each route, and what is checked before anything is sent |
//! | [`failure`] | what a `KraiterError` is made of |
//! | [`repeat`] | whether what failed is tried again, and when |
//! | [`flow`] | the flow's state machine, without JavaScript |
//! | [`client`] | what JavaScript sees of the client |
//! | [`running`] | what JavaScript sees of a flow: the machine with timers, requests and the page's events |
//! | `web` | the platform: `fetch`, timers, listeners |
//!
//! Signing and AWS credentials are out of reach: `kraiter-core` is built without its feature `server`.
//!
//! # What it weighs
//!
//! A page loads all of this before its first request, so each dependency was weighed (gzip, module and JavaScript together, of about
//! 46 KB):
//!
//! - gloo-net was the first choice for `fetch`, and works on all three platforms. It would be 9 KB, and it panics where `fetch` rejects
//!   with something other than an `Error`, which a caller's `controller.abort('reason')` makes it do; a panic leaves nothing usable
//!   behind here. What is needed of it is one function, in `web::exchange`.
//! - serde-wasm-bindgen would be 20 KB, most of it for writing the numbers in serde's messages. What is read here is a handful of texts
//!   (`web::value`); answers are handed through as they came.
//! - Addresses and domains are left for the API to check: 11 KB, and 70 KB more with international names.

pub mod client;
pub mod failure;
pub mod flow;
pub mod repeat;
pub mod route;
pub mod running;
mod web;
