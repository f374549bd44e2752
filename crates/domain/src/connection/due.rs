//! The times at which a connection's work is due.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ConnectionEffect, ConnectionEvent, ConnectionState, audit::PermissionAudit};

/// The times at which a connection's work is due. `None` if there is no such work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueTimes {
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    timer: Option<OffsetDateTime>,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    audit: Option<OffsetDateTime>,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    check: Option<OffsetDateTime>,
}

impl DueTimes {
    /// Returns the earliest time at which something is due.
    #[must_use]
    pub fn next(&self) -> Option<OffsetDateTime> {
        [self.timer, self.audit, self.check].into_iter().flatten().min()
    }

    /// Updates the times after `event` led to `state` with these effects at `now`.
    pub fn apply(
        &mut self,
        event: &ConnectionEvent,
        state: &ConnectionState,
        effects: &[ConnectionEffect],
        now: OffsetDateTime,
    ) {
        if let ConnectionEvent::CheckFinished { role_arn, .. } = event
            // If the role was replaced during the check, the new one must still be checked.
            && state.binding().is_none_or(|binding| binding.role_arn == *role_arn)
        {
            self.check = None;
        }
        for effect in effects {
            match effect {
                ConnectionEffect::CheckRole => self.check = Some(now),
                ConnectionEffect::SetTimer(at) => self.timer = Some(*at),
                ConnectionEffect::ClearTimer => *self = Self::default(),
                ConnectionEffect::ForgetCredentials | ConnectionEffect::ConfirmSubscription => {}
            }
        }
    }

    /// Returns whether [`ConnectionEvent::TimerFired`] is due, and removes the timer then.
    pub fn take_timer(&mut self, now: OffsetDateTime) -> bool {
        let is_due = self.timer.is_some_and(|at| at <= now);
        if is_due {
            self.timer = None;
        }
        is_due
    }

    /// Returns whether an audit of the role's permissions is due.
    #[must_use]
    pub fn is_audit_due(&self, now: OffsetDateTime) -> bool {
        self.audit.is_some_and(|at| at <= now)
    }

    /// Returns whether a check of the role is due.
    #[must_use]
    pub fn is_check_due(&self, now: OffsetDateTime) -> bool {
        self.check.is_some_and(|at| at <= now)
    }

    /// Requests an audit now, unless one is due already.
    pub fn request_audit(&mut self, now: OffsetDateTime) {
        if !self.is_audit_due(now) {
            self.audit = Some(now);
        }
    }

    /// Requests an audit together with a regular check, if the role is verified and the last audit is old.
    pub fn request_audit_if_old(
        &mut self,
        state: &ConnectionState,
        last: Option<&PermissionAudit>,
        now: OffsetDateTime,
    ) {
        if state.verified_binding().is_some() && PermissionAudit::is_due(last, now) {
            self.request_audit(now);
        }
    }

    /// Requests a check now.
    pub const fn request_check(&mut self, now: OffsetDateTime) {
        self.check = Some(now);
    }

    /// Removes the due audit, because it starts.
    pub const fn clear_audit(&mut self) {
        self.audit = None;
    }

    /// Removes the due check, because no role is bound.
    pub const fn clear_check(&mut self) {
        self.check = None;
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;
    use crate::connection::{Binding, CheckResult, Reason, transition};

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn registered(role: &str) -> ConnectionEvent {
        ConnectionEvent::RoleRegistered {
            binding: Binding {
                role_arn: format!("arn:aws:iam::111111111111:role/{role}").parse().unwrap(),
                stack_region: "eu-west-1".parse().unwrap(),
                events: vec![],
            },
        }
    }

    fn check_failed(role: &str) -> ConnectionEvent {
        ConnectionEvent::CheckFinished {
            role_arn: format!("arn:aws:iam::111111111111:role/{role}").parse().unwrap(),
            result: CheckResult::Failed(Reason::RoleRefused),
        }
    }

    /// Returns the due times and the state after these events.
    fn after(events: &[ConnectionEvent]) -> (DueTimes, ConnectionState) {
        let (mut due, mut state) = (DueTimes::default(), ConnectionState::default());
        for event in events {
            let next = transition(state, event.clone(), NOW);
            due.apply(event, &next.state, &next.effects, NOW);
            state = next.state;
        }
        (due, state)
    }

    #[test]
    fn a_finished_check_is_no_longer_due_and_sets_the_timer_of_the_next_one() {
        assert!(after(&[registered("a")]).0.is_check_due(NOW));
        let (mut due, _) = after(&[registered("a"), check_failed("a")]);
        assert!(!due.is_check_due(NOW) && !due.take_timer(NOW));
        let at = due.next().unwrap();
        assert!(at > NOW && due.take_timer(at));
        assert_eq!(due.next(), None);
    }

    #[test]
    fn a_role_that_replaces_another_during_its_check_is_still_checked() {
        let (due, _) = after(&[registered("a"), registered("b"), check_failed("a")]);
        assert!(due.is_check_due(NOW));
    }

    #[test]
    fn nothing_is_due_after_the_connection_ended() {
        let (mut due, state) = after(&[registered("a"), check_failed("a")]);
        due.request_audit(NOW);
        let event = ConnectionEvent::DisconnectRequested;
        let next = transition(state, event.clone(), NOW);
        due.apply(&event, &next.state, &next.effects, NOW);
        assert_eq!(due, DueTimes::default());
    }

    #[test]
    fn an_audit_that_is_due_already_keeps_its_time() {
        let mut due = DueTimes::default();
        due.request_audit(NOW);
        due.request_audit(NOW + Duration::SECOND);
        assert_eq!(due.next(), Some(NOW));
    }

    #[test]
    fn only_a_verified_role_is_audited_with_a_check() {
        let (mut due, state) = after(&[registered("a")]);
        due.clear_check();
        due.request_audit_if_old(&state, None, NOW);
        assert_eq!(due.next(), None);
    }

    #[test]
    fn the_times_are_stored_as_numbers() {
        let (due, _) = after(&[registered("a")]);
        let text = serde_json::to_string(&due).unwrap();
        assert_eq!(text, r#"{"timer":null,"audit":null,"check":1795521600000}"#);
        assert_eq!(serde_json::from_str::<DueTimes>(&text).unwrap(), due);
    }
}
