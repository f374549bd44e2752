//! Transitions of a connection's event sources.

use aws_sans_io::{Region, TopicArn};
use time::OffsetDateTime;

use super::{
    ConnectionEffect, ConnectionState, EventSource, Subscription, Transition, schedule,
    transition::{binding_mut, stay},
};

pub(super) fn created(mut state: ConnectionState, source: EventSource) -> Transition {
    if let Some(binding) = binding_mut(&mut state) {
        match binding.events.iter_mut().find(|known| known.region == source.region) {
            // The topic's subscription has outlived the configuration set.
            Some(known) if known.topic == source.topic && known.subscription == Subscription::SetDeleted => {
                *known = EventSource { subscription: Subscription::Active, ..source };
            }
            // An active event source isn't replaced by one that isn't active yet.
            Some(known) if known.topic == source.topic || known.subscription == Subscription::Active => {}
            _ => *binding = binding.clone().with_events(source),
        }
    }
    stay(state)
}

pub(super) fn topic_confirmed(mut state: ConnectionState, topic: &TopicArn) -> Transition {
    match binding_mut(&mut state).and_then(|binding| binding.source_of(topic)) {
        None => stay(state),
        Some(source) => {
            source.subscription = Subscription::Active;
            Transition {
                state,
                effects: vec![ConnectionEffect::ConfirmSubscription, ConnectionEffect::CheckRole],
            }
        }
    }
}

pub(super) fn topic_unsubscribed(
    state: ConnectionState,
    topic: &TopicArn,
    now: OffsetDateTime,
) -> Transition {
    set_subscription(state, |source| source.topic.as_ref() == Some(topic), Subscription::Ended, now)
}

/// Applies what SES has shown of a configuration set. Whether its events arrive is another question.
pub(super) fn set_checked(
    state: ConnectionState,
    region: Region,
    configuration_set: &str,
    exists: bool,
    now: OffsetDateTime,
) -> Transition {
    let is_contradicted = |source: &EventSource| {
        source.region == region
            && source.configuration_set == configuration_set
            && source.subscription != Subscription::Ended
            && exists == (source.subscription == Subscription::SetDeleted)
    };
    let subscription = if exists { Subscription::Active } else { Subscription::SetDeleted };
    set_subscription(state, is_contradicted, subscription, now)
}

pub(super) fn silent(state: ConnectionState, region: Region, now: OffsetDateTime) -> Transition {
    let is_active =
        |source: &EventSource| source.region == region && source.subscription == Subscription::Active;
    set_subscription(state, is_active, Subscription::Silent, now)
}

pub(super) fn received(mut state: ConnectionState, region: Region) -> Transition {
    let is_silent =
        |source: &&mut EventSource| source.region == region && source.subscription == Subscription::Silent;
    match binding_mut(&mut state).and_then(|binding| binding.events.iter_mut().find(is_silent)) {
        None => stay(state),
        Some(source) => {
            source.subscription = Subscription::Active;
            Transition { state, effects: vec![ConnectionEffect::CheckRole] }
        }
    }
}

/// Changes the event source that `matches`. A source that no longer works degrades a working connection.
fn set_subscription(
    mut state: ConnectionState,
    matches: impl Fn(&EventSource) -> bool,
    subscription: Subscription,
    now: OffsetDateTime,
) -> Transition {
    let found =
        binding_mut(&mut state).and_then(|binding| binding.events.iter_mut().find(|source| matches(source)));
    let Some(source) = found else { return stay(state) };
    source.subscription = subscription;
    match (source.problem(), state) {
        (Some(reason), ConnectionState::Connected { binding, account, .. }) => {
            let next_check = now + schedule::with_jitter(&binding.role_arn, schedule::CHECK_INTERVAL);
            let account = Some(account);
            Transition {
                state: ConnectionState::Degraded { binding, reason, account, checked_at: now, failures: 0 },
                effects: vec![ConnectionEffect::SetTimer(next_check)],
            }
        }
        (_, state) => stay(state),
    }
}
