//! Events of a connection, and the effects of transitions.

use aws_sans_io::{Region, RoleArn, TopicArn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AccountFacts, Binding, EventSource, Reason};

/// Something that happened to a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum ConnectionEvent {
    /// The customer requested a quick-create link.
    ConnectRequested {
        /// The region of the stack.
        region: Region,
    },
    /// A verified SubscriptionConfirmation arrived: the stack is complete.
    StackReady {
        /// The role and topic that the stack reported.
        binding: Binding,
    },
    /// A confirmation arrived that doesn't match its link.
    StackRejected { reason: Reason },
    /// The customer registered a role that was created manually.
    RoleRegistered { binding: Binding },
    /// The customer requested a check.
    CheckRequested,
    /// The time of [`ConnectionEffect::SetTimer`] has passed.
    TimerFired,
    /// A check finished.
    CheckFinished {
        /// The number of the [`CheckAttempt`](super::CheckAttempt).
        attempt: u64,
        result: CheckResult,
    },
    /// Kraiter created a configuration set, for a manually created role or a region without a stack.
    EventSourceCreated {
        /// The configuration set, with the customer's topic if there is one.
        source: EventSource,
    },
    /// A verified SubscriptionConfirmation arrived from a topic of the customer.
    TopicConfirmed { topic: TopicArn },
    /// A verified UnsubscribeConfirmation arrived.
    TopicUnsubscribed { topic: TopicArn },
    /// SES has shown whether a configuration set exists.
    ConfigurationSetChecked { region: Region, configuration_set: String, exists: bool },
    /// Emails were sent from a region with an active event source, and none of their events arrived in time.
    EventsSilent { region: Region },
    /// An event of an email arrived.
    EventsReceived { region: Region },
    /// AWS denied several emails in a row.
    SendsDenied { reason: Reason },
    /// SES accepted an email, or the customer says that the permission was added.
    SendsAllowed,
    /// The customer disconnected the account.
    DisconnectRequested,
}

/// The result of checking a role.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckResult {
    /// The role can be assumed with the organisation's external ID only, and the account was read.
    Working(AccountFacts),
    /// The role doesn't demand the organisation's external ID.
    NotProtected(Exposure),
    /// The role or the account can't be used.
    Failed(Reason),
}

/// How a role can be assumed that doesn't demand the organisation's external ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    WithoutExternalId,
    WithOtherExternalId,
}

impl Exposure {
    #[must_use]
    pub const fn reason(self) -> &'static Reason {
        match self {
            Self::WithoutExternalId => &Reason::ExternalIdNotEnforced,
            Self::WithOtherExternalId => &Reason::OtherExternalIdAccepted,
        }
    }
}

/// A role that should have replaced the one in force, but wasn't proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedRole {
    pub role_arn: RoleArn,
    pub reason: Reason,
}

/// An effect to carry out after a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionEffect {
    /// Remove the role's credentials from memory.
    ForgetCredentials,
    /// Confirm the subscription of the event.
    ConfirmSubscription,
    /// Have SNS deliver the confirmation of the event again later: another role is being verified.
    DeferConfirmation,
    /// Show that this role was refused, until another one is registered or proven.
    ReportRefusedRole(RefusedRole),
    /// Check the role and report [`ConnectionEvent::CheckFinished`].
    CheckRole,
    /// Report [`ConnectionEvent::TimerFired`] at this time. Replaces an earlier timer.
    SetTimer(OffsetDateTime),
    /// Remove the timer and all other due work.
    ClearTimer,
}
