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
//! | [`flow`] | the flow's state machine, without JavaScript |
//! | [`client`] | what JavaScript sees of the client |
//! | [`running`] | what JavaScript sees of a flow: the machine with timers, requests and the page's events |
//! | `web` | the platform: `fetch`, timers, listeners |
//!
//! Signing and AWS credentials are out of reach: `kraiter-core` is built without its feature `server`.
//!
//! # Why not gloo-net
//!
//! It was the first choice for `fetch`, and it reaches `fetch` on all three platforms. But it panics where `fetch` rejects with
//! something other than an `Error`, which a caller's `controller.abort('reason')` makes it do; a panic in a module without unwinding
//! leaves nothing usable behind. It also makes two `Request`s, a `URL` and two `URLSearchParams` for each request. What is needed of
//! it is one function, in `web::exchange`.

pub mod client;
pub mod failure;
pub mod flow;
pub mod route;
pub mod running;
mod web;
