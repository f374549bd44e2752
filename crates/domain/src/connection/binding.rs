//! The role and event sources of a connection, and the account's facts.

use aws_sans_io::{AccountId, Region, RoleArn, TopicArn, ses::get_account::SendQuota};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AccountDetails, Reason};
use crate::onboarding::Stack;

/// The customer's side of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// The role that Kraiter assumes.
    pub role_arn: RoleArn,
    /// The region of the stack that created the role, or the region given in manual setup.
    pub stack_region: Region,
    /// The event sources, at most one per region. Regions without one can send, too.
    pub events: Vec<EventSource>,
}

impl Binding {
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        self.role_arn.account()
    }

    #[must_use]
    pub fn events_in(&self, region: Region) -> Option<&EventSource> {
        self.events.iter().find(|source| source.region == region)
    }

    /// Replaces the event source of the region.
    #[must_use]
    pub fn with_events(mut self, source: EventSource) -> Self {
        self.events.retain(|known| known.region != source.region);
        self.events.push(source);
        self
    }

    /// Adds the event sources of `known` for other regions, if both are of the same account.
    #[must_use]
    pub(super) fn with_events_of(self, known: &Self) -> Self {
        if known.account() != self.account() {
            return self;
        }
        let others: Vec<_> =
            known.events.iter().filter(|source| self.events_in(source.region).is_none()).cloned().collect();
        others.into_iter().fold(self, Self::with_events)
    }

    /// Returns the event source of this topic.
    pub(super) fn source_of(&mut self, topic: &TopicArn) -> Option<&mut EventSource> {
        self.events.iter_mut().find(|source| source.topic.as_ref() == Some(topic))
    }
}

/// The configuration set and the topic that publish a region's events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventSource {
    pub region: Region,
    pub configuration_set: String,
    /// The topic from which signed messages are trusted; `None` until the customer has provided one.
    pub topic: Option<TopicArn>,
    pub subscription: Subscription,
    /// The stack that created both, if it named itself.
    pub stack: Option<Stack>,
}

impl EventSource {
    /// Returns the configuration set to send with; `None` if it is of no use, or was deleted.
    #[must_use]
    pub fn usable_configuration_set(&self) -> Option<&str> {
        match self.subscription {
            Subscription::Pending | Subscription::Active | Subscription::Silent => {
                Some(&self.configuration_set)
            }
            Subscription::Ended | Subscription::SetDeleted => None,
        }
    }

    /// Returns why no events arrive, if they did before.
    pub(super) const fn problem(&self) -> Option<Reason> {
        match self.subscription {
            Subscription::Pending | Subscription::Active => None,
            Subscription::Silent => Some(Reason::EventsSilent { region: self.region }),
            Subscription::SetDeleted => Some(Reason::ConfigurationSetDeleted { region: self.region }),
            Subscription::Ended => Some(Reason::TopicUnsubscribed),
        }
    }
}

/// The state of a topic's subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    /// Not confirmed yet.
    Pending,
    Active,
    /// Emails were sent, but none of their events arrived.
    Silent,
    /// The configuration set was deleted.
    SetDeleted,
    /// Unsubscribed after it was active.
    Ended,
}

/// The account in one region, from `GetAccount`.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFacts {
    /// True if the account is out of the sandbox.
    pub production_access: bool,
    /// False if AWS has paused sending.
    pub sending_enabled: bool,
    /// True if AWS reviews the account. It can still send, but AWS may pause it.
    #[serde(default)]
    pub under_review: bool,
    pub quota: Quota,
    pub details: AccountDetails,
}

/// The account in a region other than the stack's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionFacts {
    pub region: Region,
    /// `None` if AWS returned an error.
    pub account: Option<AccountFacts>,
    /// The reason if the account could not be read.
    pub reason: Option<Reason>,
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
