//! The delivery of accepted emails.
//!
//! | file | contents |
//! |---|---|
//! | `history` | what Kraiter did with an email, step by step |
//! | `status` | the status that customers see, from Kraiter's steps and SES's events |
//! | `result` | what is written to the database about an email |
//! | `outcome` | the result of a send attempt |
//! | `account_refusal` | refusals that concern an account, not one email |
//! | `reconcile` | what to do with an email after SES's response was lost |
//! | `denied_sends` | emails that AWS denies because of the role's policies |
//! | `event_watch` | notices that no events arrive |
//! | `filter_recipients` | addresses that were suppressed while an email was queued |
//! | `disconnect`, `restore` | what happens to queued emails when an account is disconnected or a backup is restored |
//! | `phase`, `record` | how far an email has come, and its stored form |
//! | `event_recipients` | the recipients of an email that an event is about |
//! | `last_delivery` | deliveries to an address, found in the events of emails |
//! | `retention` | when emails are deleted |
//! | `reputation` | bounce and complaint rates |
//! | `counter` | what operators count |

mod account_refusal;
mod counter;
mod denied_sends;
mod disconnect;
mod event_recipients;
mod event_watch;
mod filter_recipients;
mod history;
mod last_delivery;
mod outcome;
mod phase;
mod reconcile;
mod record;
mod reputation;
mod restore;
mod result;
mod retention;
mod status;

pub use account_refusal::AccountRefusal;
pub use counter::Counter;
pub use denied_sends::DeniedSends;
pub use disconnect::result_of_disconnect;
pub use event_recipients::EventRecipients;
pub use event_watch::{EventWatch, LAST_EVENT_PRECISION};
pub use filter_recipients::{ALL_SUPPRESSED, RemainingRecipients, all_suppressed_message};
pub use history::{EmailStep, EmailStepKind, History, SesCall};
pub use last_delivery::last_delivery;
pub use outcome::{Outcome, RETRY_WINDOW};
pub use phase::Phase;
pub use reconcile::{EVENT_FLOW_WINDOW, Resolution, UNCONFIRMED_GRACE, UnconfirmedSend};
pub use record::{
    AddedEvent, Attempts, EmailHead, EventLog, MAX_LOGGED_BYTES, MAX_LOGGED_EVENTS, StoredEvent, event_source,
};
pub use reputation::{
    BOUNCE_THRESHOLDS, COMPLAINT_THRESHOLDS, REPUTATION_DAYS, RateLevel, ReputationCounts, ReputationMetric,
    Thresholds, Warned, rate,
};
pub use restore::{RestoreAction, UncertainEmailPolicy};
pub use result::{DeliveryResult, EmailError};
pub use retention::{RETENTION_DAYS, Retention, RetentionRow};
pub use status::EmailStatus;
