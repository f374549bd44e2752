//! Role and region of an AWS call.

use aws_sans_io::Region;

use super::{Binding, ConnectionState, Reason};

/// The error if no AWS call can be made for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// No role is registered.
    #[error("No AWS account is connected.")]
    NotConnected,
    /// The role cannot be used.
    #[error("{}", .0.message())]
    Unusable(Reason),
}

impl ConnectionError {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Unusable(reason) => reason.code(),
        }
    }
}

/// Role and region of an AWS call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallTarget {
    pub binding: Binding,
    pub region: Region,
}

impl CallTarget {
    /// Returns the target of a call in `region`, which defaults to the stack's region.
    ///
    /// # Errors
    /// [`ConnectionError::NotConnected`] if there is no role yet, [`ConnectionError::Unusable`] if it can't be used.
    pub fn new(state: &ConnectionState, region: Option<Region>) -> Result<Self, ConnectionError> {
        match (state.sending_binding(), state.binding(), state.reason()) {
            (Some(binding), _, _) => {
                Ok(Self { region: region.unwrap_or(binding.stack_region), binding: binding.clone() })
            }
            (None, Some(_), Some(reason)) => Err(ConnectionError::Unusable(reason.clone())),
            (None, ..) => Err(ConnectionError::NotConnected),
        }
    }

    /// Returns the configuration set to send with; `None` in a region without events.
    #[must_use]
    pub fn configuration_set(&self) -> Option<&str> {
        self.binding.events_in(self.region)?.usable_configuration_set()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::connection::{
        AccountDetails, AccountFacts, EventSource, Exposure, Quota, Reason, Subscription,
    };

    fn binding() -> Binding {
        Binding {
            role_arn: "arn:aws:iam::111111111111:role/a".parse().unwrap(),
            stack_region: "eu-west-1".parse().unwrap(),
            events: vec![EventSource {
                region: "eu-west-1".parse().unwrap(),
                configuration_set: "kraiter".into(),
                topic: Some("arn:aws:sns:eu-west-1:111111111111:kraiter".parse().unwrap()),
                subscription: Subscription::Active,
                stack: None,
            }],
        }
    }

    fn connected() -> ConnectionState {
        let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
        let account = AccountFacts {
            production_access: false,
            sending_enabled: true,
            under_review: false,
            quota,
            details: AccountDetails::default(),
        };
        ConnectionState::Connected {
            binding: binding(),
            account,
            checked_at: datetime!(2026-11-24 12:00 UTC),
            unanswered: 0,
        }
    }

    #[test]
    fn the_region_defaults_to_the_stacks_which_has_a_configuration_set() {
        let default = CallTarget::new(&connected(), None).unwrap();
        assert_eq!((default.region.name(), default.configuration_set()), ("eu-west-1", Some("kraiter")));
        let other = CallTarget::new(&connected(), Some("us-east-1".parse().unwrap())).unwrap();
        assert_eq!((other.region.name(), other.configuration_set()), ("us-east-1", None));
    }

    #[test]
    fn a_source_that_has_ended_no_longer_names_its_set() {
        let mut target = CallTarget::new(&connected(), None).unwrap();
        let mut set_of = |subscription| {
            target.binding.events[0].subscription = subscription;
            target.configuration_set().is_some()
        };
        assert!(
            [Subscription::Pending, Subscription::Active, Subscription::Silent].into_iter().all(&mut set_of)
        );
        assert!(![Subscription::Ended, Subscription::SetDeleted].into_iter().any(&mut set_of));
    }

    #[test]
    fn a_degraded_connection_still_knows_the_accounts_facts() {
        let ConnectionState::Connected { binding, account, checked_at, .. } = connected() else {
            panic!("it is connected");
        };
        let degraded = |account| ConnectionState::Degraded {
            binding: binding.clone(),
            reason: Reason::AwsUnreachable,
            account,
            checked_at,
            failures: 1,
        };
        assert_eq!(connected().account(), Some(&account));
        assert_eq!(degraded(Some(account.clone())).account(), Some(&account));
        assert_eq!(degraded(None).account(), None);
        assert_eq!(ConnectionState::NotConnected.account(), None);
    }

    #[test]
    fn an_unusable_connection_returns_the_reason() {
        let since = datetime!(2026-11-24 12:00 UTC);
        assert_eq!(CallTarget::new(&ConnectionState::NotConnected, None), Err(ConnectionError::NotConnected));
        assert_eq!(
            CallTarget::new(
                &ConnectionState::Verifying {
                    binding: binding(),
                    since,
                    attempts: 0,
                    reason: None,
                    previous: None
                },
                None
            ),
            Err(ConnectionError::NotConnected)
        );
        assert_eq!(
            CallTarget::new(
                &ConnectionState::Insecure {
                    binding: binding(),
                    exposure: Exposure::WithoutExternalId,
                    checked_at: since,
                    failures: 1
                },
                None
            ),
            Err(ConnectionError::Unusable(Reason::ExternalIdNotEnforced))
        );
    }

    #[test]
    fn a_connection_that_awaits_its_stack_is_not_connected() {
        let state = ConnectionState::AwaitingStack {
            region: "eu-west-1".parse().unwrap(),
            since: datetime!(2026-11-24 12:00 UTC),
            reason: Some(Reason::NoConfirmation),
        };
        assert_eq!(CallTarget::new(&state, None), Err(ConnectionError::NotConnected));
    }
}
