//! The state machine of one organisation's AWS connection.
//!
//! [`transition`] is the whole of it: a state and an event at a time give the next state and the effects to carry out. What an
//! attempt to use the role showed is drawn together by [`check`].
//!
//! ```text
//! not_connected ──connect──▶ awaiting_stack ──stack ready──▶ verifying ──check works──▶ connected
//!       │                                                     ▲   │                      │   ▲
//!       └──────────────── role registered ────────────────────┘   └─▶ degraded, insecure ◀┘   │
//!                                                                          └── check works ───┘
//! any ──disconnect──▶ disconnected ──connect, role registered──▶ …
//! ```
pub mod audit;
mod binding;
pub mod check;
mod claim;
mod event;
mod reason;
mod route;
mod schedule;
mod state;
mod transition;

pub use binding::{AccountFacts, Binding, EventSource, Quota, RegionFacts, Subscription};
pub use claim::proven_role;
pub use event::{Conclusion, Effect, Event};
pub use reason::Reason;
pub use route::{ConnectionError, Route};
pub use state::{BindingStatus, State};
pub use transition::{Transition, transition};
