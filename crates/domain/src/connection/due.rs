//! The times at which a connection's work is due.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{CheckAttempt, ConnectionEffect, ConnectionState, attempts::Attempts, audit::PermissionAudit};

/// The time after which a check that has started is due again: the instance may have ended meanwhile.
const CHECK_TIMEOUT: Duration = Duration::minutes(1);

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
    attempts: Attempts,
}

impl DueTimes {
    /// Returns the earliest time at which something is due.
    #[must_use]
    pub fn next(&self) -> Option<OffsetDateTime> {
        [self.timer, self.audit, self.check].into_iter().flatten().min()
    }

    /// Updates the times by the effects of a transition at `now`.
    pub(super) fn apply(&mut self, effects: &[ConnectionEffect], now: OffsetDateTime) {
        for effect in effects {
            match effect {
                ConnectionEffect::CheckRole => self.request_check(now),
                ConnectionEffect::SetTimer(at) => self.timer = Some(*at),
                ConnectionEffect::ClearTimer => *self = Self { attempts: self.attempts, ..Self::default() },
                ConnectionEffect::ForgetCredentials
                | ConnectionEffect::ConfirmSubscription
                | ConnectionEffect::DeferConfirmation
                | ConnectionEffect::ReportRefusedRole(_) => {}
            }
        }
    }

    /// Starts a check and returns its number. It is due again in a minute, unless it has finished by then.
    pub(super) fn start_check(&mut self, now: OffsetDateTime) -> u64 {
        self.check = Some(now + CHECK_TIMEOUT);
        self.attempts.start()
    }

    /// Finishes a check. Returns whether its result counts.
    pub(super) const fn finish_check(&mut self, attempt: u64) -> bool {
        if !self.attempts.is_current(attempt) {
            return false;
        }
        if self.attempts.finish(attempt) {
            self.check = None;
        }
        true
    }

    /// From now on, no check that has started counts.
    pub(super) const fn close_checks(&mut self) {
        self.attempts.close_all();
    }

    /// Returns whether the result of a check would count.
    #[must_use]
    pub const fn is_current(&self, attempt: &CheckAttempt) -> bool {
        self.attempts.is_current(attempt.number)
    }

    /// Returns whether [`TimerFired`](super::ConnectionEvent::TimerFired) is due, and removes the timer then.
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
        self.attempts.request();
    }

    /// Removes the due audit, because it starts.
    pub const fn clear_audit(&mut self) {
        self.audit = None;
    }

    /// Removes the due check, because no role is bound.
    pub(super) const fn clear_check(&mut self) {
        self.check = None;
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;
    use crate::connection::{Binding, CheckResult, Connection, ConnectionEvent, Reason};

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

    fn failed(attempt: &CheckAttempt) -> ConnectionEvent {
        let result = CheckResult::Failed(Reason::RoleRefused);
        ConnectionEvent::CheckFinished { attempt: attempt.number, result }
    }

    fn with_role(role: &str) -> Connection {
        let mut connection = Connection::default();
        connection.apply(registered(role), NOW);
        connection
    }

    #[test]
    fn a_finished_check_is_no_longer_due_and_sets_the_timer_of_the_next_one() {
        let mut connection = with_role("a");
        assert!(connection.due.is_check_due(NOW));
        let attempt = connection.start_check(NOW).unwrap();
        connection.apply(failed(&attempt), NOW);
        let mut due = connection.due;
        assert!(!due.is_check_due(NOW + CHECK_TIMEOUT) && !due.take_timer(NOW));
        let at = due.next().unwrap();
        assert!(at > NOW && due.take_timer(at));
        assert_eq!(due.next(), None);
    }

    #[test]
    fn a_check_that_has_started_is_due_again_only_if_it_does_not_finish() {
        let mut connection = with_role("a");
        connection.start_check(NOW).unwrap();
        assert!(!connection.due.is_check_due(NOW));
        assert_eq!(connection.due.next(), Some(NOW + CHECK_TIMEOUT));
    }

    #[test]
    fn a_check_that_is_requested_during_another_one_is_still_made() {
        let mut connection = with_role("a");
        let attempt = connection.start_check(NOW).unwrap();
        connection.apply(ConnectionEvent::CheckRequested, NOW);
        connection.apply(failed(&attempt), NOW);
        assert!(connection.due.is_check_due(NOW));
        let next = connection.start_check(NOW).unwrap();
        connection.apply(failed(&next), NOW);
        assert!(!connection.due.is_check_due(NOW + CHECK_TIMEOUT));
    }

    #[test]
    fn nothing_is_due_after_the_connection_ended_and_its_checks_never_count_again() {
        let mut connection = with_role("a");
        let attempt = connection.start_check(NOW).unwrap();
        connection.due.request_audit(NOW);
        connection.apply(ConnectionEvent::DisconnectRequested, NOW);
        assert_eq!(connection.due.next(), None);
        connection.apply(registered("a"), NOW);
        assert!(!connection.due.is_current(&attempt));
        assert!(connection.due.is_current(&connection.clone().start_check(NOW).unwrap()));
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
        let Connection { state, mut due } = with_role("a");
        due.clear_check();
        due.request_audit_if_old(&state, None, NOW);
        assert_eq!(due.next(), None);
    }

    #[test]
    fn the_times_are_stored_as_numbers() {
        let due = with_role("a").due;
        let text = serde_json::to_string(&due).unwrap();
        let attempts = r#""attempts":{"started":0,"closed":0,"requested":0}"#;
        assert_eq!(text, format!(r#"{{"timer":null,"audit":null,"check":1795521600000,{attempts}}}"#));
        assert_eq!(serde_json::from_str::<DueTimes>(&text).unwrap(), due);
    }
}
