//! All transitions of the state machine, and the rules that they follow.

use std::fmt::Write;

use domain::connection::{
    AccountFacts, BindingStatus, CallTarget, CheckResult, ConnectionEffect, ConnectionEvent, ConnectionState,
    EventSource, Exposure, Reason, Subscription, transition,
};
use time::Duration;

use crate::fixtures::*;

fn region_changed() -> Reason {
    Reason::StackInOtherRegion { link: region(), stack: frankfurt() }
}

fn set_checked(exists: bool) -> ConnectionEvent {
    ConnectionEvent::ConfigurationSetChecked { region: region(), configuration_set: "set".into(), exists }
}

fn events() -> Vec<(&'static str, ConnectionEvent)> {
    vec![
        ("connect", ConnectionEvent::ConnectRequested { region: region() }),
        ("stack_same_role", ConnectionEvent::StackReady { binding: binding(ROLE) }),
        ("stack_same_account", ConnectionEvent::StackReady { binding: binding(SAME_ACCOUNT) }),
        ("stack_other_account", ConnectionEvent::StackReady { binding: binding(OTHER_ACCOUNT) }),
        ("stack_rejected", ConnectionEvent::StackRejected { reason: region_changed() }),
        ("registered_same", ConnectionEvent::RoleRegistered { binding: manual(ROLE) }),
        ("registered_second", ConnectionEvent::RoleRegistered { binding: manual(SAME_ACCOUNT) }),
        ("registered_other", ConnectionEvent::RoleRegistered { binding: manual(OTHER_ACCOUNT) }),
        ("check_requested", ConnectionEvent::CheckRequested),
        ("timer", ConnectionEvent::TimerFired),
        ("works", finished(CheckResult::Working(facts(true)))),
        ("works_paused", finished(CheckResult::Working(facts(false)))),
        ("not_enforced", finished(CheckResult::NotProtected(Exposure::WithoutExternalId))),
        ("any_accepted", finished(CheckResult::NotProtected(Exposure::WithOtherExternalId))),
        ("refused", finished(CheckResult::Failed(Reason::RoleRefused))),
        ("unreachable", finished(CheckResult::Failed(Reason::AwsUnreachable))),
        ("region_off", finished(CheckResult::Failed(Reason::RegionNotEnabled { region: region() }))),
        ("unsubscribed", ConnectionEvent::TopicUnsubscribed { topic: topic(ROLE) }),
        ("events_created", ConnectionEvent::EventSourceCreated { source: other_region().events.remove(0) }),
        ("topic_confirmed", ConnectionEvent::TopicConfirmed { topic: topic(ROLE) }),
        ("topic_confirmed_other", ConnectionEvent::TopicConfirmed { topic: topic(OTHER_ACCOUNT) }),
        ("stack_other_region", ConnectionEvent::StackReady { binding: other_region() }),
        ("unsubscribed_other", ConnectionEvent::TopicUnsubscribed { topic: topic(OTHER_ACCOUNT) }),
        ("set_deleted", set_checked(false)),
        ("events_silent", ConnectionEvent::EventsSilent { region: region() }),
        ("sends_denied", ConnectionEvent::SendsDenied { reason: denied() }),
        ("sends_allowed", ConnectionEvent::SendsAllowed),
        ("events_received", ConnectionEvent::EventsReceived { region: region() }),
        ("disconnect", ConnectionEvent::DisconnectRequested),
    ]
}

/// Formats the next status with its reason and role, and the effects, as one line.
fn line(state: &ConnectionState, effects: &[ConnectionEffect]) -> String {
    let status = serde_json::to_value(state.status()).unwrap();
    let mut line = status.as_str().unwrap().to_owned();
    if let Some(reason) = state.reason() {
        let _ = write!(line, "({})", reason.code());
    }
    if let Some(other) = state.binding().map(|known| known.role_arn.as_str()).filter(|role| *role != ROLE) {
        let _ = write!(line, " {other}");
    }
    for effect in effects {
        let _ = match effect {
            ConnectionEffect::SetTimer(at) => write!(line, " +timer:{}s", (*at - NOW).whole_seconds()),
            ConnectionEffect::ReportRefusedRole(refused) => {
                write!(line, " +refused:{}({})", refused.role_arn, refused.reason.code())
            }
            other => write!(line, " +{other:?}"),
        };
    }
    line
}

#[test]
fn every_transition_matches_the_reviewed_table() {
    let mut table = String::new();
    for (name, state) in states() {
        for (event_name, event) in events() {
            let next = transition(state.clone(), event, NOW);
            let unchanged = next.state == state && next.effects.is_empty();
            let outcome = if unchanged { "=".to_owned() } else { line(&next.state, &next.effects) };
            let _ = writeln!(table, "{name:15} {event_name:20} {outcome}");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn only_a_connected_role_is_used_for_sending_also_while_another_one_is_verified() {
    for (name, state) in states() {
        let may_send = state.in_force().status() == BindingStatus::Connected;
        assert_eq!(state.sending_binding().is_some(), may_send, "{name}");
        assert!(state.sending_binding().is_none_or(|used| *used == binding(ROLE)), "{name}");
    }
}

#[test]
fn a_role_that_was_never_verified_is_not_used_for_sending() {
    let long_ago = NOW - Duration::minutes(3);
    let verifying = ConnectionState::Verifying {
        binding: binding(ROLE),
        since: long_ago,
        attempts: 9,
        reason: None,
        previous: None,
    };
    let degraded = transition(verifying, finished(CheckResult::Failed(Reason::AwsUnreachable)), NOW).state;
    assert_eq!(degraded.reason(), Some(&Reason::AwsUnreachable));
    assert_eq!(degraded.sending_binding(), None);
}

#[test]
fn a_transient_error_does_not_replace_an_earlier_reason() {
    let paused = transition(connected(), finished(CheckResult::Working(facts(false))), NOW).state;
    let unreachable = transition(paused, finished(CheckResult::Failed(Reason::AwsUnreachable)), NOW).state;
    assert_eq!(unreachable.reason(), Some(&Reason::SendingPaused));
    assert_eq!(unreachable.sending_binding(), None);
}

#[test]
fn a_new_role_is_degraded_after_two_minutes_of_failed_checks() {
    let mut state = ConnectionState::Verifying {
        binding: binding(ROLE),
        since: NOW,
        attempts: 0,
        reason: None,
        previous: None,
    };
    let mut now = NOW;
    while state.status() == BindingStatus::Verifying {
        let next = transition(state, finished(CheckResult::Failed(Reason::RoleRefused)), now);
        let timer = next.effects.iter().find_map(|effect| match effect {
            ConnectionEffect::SetTimer(at) => Some(*at),
            _ => None,
        });
        state = next.state;
        now = timer.expect("a failing role is checked again");
    }
    assert_eq!(state.reason(), Some(&Reason::RoleRefused));
    let elapsed = state.checked_at().unwrap() - NOW;
    assert!((Duration::minutes(2)..Duration::minutes(3)).contains(&elapsed), "{elapsed}");
}

#[test]
fn a_working_connection_is_degraded_after_three_unanswered_checks() {
    let mut state = connected();
    for expected in [BindingStatus::Connected, BindingStatus::Connected, BindingStatus::Degraded] {
        state = transition(state, finished(CheckResult::Failed(Reason::AwsUnreachable)), NOW).state;
        assert_eq!(state.status(), expected);
    }
    state = transition(state, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(state.status(), BindingStatus::Connected);
}

#[test]
fn a_topic_that_unsubscribed_is_reported_until_it_is_confirmed_again() {
    let topic = topic(ROLE);
    let degraded = transition(connected(), ConnectionEvent::TopicUnsubscribed { topic }, NOW).state;
    let still = transition(degraded, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(still.reason(), Some(&Reason::TopicUnsubscribed));
    assert!(still.sending_binding().is_some());
    let resubscribed = transition(still, ConnectionEvent::StackReady { binding: binding(ROLE) }, NOW);
    assert_eq!(resubscribed.effects, [ConnectionEffect::ConfirmSubscription, ConnectionEffect::CheckRole]);
    let fixed = transition(resubscribed.state, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(fixed.status(), BindingStatus::Connected);
}

#[test]
fn a_deleted_configuration_set_is_reported_until_it_exists_again() {
    let deleted = transition(connected(), set_checked(false), NOW).state;
    let still = transition(deleted, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(still.reason(), Some(&Reason::ConfigurationSetDeleted { region: region() }));
    assert_eq!(CallTarget::new(&still, None).unwrap().configuration_set(), None);
    let exists = transition(still, set_checked(true), NOW).state;
    let fixed = transition(exists, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(CallTarget::new(&fixed, None).unwrap().configuration_set(), Some("set"));
    assert_eq!(fixed.status(), BindingStatus::Connected);
}

#[test]
fn a_set_that_is_created_again_for_the_same_topic_is_active() {
    let deleted = transition(connected(), set_checked(false), NOW).state;
    let source = EventSource { subscription: Subscription::Pending, ..binding(ROLE).events.remove(0) };
    let created = transition(deleted, ConnectionEvent::EventSourceCreated { source }, NOW).state;
    assert_eq!(created.binding(), Some(&binding(ROLE)));
}

#[test]
fn a_silent_source_is_reported_until_an_event_arrives() {
    let silent = transition(connected(), ConnectionEvent::EventsSilent { region: region() }, NOW).state;
    assert_eq!(CallTarget::new(&silent, None).unwrap().configuration_set(), Some("set"));
    let still = transition(silent, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(still.reason(), Some(&Reason::EventsSilent { region: region() }));
    let received = transition(still, ConnectionEvent::EventsReceived { region: region() }, NOW);
    assert_eq!(received.effects, [ConnectionEffect::CheckRole]);
    let fixed = transition(received.state, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(fixed.status(), BindingStatus::Connected);
}

#[test]
fn a_stack_in_another_region_only_adds_its_events() {
    let next = transition(connected(), ConnectionEvent::StackReady { binding: other_region() }, NOW);
    let known = next.state.binding().unwrap();
    assert_eq!((&*known.role_arn.to_string(), known.stack_region), (ROLE, region()));
    assert!(known.events_in(region()).is_some() && known.events_in(frankfurt()).is_some());
    assert_eq!(next.effects, [ConnectionEffect::ConfirmSubscription, ConnectionEffect::CheckRole]);
    assert_eq!(next.state.status(), BindingStatus::Connected);
}

#[test]
fn only_a_stack_in_a_region_without_events_reuses_the_role() {
    assert_eq!(
        connected().role_for_another_stack(frankfurt()).map(ToString::to_string).as_deref(),
        Some(ROLE)
    );
    assert_eq!(connected().role_for_another_stack(region()), None);
    assert_eq!(ConnectionState::NotConnected.role_for_another_stack(frankfurt()), None);
    assert_eq!(insecure(NOW).role_for_another_stack(frankfurt()), None);
}

#[test]
fn events_of_a_customers_topic_are_active_after_its_confirmation() {
    let source = EventSource { subscription: Subscription::Pending, ..other_region().events.remove(0) };
    let topic = source.topic.clone().unwrap();
    let created = transition(connected(), ConnectionEvent::EventSourceCreated { source }, NOW).state;
    let in_frankfurt =
        |state: &ConnectionState| state.binding().unwrap().events_in(frankfurt()).unwrap().subscription;
    assert_eq!((created.status(), in_frankfurt(&created)), (BindingStatus::Connected, Subscription::Pending));
    let confirmed = transition(created, ConnectionEvent::TopicConfirmed { topic }, NOW).state;
    assert_eq!(in_frankfurt(&confirmed), Subscription::Active);
}

#[test]
fn an_active_event_source_is_not_replaced_by_a_pending_one() {
    let other =
        EventSource { topic: None, subscription: Subscription::Pending, ..binding(ROLE).events.remove(0) };
    let next = transition(connected(), ConnectionEvent::EventSourceCreated { source: other }, NOW).state;
    assert_eq!(next, connected());
}

#[test]
fn an_account_in_the_sandbox_is_checked_more_often() {
    // The jitter is up to a tenth.
    let is_about = |production_access, interval: Duration| {
        let account = AccountFacts { production_access, ..facts(true) };
        let effects = transition(connected(), finished(CheckResult::Working(account)), NOW).effects;
        matches!(effects[..], [ConnectionEffect::SetTimer(at)] if at - NOW <= interval && at - NOW > interval * 9 / 10)
    };
    assert!(is_about(false, Duration::minutes(15)));
    assert!(is_about(true, Duration::hours(6)));
}

#[test]
fn an_account_under_review_can_send_and_reports_the_review() {
    let account = AccountFacts { under_review: true, ..facts(true) };
    let reviewed = transition(connected(), finished(CheckResult::Working(account)), NOW).state;
    assert_eq!(
        (reviewed.status(), reviewed.reason()),
        (BindingStatus::Degraded, Some(&Reason::AccountUnderReview))
    );
    assert!(reviewed.sending_binding().is_some());
    let fixed = transition(reviewed, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(fixed.status(), BindingStatus::Connected);
}

fn denied() -> Reason {
    Reason::PermissionMissing {
        action: "ses:SendEmail".into(),
        resource: Some("arn:aws:ses:eu-west-1:111111111111:identity/example.com".into()),
    }
}

#[test]
fn denied_emails_are_reported_until_one_is_accepted_and_others_are_still_sent() {
    let reported = transition(connected(), ConnectionEvent::SendsDenied { reason: denied() }, NOW).state;
    assert!(reported.sending_binding().is_some());
    let still = transition(reported, finished(CheckResult::Working(facts(true))), NOW).state;
    assert_eq!(still.reason(), Some(&denied()));
    let allowed = transition(still, ConnectionEvent::SendsAllowed, NOW);
    assert_eq!(allowed.effects, [ConnectionEffect::CheckRole]);
    assert_eq!(allowed.state.status(), BindingStatus::Connected);
}

#[test]
fn denied_emails_do_not_hide_that_nothing_can_be_sent() {
    let reported = transition(connected(), ConnectionEvent::SendsDenied { reason: denied() }, NOW).state;
    let paused = transition(reported, finished(CheckResult::Working(facts(false))), NOW).state;
    assert_eq!(paused.reason(), Some(&Reason::SendingPaused));
    let still = transition(paused, ConnectionEvent::SendsDenied { reason: denied() }, NOW).state;
    assert_eq!(still.reason(), Some(&Reason::SendingPaused));
}

#[test]
fn a_missing_confirmation_is_reported_after_ten_minutes() {
    let requested = transition(
        ConnectionState::NotConnected,
        ConnectionEvent::ConnectRequested { region: region() },
        NOW,
    );
    assert_eq!(requested.effects, [ConnectionEffect::SetTimer(NOW + Duration::minutes(10))]);
    let timed_out =
        transition(requested.state, ConnectionEvent::TimerFired, NOW + Duration::minutes(10)).state;
    assert_eq!(
        (timed_out.status(), timed_out.reason()),
        (BindingStatus::AwaitingStack, Some(&Reason::NoConfirmation))
    );
}

#[test]
fn a_state_survives_being_stored() {
    for (name, state) in states() {
        let stored = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<ConnectionState>(&stored).unwrap(), state, "{name}");
    }
}
