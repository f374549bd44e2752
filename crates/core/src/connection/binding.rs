//! What a connection is bound to, and what AWS says of the account.

use serde::{Deserialize, Serialize};

use crate::aws::{AccountId, Region, RoleArn, TopicArn};

/// The customer's side of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// The role that Kraiter assumes.
    pub role_arn: RoleArn,
    /// The region of the stack, or the one named at manual set-up.
    pub stack_region: Region,
    /// Where events come from; `None` after manual set-up.
    pub events: Option<EventSource>,
}

impl Binding {
    /// The customer's account.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        self.role_arn.account()
    }
}

/// The topic that tells us what became of mail, and the configuration set that feeds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventSource {
    /// The topic whose signed messages are believed.
    pub topic: TopicArn,
    /// The configuration set that sends name.
    pub configuration_set: String,
    /// Whether the topic still posts to us, as far as it has told us.
    pub subscribed: bool,
}

/// What `GetAccount` says of the account in the stack's region.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFacts {
    /// Whether the account is out of the sandbox in this region.
    pub production_access: bool,
    /// Whether AWS lets the account send in this region.
    pub sending_enabled: bool,
    /// What may be sent, and what was.
    pub quota: Quota,
}

/// Sending limits of one account in one region. All three count recipients, not messages.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// The most recipients in any 24 hours; -1 means without limit.
    #[serde(rename = "max24HourSend")]
    pub max_24_hour_send: f64,
    /// The most recipients a second.
    pub max_send_rate: f64,
    /// Recipients in the last 24 hours.
    #[serde(rename = "sentLast24Hours")]
    pub sent_last_24_hours: f64,
}
