//! Permits for calls to SES.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use futures_channel::oneshot;

/// All requests of an object share one I/O context, which opens six connections at a time. One stays free for other calls, such as to STS.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>
const MAX_CALLS: usize = 5;

/// Limits how many calls to SES are in progress.
#[derive(Default)]
pub(super) struct Permits(RefCell<State>);

#[derive(Default)]
struct State {
    used: usize,
    waiting: VecDeque<oneshot::Sender<Permit>>,
}

/// A permit for one call. Dropping it passes it on.
pub(super) struct Permit(Rc<Permits>);

impl Permits {
    /// Returns a permit if one is free.
    pub(super) fn try_acquire(self: &Rc<Self>) -> Option<Permit> {
        let mut state = self.0.borrow_mut();
        if state.used >= MAX_CALLS {
            return None;
        }
        state.used += 1;
        Some(Permit(Rc::clone(self)))
    }

    /// Waits for a permit, in the order of the callers.
    pub(super) async fn acquire(self: &Rc<Self>) -> Permit {
        loop {
            if let Some(permit) = self.try_acquire() {
                return permit;
            }
            let (pass_on, passed_on) = oneshot::channel();
            self.0.borrow_mut().waiting.push_back(pass_on);
            if let Ok(permit) = passed_on.await {
                return permit;
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        loop {
            let Some(waiting) = self.0.0.borrow_mut().waiting.pop_front() else { break };
            // If the caller stops waiting before it takes the permit from the channel, dropping the channel passes it on.
            match waiting.send(Self(Rc::clone(&self.0))) {
                Ok(()) => return,
                // The caller had stopped waiting. This permit is still in use by `self`.
                Err(permit) => std::mem::forget(permit),
            }
        }
        self.0.0.borrow_mut().used -= 1;
    }
}
