//! How fast an AWS account may send in one region, shared by all who send through it.
//!
//! SES holds an account to two limits, each a region's own, both counted in recipients: so many a second, and so many in any 24
//! hours. A [`Pacer`] hands out moments at which mails may go, so that SES has no reason to refuse one:
//!
//! | file | subject |
//! |---|---|
//! | `limits` | what SES allows, as `GetAccount` says |
//! | `rate` | the moments: evenly spread, slower after SES has asked for it, faster again while it takes mail |
//! | `ledger` | the moving window of 24 hours |
//! | `turns` | several who wait get their share each |
//! | `pacer` | all of it for one question and one answer |
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html>

mod ledger;
mod limits;
mod pacer;
mod rate;
mod turns;

pub use limits::{Limits, Seen};
pub use pacer::{Ask, Granted, Pacer, Report, Wait, Why};
