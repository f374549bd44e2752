//! Transitions of the state machine.

use time::OffsetDateTime;

use super::{
    AccountFacts, Binding, CheckResult, ConnectionEffect, ConnectionEvent, ConnectionState, EventSource,
    Exposure, Reason, RefusedRole, event_sources, replacement, schedule, send_permission,
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
        ConnectionEvent::StackReady { binding } => replacement::stack_ready(state, binding, now),
        ConnectionEvent::StackRejected { reason } => match state {
            ConnectionState::AwaitingStack { region, since, .. } => Transition {
                state: ConnectionState::AwaitingStack { region, since, reason: Some(reason) },
                effects: vec![],
            },
            other => stay(other),
        },
        ConnectionEvent::RoleRegistered { binding } => replacement::role_registered(state, binding, now),
        ConnectionEvent::CheckRequested => match state {
            // A role that would replace another one isn't given more time: emails that use that one request checks, too.
            ConnectionState::Verifying { binding, reason, previous: None, .. } => {
                let effects = vec![ConnectionEffect::CheckRole];
                let (since, attempts, previous) = (now, 0, None);
                Transition {
                    state: ConnectionState::Verifying { binding, since, attempts, reason, previous },
                    effects,
                }
            }
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
        ConnectionEvent::CheckFinished { result, .. } => match result {
            CheckResult::Working(account) => working(state, account, now),
            CheckResult::NotProtected(exposure) => not_protected(state, exposure, now),
            CheckResult::Failed(reason) => failed(state, reason, now),
        },
        ConnectionEvent::DisconnectRequested => match state {
            ConnectionState::NotConnected | ConnectionState::Disconnected { .. } => stay(state),
            _ => Transition {
                state: ConnectionState::Disconnected { since: now },
                effects: vec![ConnectionEffect::ForgetCredentials, ConnectionEffect::ClearTimer],
            },
        },
        ConnectionEvent::EventSourceCreated { source } => {
            in_force(state, |state| event_sources::created(state, source))
        }
        ConnectionEvent::TopicConfirmed { topic } => {
            in_force(state, |state| event_sources::topic_confirmed(state, &topic))
        }
        ConnectionEvent::TopicUnsubscribed { topic } => {
            in_force(state, |state| event_sources::topic_unsubscribed(state, &topic, now))
        }
        ConnectionEvent::ConfigurationSetChecked { region, configuration_set, exists } => {
            in_force(state, |state| {
                event_sources::set_checked(state, region, &configuration_set, exists, now)
            })
        }
        ConnectionEvent::EventsSilent { region } => {
            in_force(state, |state| event_sources::silent(state, region, now))
        }
        ConnectionEvent::EventsReceived { region } => {
            in_force(state, |state| event_sources::received(state, region))
        }
        ConnectionEvent::SendsDenied { reason } => {
            in_force(state, |state| send_permission::denied(state, reason, now))
        }
        ConnectionEvent::SendsAllowed => in_force(state, send_permission::allowed),
    }
}

/// Changes the connection in force. While a role is being verified that would replace it, the timer is that role's.
fn in_force(state: ConnectionState, change: impl FnOnce(ConnectionState) -> Transition) -> Transition {
    match state {
        ConnectionState::Verifying { binding, since, attempts, reason, previous: Some(previous) } => {
            let Transition { state, mut effects } = change(*previous);
            effects.retain(|effect| !matches!(effect, ConnectionEffect::SetTimer(_)));
            let previous = Some(Box::new(state));
            Transition {
                state: ConnectionState::Verifying { binding, since, attempts, reason, previous },
                effects,
            }
        }
        other => change(other),
    }
}

pub(super) const fn stay(state: ConnectionState) -> Transition {
    Transition { state, effects: vec![] }
}

pub(super) fn check_if_bound(state: ConnectionState) -> Transition {
    let effects = if state.binding().is_some() { vec![ConnectionEffect::CheckRole] } else { vec![] };
    Transition { state, effects }
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
    let replaced = match &state {
        ConnectionState::Verifying { previous, .. } => previous.clone(),
        _ => None,
    };
    let (ConnectionState::Verifying { binding, .. }
    | ConnectionState::Connected { binding, .. }
    | ConnectionState::Degraded { binding, .. }
    | ConnectionState::Insecure { binding, .. }) = state
    else {
        return stay(state);
    };
    let known = replaced.as_deref().and_then(ConnectionState::binding);
    let binding = known.map_or(binding.clone(), |known| binding.with_events_of(known));
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
    let mut effects = vec![ConnectionEffect::SetTimer(now + interval)];
    if replaced.is_some() {
        // Only a check of the role in force reads its other regions and configuration sets.
        effects.extend([ConnectionEffect::ForgetCredentials, ConnectionEffect::CheckRole]);
    }
    Transition { state, effects }
}

/// Returns to the connection that a role was meant to replace, because that role isn't proven.
fn fall_back(previous: ConnectionState, refused: Binding, reason: Reason) -> Transition {
    let refused = RefusedRole { role_arn: refused.role_arn, reason };
    // The timer of the previous role was replaced.
    let effects = vec![ConnectionEffect::ReportRefusedRole(refused), ConnectionEffect::CheckRole];
    Transition { state: previous, effects }
}

fn not_protected(state: ConnectionState, exposure: Exposure, now: OffsetDateTime) -> Transition {
    if let ConnectionState::Verifying { binding, previous: Some(previous), .. } = state {
        return fall_back(*previous, binding, exposure.reason().clone());
    }
    let failures = match &state {
        ConnectionState::Insecure { failures, .. } => failures.saturating_add(1),
        _ => 1,
    };
    let Some(binding) = state.binding().cloned() else { return stay(state) };
    let next_check = schedule::while_broken(&binding.role_arn, failures, now);
    Transition {
        state: ConnectionState::Insecure { binding, exposure, checked_at: now, failures },
        effects: vec![ConnectionEffect::ForgetCredentials, ConnectionEffect::SetTimer(next_check)],
    }
}

fn failed(state: ConnectionState, reason: Reason, now: OffsetDateTime) -> Transition {
    match state {
        ConnectionState::NotConnected
        | ConnectionState::AwaitingStack { .. }
        | ConnectionState::Disconnected { .. } => stay(state),
        ConnectionState::Verifying { binding, since, attempts, previous, .. }
            if reason.may_be_propagation() && now - since < schedule::PROPAGATION_TIMEOUT =>
        {
            let attempts = attempts.saturating_add(1);
            Transition {
                state: ConnectionState::Verifying {
                    binding,
                    since,
                    attempts,
                    reason: Some(reason),
                    previous,
                },
                effects: vec![ConnectionEffect::SetTimer(schedule::while_propagating(attempts, now))],
            }
        }
        ConnectionState::Verifying { binding, previous: Some(previous), .. } => {
            fall_back(*previous, binding, reason)
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
        ConnectionState::Insecure { binding, exposure, checked_at, failures } if reason.is_transient() => {
            let failures = failures.saturating_add(1);
            let next_check = schedule::while_broken(&binding.role_arn, failures, now);
            Transition {
                state: ConnectionState::Insecure { binding, exposure, checked_at, failures },
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
