//! Roles that aren't proven yet.

use domain::connection::{
    Binding, BindingStatus, CallTarget, CheckResult, ConnectionEffect, ConnectionEvent, ConnectionState,
    Exposure, Reason, RefusedRole, transition,
};
use time::Duration;

use crate::fixtures::*;

/// Applies events to a state one after the other.
fn after(state: ConnectionState, events: impl IntoIterator<Item = ConnectionEvent>) -> ConnectionState {
    events.into_iter().fold(state, |state, event| transition(state, event, NOW).state)
}

fn failing_for_long(state: ConnectionState) -> ConnectionState {
    let later = NOW + Duration::minutes(3);
    transition(state, finished(CheckResult::Failed(Reason::RoleRefused)), later).state
}

#[test]
fn a_proven_role_returns_if_the_one_that_would_replace_it_is_not_proven() {
    for event in [
        ConnectionEvent::RoleRegistered { binding: manual(OTHER_ACCOUNT) },
        ConnectionEvent::StackReady { binding: binding(SAME_ACCOUNT) },
    ] {
        let refused = finished(CheckResult::Failed(Reason::RoleRefused));
        let verifying = after(connected(), [event.clone(), refused]);
        assert_eq!(verifying.status(), BindingStatus::Verifying);
        assert_eq!(CallTarget::new(&verifying, None).unwrap().binding, binding(ROLE));
        let refused = verifying.binding().unwrap().role_arn.clone();
        for (result, reason) in [
            (CheckResult::Failed(Reason::RoleRefused), Reason::RoleRefused),
            (CheckResult::NotProtected(Exposure::WithOtherExternalId), Reason::OtherExternalIdAccepted),
        ] {
            let later = NOW + Duration::minutes(3);
            let next = transition(verifying.clone(), finished(result), later);
            let refused = RefusedRole { role_arn: refused.clone(), reason };
            assert_eq!(next.state, connected());
            let effects = [ConnectionEffect::ReportRefusedRole(refused), ConnectionEffect::CheckRole];
            assert_eq!(next.effects, effects);
        }
    }
}

#[test]
fn a_proven_role_replaces_the_other_one_and_keeps_the_events_of_its_account() {
    let works = finished(CheckResult::Working(facts(true)));
    let registered = |role| ConnectionEvent::RoleRegistered { binding: manual(role) };
    let same_account = after(connected(), [registered(SAME_ACCOUNT), works.clone()]);
    assert_eq!(same_account.sending_binding().unwrap().role_arn.as_str(), SAME_ACCOUNT);
    assert!(same_account.is_topic_proven(&topic(ROLE)));
    let other_account = after(connected(), [registered(OTHER_ACCOUNT), works]);
    assert_eq!(other_account.sending_binding().unwrap().events, []);
}

#[test]
fn registering_the_role_in_force_again_ends_the_verification_of_another_one() {
    let registered = ConnectionEvent::RoleRegistered { binding: manual(ROLE) };
    assert_eq!(after(replacing(NOW), [registered]), connected());
}

#[test]
fn only_a_stack_of_the_same_account_may_replace_a_role_that_was_proven() {
    for (name, state) in states() {
        let known = state.in_force().binding().map(|binding| binding.account().clone());
        let event = ConnectionEvent::StackReady { binding: binding(OTHER_ACCOUNT) };
        let next = transition(state.clone(), event, NOW);
        let was_proven = state.verified_binding().is_some() || state.status() == BindingStatus::Insecure;
        assert!(!was_proven || (next.state == state && next.effects.is_empty()), "{name}");
        let account = next.state.in_force().binding().map(|binding| binding.account().clone());
        assert!(known.is_none() || account == known, "{name}");
    }
}

#[test]
fn a_topic_is_trusted_only_once_its_role_is_proven() {
    let stack = ConnectionEvent::StackReady { binding: binding(ROLE) };
    let reported = after(states().remove(1).1, [stack]);
    assert_eq!(reported.status(), BindingStatus::Verifying);
    assert!(!reported.is_topic_proven(&topic(ROLE)));
    assert!(!failing_for_long(reported.clone()).is_topic_proven(&topic(ROLE)));
    let proven = after(reported, [finished(CheckResult::Working(facts(true)))]);
    assert!(proven.is_topic_proven(&topic(ROLE)) && !proven.is_topic_proven(&topic(OTHER_ACCOUNT)));
    let replacing = after(proven, [ConnectionEvent::StackReady { binding: other_stack() }]);
    assert_eq!(replacing.status(), BindingStatus::Verifying);
    assert!(replacing.is_topic_proven(&topic(ROLE)));
    assert!(!replacing.is_topic_proven(other_stack().events[0].topic.as_ref().unwrap()));
}

/// Returns what a stack with another role and topic in the same account reports.
fn other_stack() -> Binding {
    let mut stack = binding(SAME_ACCOUNT);
    stack.events[0].topic = Some("arn:aws:sns:eu-west-1:111111111111:other".parse().unwrap());
    stack
}

#[test]
fn a_topic_that_was_replaced_still_counts_in_the_same_account_only() {
    let old = "arn:aws:sns:eu-west-1:111111111111:old".parse().unwrap();
    let is_known = true;
    for state in [connected(), replacing(NOW), insecure(NOW)] {
        assert!(state.trusts_topic(&old, is_known) && !state.trusts_topic(&old, false));
        assert!(!state.trusts_topic(&topic(OTHER_ACCOUNT), is_known));
    }
    assert!(!ConnectionState::Disconnected { since: NOW }.trusts_topic(&topic(ROLE), is_known));
}

#[test]
fn only_the_last_check_shows_whether_a_role_is_verified() {
    let check = |state, result| after(state, [finished(result)]).is_verified();
    assert!(check(connected(), CheckResult::Working(facts(true))));
    assert!(check(connected(), CheckResult::Working(facts(false))));
    assert!(!check(connected(), CheckResult::Failed(Reason::AwsUnreachable)));
    assert!(!check(connected(), CheckResult::Failed(Reason::RoleRefused)));
    assert!(!check(connected(), CheckResult::NotProtected(Exposure::WithOtherExternalId)));
    assert!(!replacing(NOW).is_verified());
    assert!(!ConnectionState::Disconnected { since: NOW }.is_verified());
}

#[test]
fn after_a_restore_the_role_in_force_must_be_verified_again() {
    for (name, state) in states() {
        let in_force = state.in_force().binding().cloned();
        let restored = state.clone().restored(NOW);
        assert_eq!(restored.binding(), in_force.as_ref(), "{name}");
        if in_force.is_some() {
            assert_eq!(restored.status(), BindingStatus::Verifying, "{name}");
            assert_eq!(restored.sending_binding(), None, "{name}");
        } else {
            assert_eq!(restored, state, "{name}");
        }
    }
}
