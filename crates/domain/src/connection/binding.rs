//! What a connection is bound to, and what AWS says of the account.

use aws_sans_io::{AccountId, Region, RoleArn, TopicArn, ses::get_account::SendQuota};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Reason;

/// The customer's side of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// The role that Kraiter assumes.
    pub role_arn: RoleArn,
    /// The region of the stack that made the role, or the one named at manual set-up.
    pub stack_region: Region,
    /// Where events come from, one source a region at the most; a region without one sends all the same.
    pub events: Vec<EventSource>,
}

impl Binding {
    /// The customer's account.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        self.role_arn.account()
    }

    /// Where the events of a region come from.
    #[must_use]
    pub fn events_in(&self, region: Region) -> Option<&EventSource> {
        self.events.iter().find(|source| source.region == region)
    }

    /// The same, with this source instead of what its region had.
    #[must_use]
    pub fn with_events(mut self, source: EventSource) -> Self {
        self.events.retain(|known| known.region != source.region);
        self.events.push(source);
        self
    }

    /// The same, with the sources of `known` too, where both are of one account.
    #[must_use]
    pub(super) fn keeping_events_of(self, known: &Self) -> Self {
        if known.account() != self.account() {
            return self;
        }
        let kept: Vec<_> =
            known.events.iter().filter(|source| self.events_in(source.region).is_none()).cloned().collect();
        kept.into_iter().fold(self, Self::with_events)
    }

    /// The source that this topic belongs to.
    pub(super) fn source_of(&mut self, topic: &TopicArn) -> Option<&mut EventSource> {
        self.events.iter_mut().find(|source| source.topic.as_ref() == Some(topic))
    }
}

/// What tells us, in one region, what became of mail: a configuration set, and the topic that it feeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventSource {
    /// The region of both.
    pub region: Region,
    /// The configuration set that sends name.
    pub configuration_set: String,
    /// The topic whose signed messages are believed; none where the customer has given none yet.
    pub topic: Option<TopicArn>,
    /// Whether the topic posts to us, as far as it has told us.
    pub subscription: Subscription,
}

/// Whether a topic posts to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    /// No confirmation has come yet.
    Awaited,
    /// It does.
    Active,
    /// It did, and has told us that it no longer does.
    Ended,
}

/// What `GetAccount` says of the account in one region.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFacts {
    /// Whether the account is out of the sandbox in this region.
    pub production_access: bool,
    /// Whether AWS lets the account send in this region.
    pub sending_enabled: bool,
    /// Whether AWS reviews the account: it still sends, and will be stopped where nothing is mended.
    #[serde(default)]
    pub under_review: bool,
    /// What may be sent, and what was.
    pub quota: Quota,
}

/// What was last found out about the account in a region beside the stack's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionFacts {
    /// The region.
    pub region: Region,
    /// What AWS said, where it did.
    pub account: Option<AccountFacts>,
    /// Why it said nothing.
    pub reason: Option<Reason>,
    /// When it was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub checked_at: OffsetDateTime,
}

/// The sending limits of an account in one region. All three count recipients, not emails.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Recipients that the account may send to in 24 hours; -1 if there is no limit.
    #[serde(rename = "max24HourSend")]
    pub max_24_hour_send: f64,
    /// Recipients per second that the account may send to.
    pub max_send_rate: f64,
    /// Recipients that the account sent to in the last 24 hours.
    #[serde(rename = "sentLast24Hours")]
    pub sent_last_24_hours: f64,
}
impl From<SendQuota> for Quota {
    fn from(quota: SendQuota) -> Self {
        let SendQuota { max_24_hour_send, max_send_rate, sent_last_24_hours } = quota;
        Self { max_24_hour_send, max_send_rate, sent_last_24_hours }
    }
}
