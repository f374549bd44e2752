//! The state machine of an organisation's AWS connection.
//!
//! [`transition`] returns the next state and the effects to carry out for a state, an event and a time. [`Connection`] adds the numbered
//! attempts to check the role and the times at which work is due. [`check`] interprets the responses of AWS when a role is verified.
//!
//! ```text
//! not_connected ──connect──▶ awaiting_stack ──stack ready──▶ verifying ──check works──▶ connected
//!       │                                                     ▲   │                      │   ▲
//!       └──────────────── role registered ────────────────────┘   └─▶ degraded, insecure ◀┘   │
//!                                                                          └── check works ───┘
//! any ──disconnect──▶ disconnected ──connect, role registered──▶ …
//! ```
//!
//! A role that works stays in force while another one is verified, until that one works.

mod account_details;
mod attempts;
pub mod audit;
mod binding;
mod call_target;
pub mod check;
mod confirmations;
mod due;
mod event;
mod event_sources;
mod machine;
mod reason;
mod regions;
mod replacement;
mod role_claim;
mod role_session_name;
mod schedule;
mod send_permission;
mod state;
mod tracking;
mod transition;

pub use account_details::{
    AccountDetails, AccountSuppressionReason, PricingPlan, ProductionAccess, ProductionAccessStatus,
};
pub use attempts::CheckAttempt;
pub use binding::{AccountFacts, Binding, EventSource, Quota, RegionFacts, Subscription};
pub use call_target::{CallTarget, ConnectionError};
pub use confirmations::{Confirmation, ConfirmationUse, Confirmations};
pub use due::DueTimes;
pub use event::{CheckResult, ConnectionEffect, ConnectionEvent, Exposure, RefusedRole};
pub use machine::Connection;
pub use reason::Reason;
#[cfg(feature = "schemars")]
pub use reason::ReasonCode;
pub use role_claim::retained_claim;
pub use role_session_name::role_session_name;
pub use state::{BindingStatus, ConnectionState};
pub use tracking::{TrackingRefusal, TrackingSet, TrackingState};
pub use transition::{Transition, transition};
