//! What AWS answers when it doesn't do what it is asked, for as long as a case wants it to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Call;
use crate::{relay::Reaction, wire::Message};

type Fault = dyn Fn(&Call) -> Option<Reaction> + Send + Sync;

/// The faults that last now.
#[derive(Default)]
pub(crate) struct Faults(Mutex<List>);

#[derive(Default)]
struct List {
    made: u64,
    lasting: Vec<(u64, Arc<Fault>)>,
}

/// A fault that ends when this is dropped.
pub(crate) struct FaultGuard {
    faults: Arc<Faults>,
    id: u64,
}

impl Faults {
    /// Adds one to `faults`.
    pub(crate) fn add(
        faults: &Arc<Self>,
        fault: impl Fn(&Call) -> Option<Reaction> + Send + Sync + 'static,
    ) -> FaultGuard {
        let mut list = faults.list();
        list.made += 1;
        let id = list.made;
        list.lasting.push((id, Arc::new(fault)));
        FaultGuard { faults: Arc::clone(faults), id }
    }

    /// What the newest fault that is about this call does.
    pub(crate) fn step_in(&self, call: &Call) -> Option<Reaction> {
        // The lock isn't held while a fault lets a call wait.
        let lasting: Vec<_> = self.list().lasting.iter().map(|(_, fault)| Arc::clone(fault)).collect();
        lasting.iter().rev().find_map(|fault| fault(call))
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        self.faults.list().lasting.retain(|(id, _)| *id != self.id);
    }
}

/// An error of a service that speaks JSON, such as SES.
pub(crate) fn json_error(status: u16, code: &str, message: &str) -> Reaction {
    Reaction::Answer(json_answer(status, code, message))
}

/// The same, as a message.
pub(crate) fn json_answer(status: u16, code: &str, message: &str) -> Message {
    let headers =
        [("content-type", "application/json"), ("x-amzn-errortype", code), ("x-amzn-requestid", REQUEST_ID)];
    Message::response(status, &headers, serde_json::json!({ "message": message }).to_string())
}

/// An error of a service that speaks the Query protocol, such as STS and SNS.
pub(crate) fn query_error(status: u16, code: &str, message: &str) -> Reaction {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    );
    Reaction::Answer(Message::response(status, &[("content-type", "text/xml")], body))
}

/// The request id of every fault.
pub(crate) const REQUEST_ID: &str = "11111111-2222-3333-4444-555555555555";
