//! All transitions of the connection's state machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write;

use aws_sans_io::{Region, TopicArn};
use domain::connection::{
    AccountFacts, Binding, BindingStatus, CallTarget, CheckResult, ConnectionEffect, ConnectionEvent,
    ConnectionState, EventSource, Exposure, Quota, Reason, Subscription, transition,
};
use time::{Duration, OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
const ROLE: &str = "arn:aws:iam::111111111111:role/one";
const SAME_ACCOUNT: &str = "arn:aws:iam::111111111111:role/two";
const OTHER_ACCOUNT: &str = "arn:aws:iam::222222222222:role/one";

fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

fn binding(role: &str) -> Binding {
    let role_arn: aws_sans_io::RoleArn = role.parse().unwrap();
    let topic = format!("arn:aws:sns:eu-west-1:{}:events", role_arn.account()).parse().unwrap();
    let events = vec![EventSource {
        region: region(),
        topic: Some(topic),
        configuration_set: "set".into(),
        subscription: Subscription::Active,
        stack: None,
    }];
    Binding { role_arn, stack_region: region(), events }
}

fn manual(role: &str) -> Binding {
    Binding { events: vec![], ..binding(role) }
}

fn topic(role: &str) -> TopicArn {
    binding(role).events.remove(0).topic.unwrap()
}

fn frankfurt() -> Region {
    "eu-central-1".parse().unwrap()
}

/// Returns what a stack in another region reports.
fn other_region() -> Binding {
    let topic = "arn:aws:sns:eu-central-1:111111111111:other".parse().unwrap();
    let source = EventSource { region: frankfurt(), topic: Some(topic), ..binding(ROLE).events.remove(0) };
    Binding { stack_region: frankfurt(), events: vec![source], ..binding(ROLE) }
}

fn facts(sending_enabled: bool) -> AccountFacts {
    let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
    AccountFacts { production_access: false, sending_enabled, under_review: false, quota }
}

fn connected() -> ConnectionState {
    ConnectionState::Connected {
        binding: binding(ROLE),
        account: facts(true),
        checked_at: NOW,
        unanswered: 0,
    }
}

/// Returns a connection with a second role of the same account, which isn't proven yet.
fn replacing(since: OffsetDateTime) -> ConnectionState {
    ConnectionState::Verifying {
        binding: manual(SAME_ACCOUNT),
        since,
        attempts: 1,
        reason: None,
        previous: Some(Box::new(connected())),
    }
}

fn insecure(checked_at: OffsetDateTime) -> ConnectionState {
    let exposure = Exposure::WithoutExternalId;
    ConnectionState::Insecure { binding: binding(ROLE), exposure, checked_at, failures: 1 }
}

fn states() -> Vec<(&'static str, ConnectionState)> {
    let known = binding(ROLE);
    let checked_at = NOW - Duration::hours(1);
    let verifying = |since, attempts| ConnectionState::Verifying {
        binding: known.clone(),
        since,
        attempts,
        reason: None,
        previous: None,
    };
    vec![
        ("not_connected", ConnectionState::NotConnected),
        (
            "awaiting_stack",
            ConnectionState::AwaitingStack {
                region: region(),
                since: NOW - Duration::minutes(1),
                reason: None,
            },
        ),
        ("verifying", verifying(NOW - Duration::seconds(5), 1)),
        ("verifying_long", verifying(NOW - Duration::minutes(3), 9)),
        ("replacing", replacing(NOW - Duration::seconds(5))),
        ("replacing_long", replacing(NOW - Duration::minutes(3))),
        ("connected", connected()),
        (
            "degraded",
            ConnectionState::Degraded {
                binding: known.clone(),
                reason: Reason::RoleRefused,
                account: Some(facts(true)),
                checked_at,
                failures: 1,
            },
        ),
        (
            "unproven",
            ConnectionState::Degraded {
                binding: known.clone(),
                reason: Reason::RoleRefused,
                account: None,
                checked_at,
                failures: 1,
            },
        ),
        ("insecure", insecure(checked_at)),
        ("disconnected", ConnectionState::Disconnected { since: checked_at }),
    ]
}

fn finished(result: CheckResult) -> ConnectionEvent {
    ConnectionEvent::CheckFinished { attempt: 1, result }
}

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
        assert_eq!(failing_for_long(verifying.clone()), connected());
        let exposed = finished(CheckResult::NotProtected(Exposure::WithOtherExternalId));
        assert_eq!(after(verifying, [exposed]), connected());
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
