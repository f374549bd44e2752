//! The send rate and the daily quota of an AWS account in one region, shared by every organisation that sends through it.
//!
//! SES limits each account per region: recipients per second, and recipients in 24 hours. The account's [`RateLimiter`] leases parts of both
//! to the organisations for some seconds. Each organisation's [`Pacer`] spreads its emails over its lease, in memory and without further
//! calls. Together they keep within both limits, so that SES has no reason to throttle:
//!
//! | file | contents |
//! |---|---|
//! | `limits` | the limits, from `GetAccount` |
//! | `lease`, `hold`, `report` | the request for a lease and the response |
//! | `limiter` | the account's side: counters, leases and what is stored of them |
//! | `clients` | the share of each organisation |
//! | `slowdown` | a lower rate after SES throttled, and a higher one after it accepts emails |
//! | `sliding_window` | the recipients of the last 24 hours |
//! | `pacer` | the organisation's side: when an email may be sent, and when to ask again |
//! | `bucket` | the pace of a lease |
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html>

mod bucket;
mod clients;
mod hold;
mod lease;
mod limiter;
mod limits;
mod pacer;
mod report;
#[cfg(test)]
mod simulation;
mod sliding_window;
mod slowdown;

pub use hold::{Hold, ThrottleReason};
pub use lease::{Lease, LeaseGrant, LeaseRequest};
pub use limiter::RateLimiter;
pub use limits::{Limits, QuotaSnapshot};
pub use pacer::{Pacer, Take};
pub use report::SendReport;

/// Rounds up a number of emails.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is not negative, and `as` saturates"
)]
const fn whole(number: f64) -> u32 {
    number.ceil() as u32
}
