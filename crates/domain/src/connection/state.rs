//! The states of a connection.

use aws_sans_io::{Region, RoleArn, TopicArn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AccountFacts, Binding, Exposure, Reason, RegionFacts, Subscription};
use crate::onboarding::{Stack, TemplateVersion};

/// The state of a connection with its data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ConnectionState {
    /// Nobody has started to connect.
    #[default]
    NotConnected,
    /// The customer has the link; the stack has not confirmed yet.
    AwaitingStack {
        region: Region,
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// The reason if the confirmation is late or was rejected.
        reason: Option<Reason>,
    },
    /// A role is known and being verified.
    Verifying {
        binding: Binding,
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// Failed checks since then.
        attempts: u32,
        /// The reason of the last failure.
        reason: Option<Reason>,
        /// The connection that stays in force until the role is proven, and that returns if it isn't. Never `Verifying` itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Box<ConnectionState>>,
    },
    /// The role works, and only with the external ID.
    Connected {
        binding: Binding,
        account: AccountFacts,
        /// The time of the last successful check.
        #[serde(with = "time::serde::rfc3339")]
        checked_at: OffsetDateTime,
        /// Checks since then without a response from AWS.
        unanswered: u32,
    },
    /// The connection has a problem.
    Degraded {
        binding: Binding,
        reason: Reason,
        /// The account's last known facts; `None` if the role was never verified.
        account: Option<AccountFacts>,
        #[serde(with = "time::serde::rfc3339")]
        checked_at: OffsetDateTime,
        /// Failed checks in a row.
        failures: u32,
    },
    /// The role doesn't demand the organisation's external ID. It isn't used until that is fixed.
    Insecure {
        binding: Binding,
        exposure: Exposure,
        #[serde(with = "time::serde::rfc3339")]
        checked_at: OffsetDateTime,
        /// Failed checks in a row.
        failures: u32,
    },
    /// The customer disconnected the account.
    Disconnected {
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
    },
}

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BindingStatus {
    /// Nobody has started to connect.
    NotConnected,
    /// The customer has the link; the stack has not confirmed yet.
    AwaitingStack,
    /// A role is known and being verified.
    Verifying,
    /// The role works, and only with the external ID.
    Connected,
    /// The connection has a problem; see the reason.
    Degraded,
    /// The role can be assumed without the external ID or with another one. Kraiter doesn't use it until that is fixed.
    Insecure,
    /// The customer disconnected the account.
    Disconnected,
}

impl ConnectionState {
    #[must_use]
    pub const fn status(&self) -> BindingStatus {
        match self {
            Self::NotConnected => BindingStatus::NotConnected,
            Self::AwaitingStack { .. } => BindingStatus::AwaitingStack,
            Self::Verifying { .. } => BindingStatus::Verifying,
            Self::Connected { .. } => BindingStatus::Connected,
            Self::Degraded { .. } => BindingStatus::Degraded,
            Self::Insecure { .. } => BindingStatus::Insecure,
            Self::Disconnected { .. } => BindingStatus::Disconnected,
        }
    }

    /// Returns the state after a restore from a backup: a role must be verified again.
    #[must_use]
    pub fn restored(self, now: OffsetDateTime) -> Self {
        match self.in_force().binding().cloned() {
            Some(binding) => {
                Self::Verifying { binding, since: now, attempts: 0, reason: None, previous: None }
            }
            None => self,
        }
    }

    /// Returns the role, whether it is verified or not.
    #[must_use]
    pub const fn binding(&self) -> Option<&Binding> {
        match self {
            Self::Verifying { binding, .. }
            | Self::Connected { binding, .. }
            | Self::Degraded { binding, .. }
            | Self::Insecure { binding, .. } => Some(binding),
            Self::NotConnected | Self::AwaitingStack { .. } | Self::Disconnected { .. } => None,
        }
    }

    /// Returns the connection in force: while a role is being verified that would replace another one, the connection with that one.
    #[must_use]
    pub fn in_force(&self) -> &Self {
        match self {
            Self::Verifying { previous: Some(previous), .. } => previous,
            other => other,
        }
    }

    /// Returns the account's last known facts.
    #[must_use]
    pub fn account(&self) -> Option<&AccountFacts> {
        match self.in_force() {
            Self::Connected { account, .. } => Some(account),
            Self::Degraded { account, .. } => account.as_ref(),
            _ => None,
        }
    }

    /// Returns the account's last known facts in `region`. `facts` are those of a region other than the stack's.
    #[must_use]
    pub fn account_in<'a>(
        &'a self,
        region: Region,
        facts: Option<&'a RegionFacts>,
    ) -> Option<&'a AccountFacts> {
        if self.in_force().stack_region() == Some(region) {
            self.account()
        } else {
            self.account()?;
            facts.and_then(|facts| facts.account.as_ref())
        }
    }

    /// Returns why the connection doesn't work, or not completely.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::AwaitingStack { reason, .. } | Self::Verifying { reason, .. } => reason.as_ref(),
            Self::Degraded { reason, .. } => Some(reason),
            Self::Insecure { exposure, .. } => Some(exposure.reason()),
            Self::NotConnected | Self::Connected { .. } | Self::Disconnected { .. } => None,
        }
    }

    /// Returns when the connection was last checked.
    #[must_use]
    pub const fn checked_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Connected { checked_at, .. }
            | Self::Degraded { checked_at, .. }
            | Self::Insecure { checked_at, .. } => Some(*checked_at),
            _ => None,
        }
    }

    /// Returns the region of the stack or of the link.
    #[must_use]
    pub const fn stack_region(&self) -> Option<Region> {
        match self {
            Self::AwaitingStack { region, .. } => Some(*region),
            _ => match self.binding() {
                Some(binding) => Some(binding.stack_region),
                None => None,
            },
        }
    }

    /// Returns the binding to send with; `None` if sending isn't possible.
    #[must_use]
    pub fn sending_binding(&self) -> Option<&Binding> {
        match self.in_force() {
            Self::Connected { binding, .. } => Some(binding),
            // Without the account's facts the role was never verified.
            Self::Degraded { binding, reason, account: Some(_), .. } if reason.allows_sending() => {
                Some(binding)
            }
            _ => None,
        }
    }

    /// Returns the binding if its role was verified, even if sending isn't possible at the moment.
    #[must_use]
    pub fn verified_binding(&self) -> Option<&Binding> {
        match self.in_force() {
            Self::Connected { binding, .. } | Self::Degraded { binding, account: Some(_), .. } => {
                Some(binding)
            }
            _ => None,
        }
    }

    /// Returns whether the last check has proven that the role works, and only with the external ID.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        matches!(
            self,
            Self::Connected { unanswered: 0, .. } | Self::Degraded { account: Some(_), failures: 0, .. }
        )
    }

    /// Returns whether the topic is an event source of a verified role.
    #[must_use]
    pub fn is_topic_proven(&self, topic: &TopicArn) -> bool {
        let sources = self.verified_binding().map(|binding| binding.events.as_slice()).unwrap_or_default();
        sources.iter().any(|source| source.topic.as_ref() == Some(topic))
    }

    /// Returns whether messages of a topic count. `is_known` says whether they have counted before: a topic that another one has replaced still
    /// reports events of emails that were sent before, as long as it is in the connection's account.
    #[must_use]
    pub fn trusts_topic(&self, topic: &TopicArn, is_known: bool) -> bool {
        let account = self.in_force().binding().map(Binding::account);
        self.is_topic_proven(topic) || is_known && account == Some(topic.account())
    }

    /// Returns the stacks of a verified role that have another template than the published one.
    pub fn outdated_stacks(&self, published: &TemplateVersion) -> impl Iterator<Item = &Stack> {
        let sources = self.verified_binding().map(|binding| binding.events.as_slice()).unwrap_or_default();
        let stacks = sources.iter().filter_map(|source| source.stack.as_ref());
        stacks.filter(move |stack| stack.template_version != *published)
    }

    /// Returns the role that a stack in `region` should reuse: a working role, if the region has no stack.
    #[must_use]
    pub fn role_for_another_stack(&self, region: Region) -> Option<&RoleArn> {
        let binding = self.sending_binding()?;
        let has_stack = binding.events_in(region).is_some_and(|source| match source.subscription {
            Subscription::Pending => false,
            // The stack with the role is still there.
            Subscription::SetDeleted => region == binding.stack_region,
            Subscription::Active | Subscription::Silent | Subscription::Ended => true,
        });
        (!has_stack).then_some(&binding.role_arn)
    }
}
