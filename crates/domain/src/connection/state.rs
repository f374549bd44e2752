//! The states of a connection.

use aws_sans_io::{Region, RoleArn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AccountFacts, Binding, Reason, RegionFacts, Subscription};

/// The state of a connection with all that belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum State {
    /// Nothing was ever asked for.
    #[default]
    NotConnected,
    /// The customer has the link; the stack's confirmation hasn't come.
    AwaitingStack {
        /// The region that the link is for.
        region: Region,
        /// When the link was asked for.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// Why it takes long, or why a confirmation was not accepted.
        reason: Option<Reason>,
    },
    /// A role is known; whether it works and is protected is being found out.
    Verifying {
        /// The role to prove.
        binding: Binding,
        /// When the role became known.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// Checks that failed since then.
        attempts: u32,
        /// What the last of them showed.
        reason: Option<Reason>,
    },
    /// The role works, and only with the external ID.
    Connected {
        /// The proven role.
        binding: Binding,
        /// What AWS says of the account.
        account: AccountFacts,
        /// When a check last worked.
        #[serde(with = "time::serde::rfc3339")]
        checked_at: OffsetDateTime,
        /// Checks since then that AWS left unanswered.
        unanswered: u32,
    },
    /// It worked or was expected to, and something stands in the way.
    Degraded {
        /// The role.
        binding: Binding,
        /// What stands in the way.
        reason: Reason,
        /// What AWS last said of the account.
        account: Option<AccountFacts>,
        /// When that was found.
        #[serde(with = "time::serde::rfc3339")]
        checked_at: OffsetDateTime,
        /// Checks in a row that failed.
        failures: u32,
    },
    /// The role lets Kraiter in without the external ID; it is not used until that is mended.
    Insecure {
        /// The role.
        binding: Binding,
        /// When that was found.
        #[serde(with = "time::serde::rfc3339")]
        checked_at: OffsetDateTime,
        /// Checks in a row that found it.
        failures: u32,
    },
    /// The customer ended the connection.
    Disconnected {
        /// When.
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
    /// The role can be assumed without the external ID. Kraiter doesn't use it until that is fixed.
    Insecure,
    /// The customer disconnected the account.
    Disconnected,
}

impl State {
    /// The state's name.
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

    /// The same from a backup: whatever worked then has to be proven again.
    #[must_use]
    pub fn restored(self, now: OffsetDateTime) -> Self {
        match self.binding().cloned() {
            Some(binding) => Self::Verifying { binding, since: now, attempts: 0, reason: None },
            None => self,
        }
    }

    /// The role that the connection has, proven or not.
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

    /// What AWS last said of the account.
    #[must_use]
    pub const fn account(&self) -> Option<&AccountFacts> {
        match self {
            Self::Connected { account, .. } => Some(account),
            Self::Degraded { account, .. } => account.as_ref(),
            _ => None,
        }
    }

    /// What AWS last said of the account in `region`; `facts` are what was found out there, if it isn't the stack's.
    #[must_use]
    pub fn account_in<'a>(
        &'a self,
        region: Region,
        facts: Option<&'a RegionFacts>,
    ) -> Option<&'a AccountFacts> {
        if self.stack_region() == Some(region) {
            self.account()
        } else {
            self.account()?;
            facts.and_then(|facts| facts.account.as_ref())
        }
    }

    /// Why it doesn't work, or not wholly.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::AwaitingStack { reason, .. } | Self::Verifying { reason, .. } => reason.as_ref(),
            Self::Degraded { reason, .. } => Some(reason),
            Self::Insecure { .. } => Some(&Reason::ExternalIdNotEnforced),
            Self::NotConnected | Self::Connected { .. } | Self::Disconnected { .. } => None,
        }
    }

    /// When the connection was last looked at.
    #[must_use]
    pub const fn checked_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Connected { checked_at, .. }
            | Self::Degraded { checked_at, .. }
            | Self::Insecure { checked_at, .. } => Some(*checked_at),
            _ => None,
        }
    }

    /// The region of the stack, or the one that the link is for.
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

    /// The binding to send through; `None` while nothing may be sent.
    #[must_use]
    pub fn sending_binding(&self) -> Option<&Binding> {
        match self {
            Self::Connected { binding, .. } => Some(binding),
            // Without an account's facts the role was never proven.
            Self::Degraded { binding, reason, account: Some(_), .. } if reason.lets_mail_through() => {
                Some(binding)
            }
            _ => None,
        }
    }

    /// The binding of a role that was proven, whether mail may be sent through it now or not.
    #[must_use]
    pub const fn proven_binding(&self) -> Option<&Binding> {
        match self {
            Self::Connected { binding, .. } | Self::Degraded { binding, account: Some(_), .. } => {
                Some(binding)
            }
            _ => None,
        }
    }

    /// The role that a stack in `region` doesn't make again: one that works, in a region that brings no events yet.
    #[must_use]
    pub fn role_for_further_stack(&self, region: Region) -> Option<&RoleArn> {
        let binding = self.sending_binding()?;
        let has_stack =
            binding.events_in(region).is_some_and(|source| source.subscription != Subscription::Awaited);
        (!has_stack).then_some(&binding.role_arn)
    }
}
