//! A connection with the work that is due.

use std::mem;

use time::OffsetDateTime;

use super::{
    Binding, CheckAttempt, ConnectionEffect, ConnectionEvent, ConnectionState, DueTimes, Transition,
    transition,
};

/// The state of a connection, and what is due for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connection {
    pub state: ConnectionState,
    pub due: DueTimes,
}

impl Connection {
    /// Applies an event at `now` and returns the effects to carry out, in order. The result of a check that no longer counts has none.
    pub fn apply(&mut self, event: ConnectionEvent, now: OffsetDateTime) -> Vec<ConnectionEffect> {
        if let ConnectionEvent::CheckFinished { attempt, .. } = event
            && !self.due.finish_check(attempt)
        {
            return vec![];
        }
        let checked_before = self.state.binding().cloned();
        let Transition { state, effects } = transition(mem::take(&mut self.state), event, now);
        if checked_before.as_ref().map(checked) != state.binding().map(checked) {
            self.due.close_checks();
        }
        self.state = state;
        self.due.apply(&effects, now);
        effects
    }

    /// Starts a check. Returns `None` if no role is bound; then no check is due any more.
    pub fn start_check(&mut self, now: OffsetDateTime) -> Option<CheckAttempt> {
        let Some(binding) = self.state.binding().cloned() else {
            self.due.clear_check();
            return None;
        };
        Some(CheckAttempt { number: self.due.start_check(now), binding })
    }
}

/// Returns what a check is about.
const fn checked(binding: &Binding) -> (&aws_sans_io::RoleArn, aws_sans_io::Region) {
    (&binding.role_arn, binding.stack_region)
}
