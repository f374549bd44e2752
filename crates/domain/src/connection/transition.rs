//! (state, event, time) → (state, effects).

use aws_sans_io::TopicArn;
use time::OffsetDateTime;

use super::{
    AccountFacts, Binding, Conclusion, Effect, Event, EventSource, Reason, State, Subscription, schedule,
};

/// Where a connection goes, and what has to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The next state.
    pub state: State,
    /// What to do, in this order.
    pub effects: Vec<Effect>,
}

/// Decides what `event` makes of `state` at the time `now`. An event that means nothing in a state leaves it as it is, without
/// effects.
#[must_use]
pub fn transition(state: State, event: Event, now: OffsetDateTime) -> Transition {
    match event {
        Event::ConnectAsked { region } => match state {
            State::NotConnected | State::Disconnected { .. } | State::AwaitingStack { .. } => Transition {
                state: State::AwaitingStack { region, since: now, reason: None },
                effects: vec![Effect::WakeAt(now + schedule::STACK_PATIENCE)],
            },
            // A link alone changes nothing about a role that is known.
            bound => stay(bound),
        },
        Event::StackReady { binding } => stack_ready(state, binding, now),
        Event::StackRefused { reason } => match state {
            State::AwaitingStack { region, since, .. } => Transition {
                state: State::AwaitingStack { region, since, reason: Some(reason) },
                effects: vec![],
            },
            other => stay(other),
        },
        Event::RoleRegistered { binding } => match state.binding() {
            Some(known)
                if matches!(state, State::Connected { .. })
                    && known.role_arn == binding.role_arn
                    && known.stack_region == binding.stack_region =>
            {
                check_if_bound(state)
            }
            // The same role by hand keeps the events that its stack brought.
            Some(known) if known.role_arn == binding.role_arn => {
                let binding = binding.keeping_events_of(known);
                verify(binding, now, vec![])
            }
            _ => verify(binding, now, vec![Effect::ForgetCredentials]),
        },
        Event::CheckAsked => match state {
            State::Verifying { binding, reason, .. } => Transition {
                state: State::Verifying { binding, since: now, attempts: 0, reason },
                effects: vec![Effect::Check],
            },
            other => check_if_bound(other),
        },
        Event::Woken => match state {
            State::AwaitingStack { region, since, reason } => {
                let reason =
                    reason.or((now - since >= schedule::STACK_PATIENCE).then_some(Reason::NoConfirmation));
                Transition { state: State::AwaitingStack { region, since, reason }, effects: vec![] }
            }
            other => check_if_bound(other),
        },
        // What was found out about a role that has been replaced meanwhile says nothing about the new one.
        Event::CheckEnded { role_arn, .. }
            if state.binding().is_none_or(|known| known.role_arn != role_arn) =>
        {
            stay(state)
        }
        Event::CheckEnded { conclusion, .. } => match conclusion {
            Conclusion::Working(account) => working(state, account, now),
            Conclusion::NotProtected => not_protected(state, now),
            Conclusion::Failed(reason) => failed(state, reason, now),
        },
        Event::EventsMade { source } => events_made(state, source),
        Event::TopicConfirmed { topic } => topic_confirmed(state, &topic),
        Event::TopicUnsubscribed { topic } => topic_unsubscribed(state, &topic, now),
        Event::DisconnectAsked => match state {
            State::NotConnected | State::Disconnected { .. } => stay(state),
            _ => Transition {
                state: State::Disconnected { since: now },
                effects: vec![Effect::ForgetCredentials, Effect::StayAsleep],
            },
        },
    }
}

const fn stay(state: State) -> Transition {
    Transition { state, effects: vec![] }
}

fn check_if_bound(state: State) -> Transition {
    let effects = if state.binding().is_some() { vec![Effect::Check] } else { vec![] };
    Transition { state, effects }
}

fn verify(binding: Binding, now: OffsetDateTime, mut effects: Vec<Effect>) -> Transition {
    effects.push(Effect::Check);
    Transition { state: State::Verifying { binding, since: now, attempts: 0, reason: None }, effects }
}

fn stack_ready(state: State, binding: Binding, now: OffsetDateTime) -> Transition {
    match state {
        // No link is out: the webhook's address is not this organisation's any more.
        State::NotConnected | State::Disconnected { .. } => stay(state),
        // Whoever knows the webhook's address must not be able to move the organisation's mail to another account.
        State::Connected { binding: ref known, .. }
        | State::Degraded { binding: ref known, .. }
        | State::Insecure { binding: ref known, .. }
            if known.account() != binding.account() =>
        {
            stay(state)
        }
        // The role is proven; only where its events come from is new.
        State::Connected { binding: known, account, checked_at, .. }
        | State::Degraded {
            binding: known,
            reason: Reason::TopicUnsubscribed,
            account: Some(account),
            checked_at,
            ..
        } if known.role_arn == binding.role_arn => Transition {
            state: State::Connected {
                binding: of_known_role(binding, &known),
                account,
                checked_at,
                unanswered: 0,
            },
            effects: vec![Effect::ConfirmSubscription, Effect::Check],
        },
        other => {
            let binding = match other.binding() {
                Some(known) if known.role_arn == binding.role_arn => of_known_role(binding, known),
                Some(known) => binding.keeping_events_of(known),
                None => binding,
            };
            verify(binding, now, vec![Effect::ForgetCredentials, Effect::ConfirmSubscription])
        }
    }
}

/// A further stack adds its region's events to a role that another stack, or a person, has made.
fn of_known_role(binding: Binding, known: &Binding) -> Binding {
    Binding { stack_region: known.stack_region, ..binding.keeping_events_of(known) }
}

fn events_made(mut state: State, source: EventSource) -> Transition {
    if let Some(binding) = bound(&mut state) {
        // What posts already isn't replaced by what doesn't yet.
        let replaces = binding
            .events_in(source.region)
            .is_none_or(|known| known.topic != source.topic && known.subscription != Subscription::Active);
        if replaces {
            *binding = binding.clone().with_events(source);
        }
    }
    stay(state)
}

fn topic_confirmed(mut state: State, topic: &TopicArn) -> Transition {
    let known = bound(&mut state).and_then(|binding| binding.source_of(topic));
    match known {
        None => stay(state),
        Some(source) => {
            source.subscription = Subscription::Active;
            Transition { state, effects: vec![Effect::ConfirmSubscription, Effect::Check] }
        }
    }
}

/// The binding of a state that has one.
const fn bound(state: &mut State) -> Option<&mut Binding> {
    match state {
        State::Verifying { binding, .. }
        | State::Connected { binding, .. }
        | State::Degraded { binding, .. }
        | State::Insecure { binding, .. } => Some(binding),
        State::NotConnected | State::AwaitingStack { .. } | State::Disconnected { .. } => None,
    }
}

fn working(state: State, account: AccountFacts, now: OffsetDateTime) -> Transition {
    let (State::Verifying { binding, .. }
    | State::Connected { binding, .. }
    | State::Degraded { binding, .. }
    | State::Insecure { binding, .. }) = state
    else {
        return stay(state);
    };
    let unsubscribed = binding.events.iter().any(|source| source.subscription == Subscription::Ended);
    let reason = if !account.sending_enabled {
        Some(Reason::SendingPaused)
    } else if account.under_review {
        Some(Reason::AccountUnderReview)
    } else if unsubscribed {
        Some(Reason::TopicUnsubscribed)
    } else {
        None
    };
    let pause = if account.production_access { schedule::ROUTINE } else { schedule::SANDBOX };
    let pause = schedule::spread(&binding.role_arn, pause);
    let state = match reason {
        None => State::Connected { binding, account, checked_at: now, unanswered: 0 },
        Some(reason) => {
            State::Degraded { binding, reason, account: Some(account), checked_at: now, failures: 0 }
        }
    };
    Transition { state, effects: vec![Effect::WakeAt(now + pause)] }
}

fn not_protected(state: State, now: OffsetDateTime) -> Transition {
    let failures = match &state {
        State::Insecure { failures, .. } => failures.saturating_add(1),
        _ => 1,
    };
    let Some(binding) = state.binding().cloned() else { return stay(state) };
    let wake = schedule::while_broken(&binding.role_arn, failures, now);
    Transition {
        state: State::Insecure { binding, checked_at: now, failures },
        effects: vec![Effect::ForgetCredentials, Effect::WakeAt(wake)],
    }
}

fn failed(state: State, reason: Reason, now: OffsetDateTime) -> Transition {
    match state {
        State::NotConnected | State::AwaitingStack { .. } | State::Disconnected { .. } => stay(state),
        State::Verifying { binding, since, attempts, .. }
            if reason.may_be_propagation() && now - since < schedule::PROPAGATION =>
        {
            let attempts = attempts.saturating_add(1);
            Transition {
                state: State::Verifying { binding, since, attempts, reason: Some(reason) },
                effects: vec![Effect::WakeAt(schedule::while_propagating(attempts, now))],
            }
        }
        State::Connected { binding, account, checked_at, unanswered }
            if reason.may_pass() && unanswered + 1 < schedule::UNANSWERED_LIMIT =>
        {
            let unanswered = unanswered + 1;
            let wake = schedule::while_broken(&binding.role_arn, unanswered, now);
            Transition {
                state: State::Connected { binding, account, checked_at, unanswered },
                effects: vec![Effect::WakeAt(wake)],
            }
        }
        // An insecure role that can't be reached now is still the role that was found insecure.
        State::Insecure { binding, checked_at, failures } if reason.may_pass() => {
            let failures = failures.saturating_add(1);
            let wake = schedule::while_broken(&binding.role_arn, failures, now);
            Transition {
                state: State::Insecure { binding, checked_at, failures },
                effects: vec![Effect::WakeAt(wake)],
            }
        }
        State::Verifying { binding, .. } | State::Insecure { binding, .. } => {
            degraded(binding, reason, None, 1, now)
        }
        State::Connected { binding, account, .. } => degraded(binding, reason, Some(account), 1, now),
        State::Degraded { binding, reason: known, account, failures, .. } => {
            // Silence doesn't refute what AWS said before.
            let reason = if reason.may_pass() && !known.may_pass() { known } else { reason };
            degraded(binding, reason, account, failures.saturating_add(1), now)
        }
    }
}

fn degraded(
    binding: Binding,
    reason: Reason,
    account: Option<AccountFacts>,
    failures: u32,
    now: OffsetDateTime,
) -> Transition {
    let wake = schedule::while_broken(&binding.role_arn, failures, now);
    Transition {
        state: State::Degraded { binding, reason, account, checked_at: now, failures },
        effects: vec![Effect::ForgetCredentials, Effect::WakeAt(wake)],
    }
}

fn topic_unsubscribed(mut state: State, topic: &TopicArn, now: OffsetDateTime) -> Transition {
    let Some(source) = bound(&mut state).and_then(|binding| binding.source_of(topic)) else {
        return stay(state);
    };
    source.subscription = Subscription::Ended;
    match state {
        State::Connected { binding, account, .. } => {
            let wake = now + schedule::spread(&binding.role_arn, schedule::ROUTINE);
            let (reason, account) = (Reason::TopicUnsubscribed, Some(account));
            Transition {
                state: State::Degraded { binding, reason, account, checked_at: now, failures: 0 },
                effects: vec![Effect::WakeAt(wake)],
            }
        }
        other => stay(other),
    }
}
