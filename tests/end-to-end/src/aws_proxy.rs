//! A proxy between the Worker and the local AWS. It records every call, enforces session policies, and can inject faults that the emulator
//! doesn't have.

mod call;
pub(crate) mod fault;
pub(crate) mod send_policy;
mod session_policy;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use self::fault::Faults;
pub(crate) use self::{call::Call, fault::FaultGuard};
use crate::{
    http_proxy::{Exchange, HttpProxy, ProxyAction, ProxyHandler},
    sns_signer,
    wire::Message,
};

/// [`Call::action`] of the SES operation SendEmail.
pub(crate) const SEND_EMAIL: &str = "POST /v2/email/outbound-emails";

/// [`Call::action`] of the SES operation GetAccount.
pub(crate) const GET_ACCOUNT: &str = "GET /v2/email/account";

/// [`Call::action`] of the SES operation `CreateEmailIdentity`.
pub(crate) const CREATE_IDENTITY: &str = "POST /v2/email/identities";

/// [`Call::action`] of the SES operation `ListEmailIdentities`.
pub(crate) const LIST_IDENTITIES: &str = "POST /v2/email/list-identities";

pub(crate) struct AwsProxy(HttpProxy<AwsProxyHandler>);

#[derive(Default)]
struct AwsProxyHandler {
    calls: Mutex<Vec<Arc<Call>>>,
    /// Each session by its access key.
    sessions: Mutex<HashMap<String, Session>>,
    faults: Arc<Faults>,
}

/// A session of a role.
#[derive(Clone, Default)]
struct Session {
    role: String,
    /// The session policy; empty if there is none.
    policy: String,
}

impl AwsProxy {
    /// Starts a proxy in front of the AWS at `aws`. It also serves the certificates of [`sns_signer`].
    pub(crate) fn start(aws: SocketAddr) -> io::Result<Self> {
        Ok(Self(HttpProxy::start(Some(aws), AwsProxyHandler::default())?))
    }

    pub(crate) fn origin(&self) -> String {
        self.0.origin()
    }

    /// Returns all calls so far, in the order of the responses.
    pub(crate) fn calls(&self) -> Vec<Arc<Call>> {
        lock(&self.0.handler().calls).clone()
    }

    /// Returns the calls of `action` that assume the role or are signed with a session of it.
    pub(crate) fn calls_by_role(&self, role_arn: &str, action: &str) -> Vec<Arc<Call>> {
        self.calls_matching(|call| call.action == action && call.role == role_arn)
    }

    pub(crate) fn calls_matching(&self, predicate: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        lock(&self.0.handler().calls).iter().filter(|call| predicate(call)).map(Arc::clone).collect()
    }

    /// Returns the secret keys and session tokens of all roles that the Worker has assumed.
    pub(crate) fn session_secrets(&self) -> Vec<String> {
        self.calls().iter().flat_map(|call| call.secrets()).collect()
    }

    /// Injects a fault until the guard is dropped. Calls for which `fault` returns `None` are not changed.
    #[must_use]
    pub(crate) fn inject_fault(
        &self,
        fault: impl Fn(&Call) -> Option<ProxyAction> + Send + Sync + 'static,
    ) -> FaultGuard {
        Faults::add(&self.0.handler().faults, fault)
    }

    /// Injects a fault into one action of one role until the guard is dropped.
    #[must_use]
    pub(crate) fn inject_fault_for_role(
        &self,
        role_arn: &str,
        action: &'static str,
        fault: impl Fn(&Call) -> Option<ProxyAction> + Send + Sync + 'static,
    ) -> FaultGuard {
        let role_arn = role_arn.to_owned();
        self.inject_fault(
            move |call| if call.action == action && call.role == role_arn { fault(call) } else { None },
        )
    }
}

impl AwsProxy {
    /// Throttles all SendEmail calls of a role until the guard is dropped.
    #[must_use]
    pub(crate) fn throttle_emails(&self, role_arn: &str) -> FaultGuard {
        self.inject_fault_for_role(role_arn, SEND_EMAIL, |_| Some(fault::throttle()))
    }

    /// Returns the number of SendEmail calls of a role.
    pub(crate) fn send_call_count(&self, role_arn: &str) -> usize {
        self.calls_by_role(role_arn, SEND_EMAIL).len()
    }

    /// Returns the SendEmail calls of a role that SES processed successfully.
    pub(crate) fn processed_emails(&self, role_arn: &str) -> Vec<Arc<Call>> {
        self.calls_matching(|call| call.action == SEND_EMAIL && call.role == role_arn && call.processed)
    }
}

impl ProxyHandler for AwsProxyHandler {
    fn handle(&self, request: &mut Message) -> ProxyAction {
        if let Some(pem) = sns_signer::certificate(request.target()) {
            let headers = [("content-type", "application/x-pem-file")];
            return ProxyAction::Respond(Message::response(200, &headers, pem));
        }
        let call = self.parse(request);
        let policy = self.session(&call).policy;
        let denial = || session_policy::denial(&call, &policy).filter(|_| !policy.is_empty());
        self.faults.apply(&call).or_else(denial).unwrap_or(ProxyAction::Forward)
    }

    fn record(&self, exchange: Exchange) {
        let mut call = self.parse(&exchange.request);
        call.completed_at = Some(Instant::now());
        call.processed = exchange.upstream_response.as_ref().is_some_and(|response| response.status() == 200);
        if let Some(response) = &exchange.response {
            call.status = response.status();
            call.response_body = response.text();
            response.header("x-amzn-requestid").unwrap_or_default().clone_into(&mut call.request_id);
        }
        if let Some(key) = call.session_key() {
            let policy = call.parameter("Policy").to_owned();
            lock(&self.sessions).insert(key.to_owned(), Session { role: call.role.clone(), policy });
        }
        lock(&self.calls).push(Arc::new(call));
    }
}

impl AwsProxyHandler {
    /// Parses a call and looks up the role of its session.
    fn parse(&self, request: &Message) -> Call {
        let mut call = Call::parse(request);
        if call.role.is_empty() {
            call.role = self.session(&call).role;
        }
        call
    }

    /// Returns the session that signed a call.
    fn session(&self, call: &Call) -> Session {
        lock(&self.sessions).get(&call.access_key_id).cloned().unwrap_or_default()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
