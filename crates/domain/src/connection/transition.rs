//! Transitions of the state machine.

use time::OffsetDateTime;

use super::{
    AccountFacts, Binding, CheckResult, ConnectionEffect, ConnectionEvent, ConnectionState, EventSource,
    Reason, event_sources, schedule, send_permission,
};

/// The next state and the effects to carry out.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    pub state: ConnectionState,
    /// The effects, in order.
    pub effects: Vec<ConnectionEffect>,
}

/// Returns the transition of `state` for `event` at `now`. An event that doesn't apply leaves the state unchanged.
#[must_use]
pub fn transition(state: ConnectionState, event: ConnectionEvent, now: OffsetDateTime) -> Transition {
    match event {
        ConnectionEvent::ConnectRequested { region } => match state {
            ConnectionState::NotConnected
            | ConnectionState::Disconnected { .. }
            | ConnectionState::AwaitingStack { .. } => Transition {
                state: ConnectionState::AwaitingStack { region, since: now, reason: None },
                effects: vec![ConnectionEffect::SetTimer(now + schedule::STACK_TIMEOUT)],
            },
            // A link doesn't change a connection that has a role.
            bound => stay(bound),
        },
        ConnectionEvent::StackReady { binding } => stack_ready(state, binding, now),
        ConnectionEvent::StackRejected { reason } => match state {
            ConnectionState::AwaitingStack { region, since, .. } => Transition {
                state: ConnectionState::AwaitingStack { region, since, reason: Some(reason) },
                effects: vec![],
            },
            other => stay(other),
        },
        ConnectionEvent::RoleRegistered { binding } => match state.binding() {
            Some(known)
                if matches!(state, ConnectionState::Connected { .. })
                    && known.role_arn == binding.role_arn
                    && known.stack_region == binding.stack_region =>
            {
                check_if_bound(state)
            }
            // Registering the same role manually keeps the event sources of its stack.
            Some(known) if known.role_arn == binding.role_arn => {
                let binding = binding.with_events_of(known);
                verify(binding, now, vec![])
            }
            _ => verify(binding, now, vec![ConnectionEffect::ForgetCredentials]),
        },
        ConnectionEvent::CheckRequested => match state {
            ConnectionState::Verifying { binding, reason, .. } => Transition {
                state: ConnectionState::Verifying { binding, since: now, attempts: 0, reason },
                effects: vec![ConnectionEffect::CheckRole],
            },
            other => check_if_bound(other),
        },
        ConnectionEvent::TimerFired => match state {
            ConnectionState::AwaitingStack { region, since, reason } => {
                let reason =
                    reason.or((now - since >= schedule::STACK_TIMEOUT).then_some(Reason::NoConfirmation));
                Transition {
                    state: ConnectionState::AwaitingStack { region, since, reason },
                    effects: vec![],
                }
            }
            other => check_if_bound(other),
        },
        // The role was replaced during the check.
        ConnectionEvent::CheckFinished { role_arn, .. }
            if state.binding().is_none_or(|known| known.role_arn != role_arn) =>
        {
            stay(state)
        }
        ConnectionEvent::CheckFinished { result, .. } => match result {
            CheckResult::Working(account) => working(state, account, now),
            CheckResult::NotProtected => not_protected(state, now),
            CheckResult::Failed(reason) => failed(state, reason, now),
        },
        ConnectionEvent::EventSourceCreated { source } => event_sources::created(state, source),
        ConnectionEvent::TopicConfirmed { topic } => event_sources::topic_confirmed(state, &topic),
        ConnectionEvent::TopicUnsubscribed { topic } => event_sources::topic_unsubscribed(state, &topic, now),
        ConnectionEvent::ConfigurationSetChecked { region, configuration_set, exists } => {
            event_sources::set_checked(state, region, &configuration_set, exists, now)
        }
        ConnectionEvent::EventsSilent { region } => event_sources::silent(state, region, now),
        ConnectionEvent::EventsReceived { region } => event_sources::received(state, region),
        ConnectionEvent::SendsDenied { reason } => send_permission::denied(state, reason, now),
        ConnectionEvent::SendsAllowed => send_permission::allowed(state),
        ConnectionEvent::DisconnectRequested => match state {
            ConnectionState::NotConnected | ConnectionState::Disconnected { .. } => stay(state),
            _ => Transition {
                state: ConnectionState::Disconnected { since: now },
                effects: vec![ConnectionEffect::ForgetCredentials, ConnectionEffect::ClearTimer],
            },
        },
    }
}

pub(super) const fn stay(state: ConnectionState) -> Transition {
    Transition { state, effects: vec![] }
}

fn check_if_bound(state: ConnectionState) -> Transition {
    let effects = if state.binding().is_some() { vec![ConnectionEffect::CheckRole] } else { vec![] };
    Transition { state, effects }
}

fn verify(binding: Binding, now: OffsetDateTime, mut effects: Vec<ConnectionEffect>) -> Transition {
    effects.push(ConnectionEffect::CheckRole);
    Transition {
        state: ConnectionState::Verifying { binding, since: now, attempts: 0, reason: None },
        effects,
    }
}

fn stack_ready(state: ConnectionState, binding: Binding, now: OffsetDateTime) -> Transition {
    let role_works = state.reason().is_none_or(Reason::concerns_events);
    match state {
        // The link has been revoked.
        ConnectionState::NotConnected | ConnectionState::Disconnected { .. } => stay(state),
        // The webhook URL must not be enough to move the organisation's email to another account.
        ConnectionState::Connected { binding: ref known, .. }
        | ConnectionState::Degraded { binding: ref known, .. }
        | ConnectionState::Insecure { binding: ref known, .. }
            if known.account() != binding.account() =>
        {
            stay(state)
        }
        // The role is verified; only its event source is new.
        ConnectionState::Connected { binding: known, account, checked_at, .. }
        | ConnectionState::Degraded { binding: known, account: Some(account), checked_at, .. }
            if role_works && known.role_arn == binding.role_arn =>
        {
            Transition {
                state: ConnectionState::Connected {
                    binding: with_known_role(binding, &known),
                    account,
                    checked_at,
                    unanswered: 0,
                },
                effects: vec![ConnectionEffect::ConfirmSubscription, ConnectionEffect::CheckRole],
            }
        }
        other => {
            let binding = match other.binding() {
                Some(known) if known.role_arn == binding.role_arn => with_known_role(binding, known),
                Some(known) => binding.with_events_of(known),
                None => binding,
            };
            verify(
                binding,
                now,
                vec![ConnectionEffect::ForgetCredentials, ConnectionEffect::ConfirmSubscription],
            )
        }
    }
}

/// Adds the event source of another stack to an existing role.
fn with_known_role(binding: Binding, known: &Binding) -> Binding {
    Binding { stack_region: known.stack_region, ..binding.with_events_of(known) }
}

pub(super) const fn binding_mut(state: &mut ConnectionState) -> Option<&mut Binding> {
    match state {
        ConnectionState::Verifying { binding, .. }
        | ConnectionState::Connected { binding, .. }
        | ConnectionState::Degraded { binding, .. }
        | ConnectionState::Insecure { binding, .. } => Some(binding),
        ConnectionState::NotConnected
        | ConnectionState::AwaitingStack { .. }
        | ConnectionState::Disconnected { .. } => None,
    }
}

fn working(state: ConnectionState, account: AccountFacts, now: OffsetDateTime) -> Transition {
    // A check doesn't show whether emails are still denied.
    let denied = state.reason().filter(|reason| reason.denies_sends()).cloned();
    let (ConnectionState::Verifying { binding, .. }
    | ConnectionState::Connected { binding, .. }
    | ConnectionState::Degraded { binding, .. }
    | ConnectionState::Insecure { binding, .. }) = state
    else {
        return stay(state);
    };
    let reason = if !account.sending_enabled {
        Some(Reason::SendingPaused)
    } else if denied.is_some() {
        denied
    } else if account.under_review {
        Some(Reason::AccountUnderReview)
    } else {
        binding.events.iter().find_map(EventSource::problem)
    };
    let interval =
        if account.production_access { schedule::CHECK_INTERVAL } else { schedule::SANDBOX_CHECK_INTERVAL };
    let interval = schedule::with_jitter(&binding.role_arn, interval);
    let state = match reason {
        None => ConnectionState::Connected { binding, account, checked_at: now, unanswered: 0 },
        Some(reason) => ConnectionState::Degraded {
            binding,
            reason,
            account: Some(account),
            checked_at: now,
            failures: 0,
        },
    };
    Transition { state, effects: vec![ConnectionEffect::SetTimer(now + interval)] }
}

fn not_protected(state: ConnectionState, now: OffsetDateTime) -> Transition {
    let failures = match &state {
        ConnectionState::Insecure { failures, .. } => failures.saturating_add(1),
        _ => 1,
    };
    let Some(binding) = state.binding().cloned() else { return stay(state) };
    let next_check = schedule::while_broken(&binding.role_arn, failures, now);
    Transition {
        state: ConnectionState::Insecure { binding, checked_at: now, failures },
        effects: vec![ConnectionEffect::ForgetCredentials, ConnectionEffect::SetTimer(next_check)],
    }
}

fn failed(state: ConnectionState, reason: Reason, now: OffsetDateTime) -> Transition {
    match state {
        ConnectionState::NotConnected
        | ConnectionState::AwaitingStack { .. }
        | ConnectionState::Disconnected { .. } => stay(state),
        ConnectionState::Verifying { binding, since, attempts, .. }
            if reason.may_be_propagation() && now - since < schedule::PROPAGATION_TIMEOUT =>
        {
            let attempts = attempts.saturating_add(1);
            Transition {
                state: ConnectionState::Verifying { binding, since, attempts, reason: Some(reason) },
                effects: vec![ConnectionEffect::SetTimer(schedule::while_propagating(attempts, now))],
            }
        }
        ConnectionState::Connected { binding, account, checked_at, unanswered }
            if reason.is_transient() && unanswered + 1 < schedule::MAX_UNANSWERED_CHECKS =>
        {
            let unanswered = unanswered + 1;
            let next_check = schedule::while_broken(&binding.role_arn, unanswered, now);
            Transition {
                state: ConnectionState::Connected { binding, account, checked_at, unanswered },
                effects: vec![ConnectionEffect::SetTimer(next_check)],
            }
        }
        // A transient error doesn't show that an insecure role was fixed.
        ConnectionState::Insecure { binding, checked_at, failures } if reason.is_transient() => {
            let failures = failures.saturating_add(1);
            let next_check = schedule::while_broken(&binding.role_arn, failures, now);
            Transition {
                state: ConnectionState::Insecure { binding, checked_at, failures },
                effects: vec![ConnectionEffect::SetTimer(next_check)],
            }
        }
        ConnectionState::Verifying { binding, .. } | ConnectionState::Insecure { binding, .. } => {
            degraded(binding, reason, None, 1, now)
        }
        ConnectionState::Connected { binding, account, .. } => {
            degraded(binding, reason, Some(account), 1, now)
        }
        ConnectionState::Degraded { binding, reason: known, account, failures, .. } => {
            // A transient error doesn't replace what AWS reported before.
            let reason = if reason.is_transient() && !known.is_transient() { known } else { reason };
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
    let next_check = schedule::while_broken(&binding.role_arn, failures, now);
    Transition {
        state: ConnectionState::Degraded { binding, reason, account, checked_at: now, failures },
        effects: vec![ConnectionEffect::ForgetCredentials, ConnectionEffect::SetTimer(next_check)],
    }
}
