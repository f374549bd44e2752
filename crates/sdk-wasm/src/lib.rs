//! The core of the npm package `@kraiter/sdk`: a method for each route of Kraiter's API, and the connect-and-verify flow.
//!
//! Decisions are plain Rust, tested natively. The platform code is thin and tested in a browser. The package's JavaScript
//! (`pkg/lib`) loads this module, throws a [`error::Error`] as a `KraiterError`, and passes states to listeners.
//!
//! | module | subject |
//! |---|---|
//! | [`route`] | method and path of each route, and the checks before a request is sent |
//! | [`error`] | the fields of a `KraiterError` |
//! | [`retry`] | whether a failed request is retried, and when |
//! | [`flow`] | the flow's state machine, without JavaScript |
//! | [`client`] | the client as JavaScript sees it |
//! | [`runner`] | the flow as JavaScript sees it: the state machine with timers, requests and the page's events |
//! | `web` | the platform: `fetch`, timers, event listeners |
//!
//! The module signs nothing and holds no AWS credentials. A test of the package checks that no signing code is linked.
//!
//! # Size
//!
//! A page loads all of this before its first request, so the build fails above 55 KB (gzip, module and JavaScript together).
//!
//! - gloo-net makes the requests. In the package, `pkg/lib/fetch.js` has the place of `fetch`, because `gloo_net::http::Request::send` panics
//!   if `fetch` rejects with something other than an `Error`, which leaves the module unusable.
//! - serde-wasm-bindgen turns results, states and errors into JavaScript objects. Its deserializer would add 20 KB: the few strings that are
//!   read from a response are read with `Reflect`, and the response is passed to the caller as parsed by `JSON.parse`.
//! - Addresses and domains are validated by the API: that code would add 11 KB, and 70 KB more with international names.

pub mod client;
pub mod error;
pub mod flow;
pub mod retry;
pub mod route;
pub mod runner;
mod web;
