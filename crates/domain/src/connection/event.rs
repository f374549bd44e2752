//! What can happen to a connection, and what has to be done about it.

use aws_sans_io::{Region, RoleArn, TopicArn};
use time::OffsetDateTime;

use super::{AccountFacts, Binding, EventSource, Reason};

/// Something that happened to a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The customer asked for the quick-create link.
    ConnectAsked {
        /// The region of the stack to be.
        region: Region,
    },
    /// A proven SubscriptionConfirmation came: the stack is done.
    StackReady {
        /// The role and topic that it tells of.
        binding: Binding,
    },
    /// A confirmation came whose role belongs to another organisation.
    StackRefused {
        /// Why.
        reason: Reason,
    },
    /// The customer named a role that they made by hand.
    RoleRegistered {
        /// The role.
        binding: Binding,
    },
    /// The customer wants to know now.
    CheckAsked,
    /// The time that [`Effect::WakeAt`] named has come.
    Woken,
    /// A check came to its end.
    CheckEnded {
        /// The role that was checked; the connection may have another by now.
        role_arn: RoleArn,
        /// What it showed.
        conclusion: Conclusion,
    },
    /// Kraiter has made a configuration set in a region, for a role made by hand or a region without a stack.
    EventsMade {
        /// It, with the customer's topic where they have given one.
        source: EventSource,
    },
    /// A proven SubscriptionConfirmation came from a topic that the customer has given.
    TopicConfirmed {
        /// The topic.
        topic: TopicArn,
    },
    /// A proven UnsubscribeConfirmation came.
    TopicUnsubscribed {
        /// The topic that it came from.
        topic: TopicArn,
    },
    /// The customer ended the connection.
    DisconnectAsked,
}

/// What a check of the role showed.
#[derive(Clone, Debug, PartialEq)]
pub enum Conclusion {
    /// It works with the external ID, is refused without it, and the account was read.
    Working(AccountFacts),
    /// It works without the external ID too.
    NotProtected,
    /// It doesn't work.
    Failed(Reason),
}

/// What the edge has to do after a transition, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Drop the role's credentials from memory.
    ForgetCredentials,
    /// Confirm the subscription that the event told of.
    ConfirmSubscription,
    /// Check the role, and report with [`Event::CheckEnded`].
    Check,
    /// Report [`Event::Woken`] at this time; a later one replaces an earlier one.
    WakeAt(OffsetDateTime),
    /// Forget the time named before.
    StayAsleep,
}
