//! The connect-and-verify flow: what a page shows from "not connected" to "connected", and which calls to the API it makes.
//!
//! [`Machine`] has no clock, network or JavaScript: an [`Event`] goes in, a [`Reaction`] comes out. Responses (`P`) pass through
//! it unchanged. It reads a [`BindingSummary`] of them.
//!
//! ```text
//! loading ──▶ choose_region ──start──▶ open_link ──stack ready──▶ verifying ──▶ connected
//!                    ▲                     │                          │   ▲         │  ▲
//!                    └──────cancel─────────┘                          ▼   └─verify──▼  │
//!                                                                  needs_attention ────┘
//! any ──unreachable──▶ offline(any) ──reached──▶ …      any ──error──▶ failed ──retry──▶ …
//! ```

mod event;
mod machine;
mod poll;
mod state;

pub use event::{ApiCall, BindingSummary, CallOutput, Command, Event, Reaction};
pub use machine::Machine;
pub use state::State;
