//! By what a request of the customer's reaches AWS.

use aws_sans_io::Region;

use super::{Binding, Reason, State};

/// Why no AWS call can be made for an organisation.
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

/// A role to use, in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The role.
    pub binding: Binding,
    /// The region to call.
    pub region: Region,
}

impl Route {
    /// The route for a call about `region`, or about the stack's region where the customer named none.
    ///
    /// # Errors
    /// [`ConnectionError::NotConnected`] where there is no role yet, [`ConnectionError::Unusable`] where there is one that can't be used.
    pub fn of(state: &State, region: Option<Region>) -> Result<Self, ConnectionError> {
        match (state.sending_binding(), state.binding(), state.reason()) {
            (Some(binding), _, _) => {
                Ok(Self { region: region.unwrap_or(binding.stack_region), binding: binding.clone() })
            }
            (None, Some(_), Some(reason)) => Err(ConnectionError::Unusable(reason.clone())),
            (None, ..) => Err(ConnectionError::NotConnected),
        }
    }

    /// The configuration set that a send names, so that events come back; none in a region that has none, where mail goes out all the same.
    #[must_use]
    pub fn configuration_set(&self) -> Option<&str> {
        self.binding.events_in(self.region).map(|source| source.configuration_set.as_str())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::connection::{AccountFacts, EventSource, Quota, Reason, Subscription};

    fn binding() -> Binding {
        Binding {
            role_arn: "arn:aws:iam::111111111111:role/a".parse().unwrap(),
            stack_region: "eu-west-1".parse().unwrap(),
            events: vec![EventSource {
                region: "eu-west-1".parse().unwrap(),
                configuration_set: "kraiter".into(),
                topic: Some("arn:aws:sns:eu-west-1:111111111111:kraiter".parse().unwrap()),
                subscription: Subscription::Active,
            }],
        }
    }

    fn connected() -> State {
        let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
        let account =
            AccountFacts { production_access: false, sending_enabled: true, under_review: false, quota };
        State::Connected {
            binding: binding(),
            account,
            checked_at: datetime!(2026-11-24 12:00 UTC),
            unanswered: 0,
        }
    }

    #[test]
    fn the_stacks_region_is_taken_unless_another_is_named_and_only_there_events_come_back() {
        let here = Route::of(&connected(), None).unwrap();
        assert_eq!((here.region.name(), here.configuration_set()), ("eu-west-1", Some("kraiter")));
        let there = Route::of(&connected(), Some("us-east-1".parse().unwrap())).unwrap();
        assert_eq!((there.region.name(), there.configuration_set()), ("us-east-1", None));
    }

    #[test]
    fn a_connection_that_cannot_be_used_says_why() {
        let since = datetime!(2026-11-24 12:00 UTC);
        assert_eq!(Route::of(&State::NotConnected, None), Err(ConnectionError::NotConnected));
        assert_eq!(
            Route::of(&State::Verifying { binding: binding(), since, attempts: 0, reason: None }, None),
            Err(ConnectionError::NotConnected)
        );
        assert_eq!(
            Route::of(&State::Insecure { binding: binding(), checked_at: since, failures: 1 }, None),
            Err(ConnectionError::Unusable(Reason::ExternalIdNotEnforced))
        );
    }

    #[test]
    fn waiting_for_a_stack_is_not_being_connected_even_when_it_takes_long() {
        let state = State::AwaitingStack {
            region: "eu-west-1".parse().unwrap(),
            since: datetime!(2026-11-24 12:00 UTC),
            reason: Some(Reason::NoConfirmation),
        };
        assert_eq!(Route::of(&state, None), Err(ConnectionError::NotConnected));
    }
}
