//! The delivery of accepted emails: status, attempts, reconciliation, history, retention and reputation.

mod counter;
mod disconnect;
mod doubt;
mod history;
mod outcome;
mod phase;
mod reputation;
mod restored;
mod retention;
pub mod sandbox;
mod schedule;
mod state;

pub use counter::{Counter, EXPOSITION_TYPE, Series, exposition};
pub use disconnect::ended_by_disconnection;
pub use doubt::{Delivery, Doubt, GRACE, PROOF, Resolution};
pub use history::{EmailStep, EmailStepKind, History};
pub use outcome::{EmailError, Outcome, PATIENCE, Settlement};
pub use phase::Phase;
pub use reputation::{
    BOUNCE_THRESHOLDS, COMPLAINT_THRESHOLDS, Counted, REPUTATION_DAYS, RateLevel, Thresholds, rate,
};
pub use restored::{MayHaveBeenSent, Restored, restored};
pub use retention::{Kept, RETENTION_DAYS, Retention};
pub use schedule::{FARTHEST_SCHEDULE, scheduled_at};
pub use state::{EmailStatus, apply};
