//! Which organisation a role belongs to.
//!
//! Anybody can write down the ARN of somebody else's role. So a role isn't an organisation's when it is registered, but when a
//! check has shown that it lets that organisation in and nobody else; then no other organisation can have it until the
//! connection ends or takes another role.

use aws_sans_io::RoleArn;

use super::{Conclusion, Event, State};

/// The role that is the organisation's own after `event` has led to the state `next`; `before` is the one that was.
#[must_use]
pub fn proven_role(before: Option<RoleArn>, event: &Event, next: &State) -> Option<RoleArn> {
    let bound = &next.binding()?.role_arn;
    let is_proven_now = matches!(
        event,
        Event::CheckEnded { role_arn, conclusion: Conclusion::Working(_) } if role_arn == bound
    );
    if is_proven_now { Some(bound.clone()) } else { before.filter(|role| role == bound) }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::connection::{AccountFacts, Binding, Quota, Reason, transition};

    fn role(name: &str) -> RoleArn {
        format!("arn:aws:iam::111111111111:role/{name}").parse().unwrap()
    }

    fn registered(name: &str) -> Event {
        Event::RoleRegistered {
            binding: Binding {
                role_arn: role(name),
                stack_region: "eu-west-1".parse().unwrap(),
                events: vec![],
            },
        }
    }

    fn ended(name: &str, conclusion: Conclusion) -> Event {
        Event::CheckEnded { role_arn: role(name), conclusion }
    }

    fn working() -> Conclusion {
        let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
        Conclusion::Working(AccountFacts {
            production_access: false,
            sending_enabled: true,
            under_review: false,
            quota,
        })
    }

    /// The claim after each of the events, from a connection that has never been.
    fn claims(events: &[Event]) -> Vec<Option<RoleArn>> {
        let mut state = State::default();
        let mut claim = None;
        let now = datetime!(2026-11-24 12:00 UTC);
        events
            .iter()
            .map(|event| {
                state = transition(state.clone(), event.clone(), now).state;
                claim = proven_role(claim.clone(), event, &state);
                claim.clone()
            })
            .collect()
    }

    #[test]
    fn a_role_is_claimed_by_a_working_check_and_not_by_its_name() {
        let failed = Conclusion::Failed(Reason::RoleRefused);
        let claims = claims(&[registered("a"), ended("a", failed), ended("a", working())]);
        assert_eq!(claims, [None, None, Some(role("a"))]);
    }

    #[test]
    fn a_claim_outlives_faults_and_ends_with_the_connection() {
        let unprotected = ended("a", Conclusion::NotProtected);
        let claims = claims(&[registered("a"), ended("a", working()), unprotected, Event::DisconnectAsked]);
        assert_eq!(claims, [None, Some(role("a")), Some(role("a")), None]);
    }

    #[test]
    fn another_role_gives_the_old_one_back_and_must_prove_itself() {
        let claims =
            claims(&[registered("a"), ended("a", working()), registered("b"), ended("a", working())]);
        assert_eq!(claims, [None, Some(role("a")), None, None]);
    }
}
