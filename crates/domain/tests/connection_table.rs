//! Every state of a connection against every event: the status that follows and the effects.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may panic")]

use std::fmt::Write;

use aws_sans_io::{Region, TopicArn};
use domain::connection::{
    AccountFacts, Binding, BindingStatus, Conclusion, Effect, Event, EventSource, Quota, Reason, State,
    Subscription, transition,
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
    }];
    Binding { role_arn, stack_region: region(), events }
}

fn by_hand(role: &str) -> Binding {
    Binding { events: vec![], ..binding(role) }
}

fn topic(role: &str) -> TopicArn {
    binding(role).events.remove(0).topic.unwrap()
}

fn frankfurt() -> Region {
    "eu-central-1".parse().unwrap()
}

/// What a stack in a further region says of itself.
fn further() -> Binding {
    let topic = "arn:aws:sns:eu-central-1:111111111111:further".parse().unwrap();
    let source = EventSource { region: frankfurt(), topic: Some(topic), ..binding(ROLE).events.remove(0) };
    Binding { stack_region: frankfurt(), events: vec![source], ..binding(ROLE) }
}

fn facts(sending_enabled: bool) -> AccountFacts {
    let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
    AccountFacts { production_access: false, sending_enabled, under_review: false, quota }
}

fn connected() -> State {
    State::Connected { binding: binding(ROLE), account: facts(true), checked_at: NOW, unanswered: 0 }
}

fn states() -> Vec<(&'static str, State)> {
    let known = binding(ROLE);
    let checked_at = NOW - Duration::hours(1);
    let verifying =
        |since, attempts| State::Verifying { binding: known.clone(), since, attempts, reason: None };
    vec![
        ("not_connected", State::NotConnected),
        (
            "awaiting_stack",
            State::AwaitingStack { region: region(), since: NOW - Duration::minutes(1), reason: None },
        ),
        ("verifying", verifying(NOW - Duration::seconds(5), 1)),
        ("verifying_long", verifying(NOW - Duration::minutes(3), 9)),
        ("connected", connected()),
        (
            "degraded",
            State::Degraded {
                binding: known.clone(),
                reason: Reason::RoleRefused,
                account: Some(facts(true)),
                checked_at,
                failures: 1,
            },
        ),
        ("insecure", State::Insecure { binding: known.clone(), checked_at, failures: 1 }),
        ("disconnected", State::Disconnected { since: checked_at }),
    ]
}

fn ended(conclusion: Conclusion) -> Event {
    Event::CheckEnded { role_arn: ROLE.parse().unwrap(), conclusion }
}

fn events() -> Vec<(&'static str, Event)> {
    let other_role = OTHER_ACCOUNT.parse().unwrap();
    vec![
        ("connect", Event::ConnectAsked { region: region() }),
        ("stack_same_role", Event::StackReady { binding: binding(ROLE) }),
        ("stack_same_account", Event::StackReady { binding: binding(SAME_ACCOUNT) }),
        ("stack_other_account", Event::StackReady { binding: binding(OTHER_ACCOUNT) }),
        ("stack_refused", Event::StackRefused { reason: Reason::RoleBoundElsewhere }),
        ("registered_same", Event::RoleRegistered { binding: by_hand(ROLE) }),
        ("registered_other", Event::RoleRegistered { binding: by_hand(OTHER_ACCOUNT) }),
        ("check_asked", Event::CheckAsked),
        ("woken", Event::Woken),
        ("works", ended(Conclusion::Working(facts(true)))),
        ("works_paused", ended(Conclusion::Working(facts(false)))),
        ("not_protected", ended(Conclusion::NotProtected)),
        ("refused", ended(Conclusion::Failed(Reason::RoleRefused))),
        ("unreachable", ended(Conclusion::Failed(Reason::AwsUnreachable))),
        ("region_off", ended(Conclusion::Failed(Reason::RegionNotEnabled { region: region() }))),
        (
            "works_other_role",
            Event::CheckEnded { role_arn: other_role, conclusion: Conclusion::Working(facts(true)) },
        ),
        ("unsubscribed", Event::TopicUnsubscribed { topic: topic(ROLE) }),
        ("events_made", Event::EventsMade { source: further().events.remove(0) }),
        ("topic_confirmed", Event::TopicConfirmed { topic: topic(ROLE) }),
        ("topic_confirmed_other", Event::TopicConfirmed { topic: topic(OTHER_ACCOUNT) }),
        ("stack_further_region", Event::StackReady { binding: further() }),
        ("unsubscribed_other", Event::TopicUnsubscribed { topic: topic(OTHER_ACCOUNT) }),
        ("disconnect", Event::DisconnectAsked),
    ]
}

/// The next status with its reason and role, and the effects, as one line.
fn line(state: &State, effects: &[Effect]) -> String {
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
            Effect::WakeAt(at) => write!(line, " +wake:{}s", (*at - NOW).whole_seconds()),
            other => write!(line, " +{other:?}"),
        };
    }
    line
}

#[test]
fn every_state_against_every_event() {
    let mut table = String::new();
    for (name, state) in states() {
        for (happened, event) in events() {
            let next = transition(state.clone(), event, NOW);
            let unchanged = next.state == state && next.effects.is_empty();
            let outcome = if unchanged { "=".to_owned() } else { line(&next.state, &next.effects) };
            let _ = writeln!(table, "{name:15} {happened:20} {outcome}");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_insecure_or_unproven_role_is_never_sent_through() {
    for (name, state) in states() {
        let may_send = state.status() == BindingStatus::Connected;
        assert_eq!(state.sending_binding().is_some(), may_send, "{name}");
    }
}

#[test]
fn a_role_that_aws_never_let_us_prove_is_not_sent_through() {
    let long_ago = NOW - Duration::minutes(3);
    let verifying = State::Verifying { binding: binding(ROLE), since: long_ago, attempts: 9, reason: None };
    let degraded = transition(verifying, ended(Conclusion::Failed(Reason::AwsUnreachable)), NOW).state;
    assert_eq!(degraded.reason(), Some(&Reason::AwsUnreachable));
    assert_eq!(degraded.sending_binding(), None);
}

#[test]
fn silence_does_not_refute_what_aws_said_before() {
    let paused = transition(connected(), ended(Conclusion::Working(facts(false))), NOW).state;
    let silent = transition(paused, ended(Conclusion::Failed(Reason::AwsUnreachable)), NOW).state;
    assert_eq!(silent.reason(), Some(&Reason::SendingPaused));
    assert_eq!(silent.sending_binding(), None);
}

#[test]
fn a_check_of_a_role_that_was_replaced_changes_nothing() {
    for (name, state) in states() {
        let event = Event::CheckEnded {
            role_arn: OTHER_ACCOUNT.parse().unwrap(),
            conclusion: Conclusion::NotProtected,
        };
        let next = transition(state.clone(), event, NOW);
        assert_eq!((next.state, next.effects), (state, vec![]), "{name}");
    }
}

#[test]
fn a_new_role_is_given_two_minutes_before_it_is_called_broken() {
    let mut state = State::Verifying { binding: binding(ROLE), since: NOW, attempts: 0, reason: None };
    let mut now = NOW;
    while state.status() == BindingStatus::Verifying {
        let next = transition(state, ended(Conclusion::Failed(Reason::RoleRefused)), now);
        let wake = next.effects.iter().find_map(|effect| match effect {
            Effect::WakeAt(at) => Some(*at),
            _ => None,
        });
        state = next.state;
        now = wake.expect("a failing role is looked at again");
    }
    assert_eq!(state.reason(), Some(&Reason::RoleRefused));
    let waited = state.checked_at().unwrap() - NOW;
    assert!((Duration::minutes(2)..Duration::minutes(3)).contains(&waited), "{waited}");
}

#[test]
fn a_working_connection_survives_two_unanswered_checks_and_not_three() {
    let mut state = connected();
    for expected in [BindingStatus::Connected, BindingStatus::Connected, BindingStatus::Degraded] {
        state = transition(state, ended(Conclusion::Failed(Reason::AwsUnreachable)), NOW).state;
        assert_eq!(state.status(), expected);
    }
    state = transition(state, ended(Conclusion::Working(facts(true))), NOW).state;
    assert_eq!(state.status(), BindingStatus::Connected);
}

#[test]
fn a_topic_that_unsubscribed_stays_named_until_a_confirmation_comes() {
    let topic = topic(ROLE);
    let degraded = transition(connected(), Event::TopicUnsubscribed { topic }, NOW).state;
    let still = transition(degraded, ended(Conclusion::Working(facts(true))), NOW).state;
    assert_eq!(still.reason(), Some(&Reason::TopicUnsubscribed));
    assert!(still.sending_binding().is_some());
    let resubscribed = transition(still, Event::StackReady { binding: binding(ROLE) }, NOW);
    assert_eq!(resubscribed.effects, [Effect::ConfirmSubscription, Effect::Check]);
    let mended = transition(resubscribed.state, ended(Conclusion::Working(facts(true))), NOW).state;
    assert_eq!(mended.status(), BindingStatus::Connected);
}

#[test]
fn a_stack_in_a_further_region_adds_its_events_and_moves_nothing() {
    let next = transition(connected(), Event::StackReady { binding: further() }, NOW);
    let known = next.state.binding().unwrap();
    assert_eq!((&*known.role_arn.to_string(), known.stack_region), (ROLE, region()));
    assert!(known.events_in(region()).is_some() && known.events_in(frankfurt()).is_some());
    assert_eq!(next.effects, [Effect::ConfirmSubscription, Effect::Check]);
    assert_eq!(next.state.status(), BindingStatus::Connected);
}

#[test]
fn only_a_region_that_brings_no_events_gets_a_stack_without_a_role() {
    assert_eq!(
        connected().role_for_further_stack(frankfurt()).map(ToString::to_string).as_deref(),
        Some(ROLE)
    );
    assert_eq!(connected().role_for_further_stack(region()), None);
    assert_eq!(State::NotConnected.role_for_further_stack(frankfurt()), None);
    let insecure = State::Insecure { binding: binding(ROLE), checked_at: NOW, failures: 1 };
    assert_eq!(insecure.role_for_further_stack(frankfurt()), None);
}

#[test]
fn events_of_a_topic_of_the_customers_begin_with_its_confirmation() {
    let source = EventSource { subscription: Subscription::Awaited, ..further().events.remove(0) };
    let topic = source.topic.clone().unwrap();
    let made = transition(connected(), Event::EventsMade { source }, NOW).state;
    let in_frankfurt = |state: &State| state.binding().unwrap().events_in(frankfurt()).unwrap().subscription;
    assert_eq!((made.status(), in_frankfurt(&made)), (BindingStatus::Connected, Subscription::Awaited));
    let confirmed = transition(made, Event::TopicConfirmed { topic }, NOW).state;
    assert_eq!(in_frankfurt(&confirmed), Subscription::Active);
}

#[test]
fn what_posts_already_is_not_replaced_by_what_does_not_yet() {
    let other =
        EventSource { topic: None, subscription: Subscription::Awaited, ..binding(ROLE).events.remove(0) };
    let next = transition(connected(), Event::EventsMade { source: other }, NOW).state;
    assert_eq!(next, connected());
}

#[test]
fn an_account_in_the_sandbox_is_looked_at_more_often() {
    // Up to a tenth earlier, each connection by a part of its own.
    let is_about = |production_access, pause: Duration| {
        let account = AccountFacts { production_access, ..facts(true) };
        let effects = transition(connected(), ended(Conclusion::Working(account)), NOW).effects;
        matches!(effects[..], [Effect::WakeAt(at)] if at - NOW <= pause && at - NOW > pause * 9 / 10)
    };
    assert!(is_about(false, Duration::minutes(15)));
    assert!(is_about(true, Duration::hours(6)));
}

#[test]
fn an_account_that_aws_reviews_still_sends_and_says_so() {
    let account = AccountFacts { under_review: true, ..facts(true) };
    let reviewed = transition(connected(), ended(Conclusion::Working(account)), NOW).state;
    assert_eq!(
        (reviewed.status(), reviewed.reason()),
        (BindingStatus::Degraded, Some(&Reason::AccountUnderReview))
    );
    assert!(reviewed.sending_binding().is_some());
    let mended = transition(reviewed, ended(Conclusion::Working(facts(true))), NOW).state;
    assert_eq!(mended.status(), BindingStatus::Connected);
}

#[test]
fn a_permission_that_only_files_need_stops_no_other_mail() {
    let without = |action: &str| {
        let reason = Reason::PermissionMissing { action: action.into() };
        transition(connected(), ended(Conclusion::Failed(reason)), NOW).state.sending_binding().is_some()
    };
    assert!(without("ses:SendRawEmail"));
    assert!(!without("ses:SendEmail"));
    assert!(!without("ses:GetAccount"));
}

#[test]
fn a_missing_confirmation_is_named_after_ten_minutes() {
    let asked = transition(State::NotConnected, Event::ConnectAsked { region: region() }, NOW);
    assert_eq!(asked.effects, [Effect::WakeAt(NOW + Duration::minutes(10))]);
    let woken = transition(asked.state, Event::Woken, NOW + Duration::minutes(10)).state;
    assert_eq!(
        (woken.status(), woken.reason()),
        (BindingStatus::AwaitingStack, Some(&Reason::NoConfirmation))
    );
}

#[test]
fn a_state_survives_being_stored() {
    for (name, state) in states() {
        let stored = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&stored).unwrap(), state, "{name}");
    }
}
