//! A role that is to be connected: registered by the customer, or reported by a stack.
//!
//! Until a check has proven it, a role is only a claim: the customer may have mistyped it, and the role that a stack's confirmation names
//! isn't signed. So a proven role stays in force until the other one is proven, and returns to be the only one if that fails.

use time::OffsetDateTime;

use super::{
    Binding, ConnectionEffect, ConnectionState, Transition,
    transition::{binding_mut, check_if_bound, stay},
};

pub(super) fn role_registered(state: ConnectionState, binding: Binding, now: OffsetDateTime) -> Transition {
    let known = state.binding().cloned();
    let is_known_role = known.as_ref().is_some_and(|known| known.role_arn == binding.role_arn);
    // Registering the same role manually keeps the event sources of its stack.
    let binding = match &known {
        Some(known) if is_known_role => binding.with_events_of(known),
        _ => binding,
    };
    let in_force = match state {
        ConnectionState::Verifying { previous, .. } => previous.map(|previous| *previous),
        other => Some(other),
    };
    match in_force.filter(|state| state.sending_binding().is_some()) {
        Some(in_force) if in_force.binding().is_some_and(|known| is_same_role(known, &binding)) => {
            check_if_bound(in_force)
        }
        Some(in_force) => verify(binding, Some(in_force), now, vec![]),
        None if is_known_role => verify(binding, None, now, vec![]),
        None => verify(binding, None, now, vec![ConnectionEffect::ForgetCredentials]),
    }
}

/// A stack reports its role and topic. Neither the role nor the region of the link is signed, only the topic is.
pub(super) fn stack_ready(state: ConnectionState, binding: Binding, now: OffsetDateTime) -> Transition {
    let known = state.in_force().binding();
    let is_connected = known.is_some_and(|_| {
        state.verified_binding().is_some() || matches!(state, ConnectionState::Insecure { .. })
    });
    // The webhook URL must not be enough to move the organisation's email to another account.
    if is_connected && known.is_some_and(|known| known.account() != binding.account()) {
        return stay(state);
    }
    match state {
        // The link has been revoked.
        ConnectionState::NotConnected | ConnectionState::Disconnected { .. } => stay(state),
        ConnectionState::AwaitingStack { .. } => {
            verify(binding, None, now, vec![ConnectionEffect::ConfirmSubscription])
        }
        ConnectionState::Verifying { binding: known, since, attempts, reason, previous }
            if known.role_arn == binding.role_arn =>
        {
            let binding = with_known_role(binding, &known);
            confirm(ConnectionState::Verifying { binding, since, attempts, reason, previous })
        }
        // Another role must not take the place of one that is about to be proven.
        ConnectionState::Verifying { .. } => {
            Transition { state, effects: vec![ConnectionEffect::DeferConfirmation] }
        }
        bound => {
            let known_role = bound.binding().filter(|known| known.role_arn == binding.role_arn).cloned();
            match known_role {
                Some(known) => stack_of_known_role(bound, with_known_role(binding, &known), now),
                None => verify(binding, Some(bound), now, vec![ConnectionEffect::ConfirmSubscription]),
            }
        }
    }
}

/// Applies the event sources of a stack that uses the bound role.
fn stack_of_known_role(mut state: ConnectionState, binding: Binding, now: OffsetDateTime) -> Transition {
    if let Some(known) = binding_mut(&mut state) {
        known.clone_from(&binding);
    }
    match state {
        // Its subscription was the problem.
        ConnectionState::Degraded { reason, account: Some(account), checked_at, .. }
            if reason.concerns_events() =>
        {
            confirm(ConnectionState::Connected { binding, account, checked_at, unanswered: 0 })
        }
        // The role may have been created again, so the intervals between its checks start again.
        ConnectionState::Degraded { reason, account: Some(account), checked_at, .. }
            if !reason.allows_sending() =>
        {
            let (account, failures) = (Some(account), 1);
            confirm(ConnectionState::Degraded { binding, reason, account, checked_at, failures })
        }
        ConnectionState::Degraded { account: None, .. } | ConnectionState::Insecure { .. } => {
            verify(binding, None, now, vec![ConnectionEffect::ConfirmSubscription])
        }
        other => confirm(other),
    }
}

fn confirm(state: ConnectionState) -> Transition {
    Transition { state, effects: vec![ConnectionEffect::ConfirmSubscription, ConnectionEffect::CheckRole] }
}

fn verify(
    binding: Binding,
    previous: Option<ConnectionState>,
    now: OffsetDateTime,
    mut effects: Vec<ConnectionEffect>,
) -> Transition {
    effects.push(ConnectionEffect::CheckRole);
    let previous = previous.map(Box::new);
    Transition {
        state: ConnectionState::Verifying { binding, since: now, attempts: 0, reason: None, previous },
        effects,
    }
}

/// Adds the event source of another stack to an existing role.
fn with_known_role(binding: Binding, known: &Binding) -> Binding {
    Binding { stack_region: known.stack_region, ..binding.with_events_of(known) }
}

fn is_same_role(a: &Binding, b: &Binding) -> bool {
    a.role_arn == b.role_arn && a.stack_region == b.stack_region
}
