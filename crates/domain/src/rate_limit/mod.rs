//! Send slots of an AWS account in one region, shared by every organisation that sends through it.
//!
//! SES limits each account per region: recipients per second, and recipients in 24 hours. A [`RateLimiter`] grants send slots that keep
//! within both, so that SES has no reason to throttle:
//!
//! | file | contents |
//! |---|---|
//! | `limits` | the limits, from `GetAccount` |
//! | `rate` | evenly spread slots; fewer after SES throttled, more again after it accepts emails |
//! | `sliding_window` | the recipients of the last 24 hours |
//! | `fair_share` | the share of each organisation that has queued emails |
//! | `limiter` | all of them: a request and its grant |
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html>

mod fair_share;
mod limiter;
mod limits;
mod rate;
mod sliding_window;

pub use limiter::{Grant, Hold, RateLimiter, RateRequest, SendReport, ThrottleReason};
pub use limits::{Limits, QuotaSnapshot};
