//! Faults that a case injects into calls to AWS.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Call;
use crate::{http_proxy::ProxyAction, wire::Message};

type Fault = dyn Fn(&Call) -> Option<ProxyAction> + Send + Sync;

/// Request ID of every injected error response.
pub(crate) const REQUEST_ID: &str = "11111111-2222-3333-4444-555555555555";

/// The active faults.
#[derive(Default)]
pub(crate) struct Faults(Mutex<FaultList>);

#[derive(Default)]
struct FaultList {
    last_id: u64,
    active: Vec<(u64, Arc<Fault>)>,
}

/// Removes a fault when dropped.
pub(crate) struct FaultGuard {
    faults: Arc<Faults>,
    id: u64,
}

impl Faults {
    pub(crate) fn add(
        faults: &Arc<Self>,
        fault: impl Fn(&Call) -> Option<ProxyAction> + Send + Sync + 'static,
    ) -> FaultGuard {
        let mut list = faults.list();
        list.last_id += 1;
        let id = list.last_id;
        list.active.push((id, Arc::new(fault)));
        FaultGuard { faults: Arc::clone(faults), id }
    }

    /// Returns the action of the newest fault that applies to `call`.
    pub(crate) fn apply(&self, call: &Call) -> Option<ProxyAction> {
        // Clones the list, because a fault may block and the lock must not be held meanwhile.
        let active: Vec<_> = self.list().active.iter().map(|(_, fault)| Arc::clone(fault)).collect();
        active.iter().rev().find_map(|fault| fault(call))
    }

    fn list(&self) -> MutexGuard<'_, FaultList> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        self.faults.list().active.retain(|(id, _)| *id != self.id);
    }
}

/// Responds with an error of a JSON service such as SES.
pub(crate) fn json_error(status: u16, code: &str, message: &str) -> ProxyAction {
    ProxyAction::Respond(json_error_response(status, code, message))
}

/// Returns an error response of a JSON service such as SES.
pub(crate) fn json_error_response(status: u16, code: &str, message: &str) -> Message {
    let headers =
        [("content-type", "application/json"), ("x-amzn-errortype", code), ("x-amzn-requestid", REQUEST_ID)];
    Message::response(status, &headers, serde_json::json!({ "message": message }).to_string())
}

/// Responds with the SES error for an exceeded sending rate.
pub(crate) fn throttle() -> ProxyAction {
    json_error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
}

/// Responds with an error of a Query protocol service such as STS or SNS.
pub(crate) fn query_error(status: u16, code: &str, message: &str) -> ProxyAction {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    );
    ProxyAction::Respond(Message::response(status, &[("content-type", "text/xml")], body))
}
