//! Transitions of a connection when AWS denies its emails.

use time::OffsetDateTime;

use super::{ConnectionEffect, ConnectionState, Reason, Transition, schedule, transition::stay};

pub(super) fn denied(state: ConnectionState, reason: Reason, now: OffsetDateTime) -> Transition {
    let may_replace = state.reason().is_none_or(|known| known.allows_sending() && !known.denies_sends());
    match state {
        ConnectionState::Connected { binding, account, .. }
        | ConnectionState::Degraded { binding, account: Some(account), .. }
            if may_replace =>
        {
            let next_check = now + schedule::with_jitter(&binding.role_arn, schedule::CHECK_INTERVAL);
            let account = Some(account);
            Transition {
                state: ConnectionState::Degraded { binding, reason, account, checked_at: now, failures: 0 },
                effects: vec![ConnectionEffect::SetTimer(next_check)],
            }
        }
        other => stay(other),
    }
}

pub(super) fn allowed(state: ConnectionState) -> Transition {
    match state {
        // The check finds what else is wrong.
        ConnectionState::Degraded { binding, reason, account: Some(account), checked_at, .. }
            if reason.denies_sends() =>
        {
            Transition {
                state: ConnectionState::Connected { binding, account, checked_at, unanswered: 0 },
                effects: vec![ConnectionEffect::CheckRole],
            }
        }
        other => stay(other),
    }
}
