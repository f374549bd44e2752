//! The queue and the sending limits: `GET /v1/sending`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::schema::Timestamp;
use aws_sans_io::Region;
use domain::rate_limit::{self, ThrottleReason};

/// The queue and the sending limits of each region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SendingStatus {
    /// The regions that are sent from.
    pub regions: Vec<SendingInRegion>,
}

/// The queue and the sending limits of one region. AWS counts recipients, not emails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SendingInRegion {
    /// The region.
    pub region: Region,
    /// Queued emails that were sent one by one.
    pub queued: u32,
    /// Queued emails that were sent in batches.
    pub queued_in_batches: u32,
    /// Emails without a response from SES that no event has confirmed yet.
    pub unconfirmed: u32,
    /// Recipients per second that Kraiter sends to now; `null` until the account has been read.
    pub per_second: Option<f64>,
    /// Recipients per second that the account may send to; `null` until the account has been read.
    pub max_send_rate: Option<f64>,
    /// Recipients that the account may send to in 24 hours; `null` if there is no limit, or until the account has
    /// been read.
    pub max_24_hour_send: Option<u64>,
    /// Recipients that the account sent to in the last 24 hours, as far as Kraiter knows.
    pub sent_last_24_hours: u64,
    /// The reason why emails are queued; `null` if none are.
    pub hold: Option<Hold>,
}

/// The reason why an email is queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// The limit or problem that holds it.
    pub reason: HoldReason,
    /// The latest time at which sending resumes, as far as it is known.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub until: OffsetDateTime,
}

/// The reason why an email is queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The account's maximum send rate is reached.
    Rate,
    /// The account's 24-hour quota is reached.
    DailyQuota,
    /// The account's sending limits have not been read yet.
    AccountUnread,
    /// The connection doesn't work at the moment. Kraiter keeps checking it.
    Connection,
    /// AWS has paused sending for the account.
    SendingPaused,
    /// The role isn't allowed to send.
    PermissionMissing,
}

impl HoldReason {
    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::DailyQuota => "daily_quota",
            Self::AccountUnread => "account_unread",
            Self::Connection => "connection",
            Self::SendingPaused => "sending_paused",
            Self::PermissionMissing => "permission_missing",
        }
    }
}

impl From<rate_limit::Hold> for Hold {
    fn from(hold: rate_limit::Hold) -> Self {
        let reason = match hold.reason {
            ThrottleReason::Rate => HoldReason::Rate,
            ThrottleReason::DailyQuota => HoldReason::DailyQuota,
            ThrottleReason::LimitsUnknown => HoldReason::AccountUnread,
            ThrottleReason::Connection => HoldReason::Connection,
            ThrottleReason::SendingPaused => HoldReason::SendingPaused,
            ThrottleReason::PermissionMissing => HoldReason::PermissionMissing,
        };
        Self { reason, until: hold.until }
    }
}
