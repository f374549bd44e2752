//! Which organisation a role belongs to.
//!
//! Anyone can register the ARN of someone else's role. A role therefore belongs to an organisation once a check has verified that it
//! requires that organisation's external ID. No other organisation can then use it until the connection ends or changes its role.

use aws_sans_io::RoleArn;

use super::{CheckResult, ConnectionEvent, ConnectionState};

/// Returns the role that belongs to the organisation after `event` led to the state `next`. `before` is the previous one.
#[must_use]
pub fn verified_role(
    before: Option<RoleArn>,
    event: &ConnectionEvent,
    next: &ConnectionState,
) -> Option<RoleArn> {
    let bound = &next.binding()?.role_arn;
    let is_verified_now = matches!(
        event,
        ConnectionEvent::CheckFinished { role_arn, result: CheckResult::Working(_) } if role_arn == bound
    );
    if is_verified_now { Some(bound.clone()) } else { before.filter(|role| role == bound) }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::connection::{AccountFacts, Binding, Quota, Reason, transition};

    fn role(name: &str) -> RoleArn {
        format!("arn:aws:iam::111111111111:role/{name}").parse().unwrap()
    }

    fn registered(name: &str) -> ConnectionEvent {
        ConnectionEvent::RoleRegistered {
            binding: Binding {
                role_arn: role(name),
                stack_region: "eu-west-1".parse().unwrap(),
                events: vec![],
            },
        }
    }

    fn finished(name: &str, result: CheckResult) -> ConnectionEvent {
        ConnectionEvent::CheckFinished { role_arn: role(name), result }
    }

    fn working() -> CheckResult {
        let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
        CheckResult::Working(AccountFacts {
            production_access: false,
            sending_enabled: true,
            under_review: false,
            quota,
        })
    }

    /// Returns the verified role after each of the events of a new connection.
    fn claims(events: &[ConnectionEvent]) -> Vec<Option<RoleArn>> {
        let mut state = ConnectionState::default();
        let mut claim = None;
        let now = datetime!(2026-11-24 12:00 UTC);
        events
            .iter()
            .map(|event| {
                state = transition(state.clone(), event.clone(), now).state;
                claim = verified_role(claim.clone(), event, &state);
                claim.clone()
            })
            .collect()
    }

    #[test]
    fn a_role_belongs_to_an_organisation_after_a_successful_check_and_not_when_registered() {
        let failed = CheckResult::Failed(Reason::RoleRefused);
        let claims = claims(&[registered("a"), finished("a", failed), finished("a", working())]);
        assert_eq!(claims, [None, None, Some(role("a"))]);
    }

    #[test]
    fn a_verified_role_survives_failures_and_ends_with_the_connection() {
        let unprotected = finished("a", CheckResult::NotProtected);
        let claims = claims(&[
            registered("a"),
            finished("a", working()),
            unprotected,
            ConnectionEvent::DisconnectRequested,
        ]);
        assert_eq!(claims, [None, Some(role("a")), Some(role("a")), None]);
    }

    #[test]
    fn a_new_role_releases_the_old_one_and_must_be_verified() {
        let claims =
            claims(&[registered("a"), finished("a", working()), registered("b"), finished("a", working())]);
        assert_eq!(claims, [None, Some(role("a")), None, None]);
    }
}
