//! Requests that wait for the outcome of an email that was queued.

use std::{cell::RefCell, collections::HashMap, pin::pin};

use api_contract::ApiError;
use domain::{EmailId, delivery::EmailStatus};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use time::Duration;

use crate::clock;

/// The status of an email after an attempt, or the error to respond with.
pub(super) type Response = Result<EmailStatus, ApiError>;

#[derive(Default)]
pub(super) struct Waiters(RefCell<HashMap<EmailId, oneshot::Sender<Response>>>);

impl Waiters {
    /// Registers a request. Register before anyone can send the email.
    pub(super) fn register(&self, id: EmailId) -> oneshot::Receiver<Response> {
        let (outcome, receiver) = oneshot::channel();
        self.0.borrow_mut().insert(id, outcome);
        receiver
    }

    /// Passes an outcome to the request that waits for it, if any.
    pub(super) fn notify(&self, id: EmailId, response: Response) {
        if let Some(waiter) = self.0.borrow_mut().remove(&id) {
            // The request may have stopped waiting.
            let _ = waiter.send(response);
        }
    }

    /// Waits for the outcome, at most for `patience`. `None` if the email is still queued then.
    pub(super) async fn wait(
        &self,
        id: EmailId,
        outcome: oneshot::Receiver<Response>,
        patience: Duration,
    ) -> Option<Response> {
        let patience = pin!(clock::sleep(patience));
        let response = match select(outcome, patience).await {
            Either::Left((response, _)) => response.ok(),
            Either::Right(((), _)) => None,
        };
        self.0.borrow_mut().remove(&id);
        response
    }
}
