//! The state machine of an organisation's AWS connection.
//!
//! [`transition`] returns the next state and the effects to carry out for a state, an event and a time. [`check`] interprets the responses
//! of AWS when a role is verified, and [`DueTimes`] holds when the next work is due.
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
mod call_target;
pub mod check;
mod due;
mod event;
mod event_sources;
mod reason;
mod regions;
mod role_claim;
mod role_session_name;
mod schedule;
mod send_permission;
mod state;
mod tracking;
mod transition;

pub use binding::{AccountFacts, Binding, EventSource, Quota, RegionFacts, Subscription};
pub use call_target::{CallTarget, ConnectionError};
pub use due::DueTimes;
pub use event::{CheckResult, ConnectionEffect, ConnectionEvent};
pub use reason::Reason;
#[cfg(feature = "schemars")]
pub use reason::ReasonCode;
pub use role_claim::retained_claim;
pub use role_session_name::role_session_name;
pub use state::{BindingStatus, ConnectionState};
pub use tracking::{TrackingRefusal, TrackingSet, TrackingState};
pub use transition::{Transition, transition};
