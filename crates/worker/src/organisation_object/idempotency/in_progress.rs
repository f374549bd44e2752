//! Requests in progress, and retries that wait for them.

use std::{cell::RefCell, collections::HashMap, pin::pin, rc::Rc};

use api_contract::{Fingerprint, KeyDigest, LOCK_TIMEOUT, RequestSeed};
use futures_channel::oneshot;
use futures_util::future::select;
use time::{Duration, OffsetDateTime};

use crate::clock;

/// The requests in progress, by their key's digest.
#[derive(Default)]
pub(super) struct InProgress(RefCell<HashMap<KeyDigest, Rc<Running>>>);

/// A request in progress.
pub(super) struct Running {
    pub(super) fingerprint: Fingerprint,
    pub(super) seed: RequestSeed,
    /// The end of its lock.
    pub(super) until: OffsetDateTime,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Running {
    /// Waits until the request has finished, at most for `patience`.
    pub(super) async fn wait(&self, patience: Duration) {
        let (finished, is_finished) = oneshot::channel();
        self.waiting.borrow_mut().push(finished);
        // A millisecond at least: a clock that stands still must not be asked for ever.
        let patience = pin!(clock::sleep(patience.max(Duration::MILLISECOND)));
        drop(select(is_finished, patience).await);
    }
}

/// Keeps a request in progress until it is dropped, however the request ends.
pub(super) struct Lock {
    requests: Rc<InProgress>,
    digest: KeyDigest,
    seed: RequestSeed,
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.requests.remove(&self.digest, self.seed);
    }
}

impl InProgress {
    pub(super) fn get(&self, digest: &KeyDigest) -> Option<Rc<Running>> {
        self.0.borrow().get(digest).map(Rc::clone)
    }

    pub(super) fn insert(
        self: &Rc<Self>,
        digest: &KeyDigest,
        fingerprint: &Fingerprint,
        seed: RequestSeed,
        now: OffsetDateTime,
    ) -> Lock {
        let until = now + LOCK_TIMEOUT;
        let running = Running { fingerprint: *fingerprint, seed, until, waiting: RefCell::default() };
        let mut requests = self.0.borrow_mut();
        // Requests that never finished.
        if requests.len() > 100 {
            requests.retain(|_, running| running.until > now);
        }
        requests.insert(*digest, Rc::new(running));
        Lock { requests: Rc::clone(self), digest: *digest, seed }
    }

    /// Removes a request, and wakes the retries that wait for it.
    fn remove(&self, digest: &KeyDigest, seed: RequestSeed) {
        let mut requests = self.0.borrow_mut();
        if requests.get(digest).is_some_and(|running| running.seed == seed) {
            let running = requests.remove(digest);
            // Dropping the senders wakes all who wait.
            drop(running.map(|running| running.waiting.take()));
        }
    }
}
