//! Which role an organisation holds.
//!
//! Anyone can register the ARN of someone else's role. A role therefore belongs to an organisation only once a check has proven that it
//! requires that organisation's external ID. The check then claims it, and no other organisation can use it until the connection ends or
//! changes its role.

use aws_sans_io::RoleArn;

use super::ConnectionState;

/// Returns the one of the claimed roles that the connection still uses. All others are released.
#[must_use]
pub fn retained_claim<'a>(
    state: &ConnectionState,
    claimed: impl IntoIterator<Item = &'a RoleArn>,
) -> Option<&'a RoleArn> {
    let bound = &state.binding()?.role_arn;
    claimed.into_iter().find(|role| *role == bound)
}

#[cfg(test)]
mod tests {
    use time::{OffsetDateTime, macros::datetime};

    use super::*;
    use crate::connection::{Binding, CheckResult, ConnectionEvent, Reason, transition};

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

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

    fn after(events: &[ConnectionEvent]) -> ConnectionState {
        let apply = |state, event: &ConnectionEvent| transition(state, event.clone(), NOW).state;
        events.iter().fold(ConnectionState::default(), apply)
    }

    #[test]
    fn a_claim_survives_failed_checks_and_ends_with_the_connection() {
        let failed = |result| ConnectionEvent::CheckFinished { role_arn: role("a"), result };
        let refused = failed(CheckResult::Failed(Reason::RoleRefused));
        let unprotected = failed(CheckResult::NotProtected);
        let bound = after(&[registered("a"), refused.clone(), unprotected.clone()]);
        assert_eq!(retained_claim(&bound, [&role("a")]), Some(&role("a")));
        assert_eq!(retained_claim(&bound, []), None);
        let ended = after(&[registered("a"), refused, unprotected, ConnectionEvent::DisconnectRequested]);
        assert_eq!(retained_claim(&ended, [&role("a")]), None);
    }

    #[test]
    fn a_new_role_releases_the_old_one() {
        let replaced = after(&[registered("a"), registered("b")]);
        assert_eq!(retained_claim(&replaced, [&role("a")]), None);
    }

    #[test]
    fn a_check_that_finishes_after_its_role_was_replaced_doesnt_release_the_new_role() {
        let replaced = after(&[registered("a"), registered("b")]);
        let (held, checked) = (role("b"), role("a"));
        assert_eq!(retained_claim(&replaced, [&held, &checked]), Some(&held));
    }
}
