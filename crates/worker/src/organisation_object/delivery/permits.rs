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
    waiting: VecDeque<oneshot::Sender<()>>,
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
            if passed_on.await.is_ok() {
                // The permit stayed in use for this caller.
                return Permit(Rc::clone(self));
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.0.0.borrow_mut();
        while let Some(waiting) = state.waiting.pop_front() {
            // A caller that no longer waits is skipped.
            if waiting.send(()).is_ok() {
                return;
            }
        }
        state.used -= 1;
    }
}
