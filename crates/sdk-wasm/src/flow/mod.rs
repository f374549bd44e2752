//! The connect-and-verify flow: what a page shows on the way from "not connected" to "connected", and what is asked of the API
//! meanwhile.
//!
//! [`Machine`] is the whole of it, without a clock, a network or JavaScript: an [`Event`] goes in, a [`Reaction`] comes out. What
//! the API answered is carried through as it came (`P`); the machine reads a [`Glance`] of it.
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
mod pause;
mod state;

pub use event::{Act, Answer, Ask, Event, Glance, Reaction};
pub use machine::Machine;
pub use state::State;
