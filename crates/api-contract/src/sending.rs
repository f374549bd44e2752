//! `GET /v1/sending`: what waits to be sent, and how fast it goes.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::openapi::Timestamp;
use aws_sans_io::Region;

/// The answer to `GET /v1/sending`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SendingView {
    /// The regions that are sent from.
    pub regions: Vec<SendingInRegion>,
}

/// What is on its way in one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SendingInRegion {
    /// The region.
    pub region: Region,
    /// How many mails wait that were sent one by one.
    pub queued: u32,
    /// How many mails wait that were sent in batches.
    pub queued_in_batches: u32,
    /// How many mails wait for an event, since SES's answer was lost.
    pub unconfirmed: u32,
    /// How many recipients a second are written to now, of what the account may; `null` before the account was read.
    pub per_second: Option<f64>,
    /// How many recipients a second the account may write to; `null` before it was read.
    pub max_send_rate: Option<f64>,
    /// How many recipients the account may write to in 24 hours; `null` where that isn't limited or not known.
    pub max_24_hour_send: Option<u64>,
    /// How many recipients of the last 24 hours are known of: SES's own count, and what was sent since.
    pub sent_last_24_hours: u64,
    /// Why nothing goes now; `null` where nothing waits.
    pub hold: Option<Hold>,
}

/// Why a mail waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// When there is room for it, as far as that is known; at the latest.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub until: OffsetDateTime,
}

/// Why a mail waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The account's recipients a second.
    Rate,
    /// The account's recipients in 24 hours.
    DailyQuota,
    /// The account has still to be read.
    AccountUnread,
    /// The connection doesn't work for now: it is looked at again.
    Connection,
}

impl HoldReason {
    /// The name, as it stands in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::DailyQuota => "daily_quota",
            Self::AccountUnread => "account_unread",
            Self::Connection => "connection",
        }
    }
}
impl From<domain::rate_limit::Wait> for Hold {
    fn from(wait: domain::rate_limit::Wait) -> Self {
        use domain::rate_limit::Why;
        let reason = match wait.why {
            Why::Rate => HoldReason::Rate,
            Why::DailyQuota => HoldReason::DailyQuota,
            Why::Unknown => HoldReason::AccountUnread,
            Why::Connection => HoldReason::Connection,
        };
        Self { reason, until: wait.room_at }
    }
}
