//! What the Worker says to AWS: a relay before the local AWS that remembers every call, and may answer one as AWS would where
//! the emulator doesn't.

mod call;
pub(crate) mod fault;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

pub(crate) use self::call::Call;
use self::fault::Faults;
use crate::{
    forger,
    relay::{Exchange, Reaction, Relay, Station},
    wire::Message,
};

/// SES's operation that sends, as [`Call::action`] names it.
pub(crate) const SEND_EMAIL: &str = "POST /v2/email/outbound-emails";

/// SES's operation that reads the account.
pub(crate) const GET_ACCOUNT: &str = "GET /v2/email/account";

/// SES's operation that makes an identity.
pub(crate) const CREATE_IDENTITY: &str = "POST /v2/email/identities";

/// SES's operation that lists identities.
pub(crate) const LIST_IDENTITIES: &str = "POST /v2/email/list-identities";

/// A relay before the local AWS.
pub(crate) struct Wiretap(Relay<Tap>);

#[derive(Default)]
struct Tap {
    calls: Mutex<Vec<Arc<Call>>>,
    /// The role of each session that AWS has given keys for, by access key.
    sessions: Mutex<HashMap<String, String>>,
    faults: Arc<Faults>,
}

/// Ends a fault when it is dropped.
pub(crate) use self::fault::FaultGuard;

impl Wiretap {
    /// Starts the relay before the AWS at `aws`. It also hands out the forger's certificates, as SNS would its own.
    pub(crate) fn start(aws: SocketAddr) -> io::Result<Self> {
        Ok(Self(Relay::start(Some(aws), Tap::default())?))
    }

    /// Where the Worker finds AWS.
    pub(crate) fn origin(&self) -> String {
        self.0.origin()
    }

    /// Every call so far, in the order of the answers.
    pub(crate) fn calls(&self) -> Vec<Arc<Call>> {
        lock(&self.0.station().calls).clone()
    }

    /// The calls of one action about one role: AssumeRole names it, the others are signed with a session of it.
    pub(crate) fn calls_by_role(&self, role_arn: &str, action: &str) -> Vec<Arc<Call>> {
        self.calls_where(|call| call.action == action && call.role == role_arn)
    }

    /// The calls that fit.
    pub(crate) fn calls_where(&self, fits: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        lock(&self.0.station().calls).iter().filter(|call| fits(call)).map(Arc::clone).collect()
    }

    /// Every secret that AWS handed to the Worker: secret keys and session tokens of assumed roles.
    pub(crate) fn session_secrets(&self) -> Vec<String> {
        self.calls().iter().flat_map(|call| call.secrets()).collect()
    }

    /// Lets `fault` step in until the guard is dropped; `None` leaves a call as it is.
    #[must_use]
    pub(crate) fn fault(
        &self,
        fault: impl Fn(&Call) -> Option<Reaction> + Send + Sync + 'static,
    ) -> FaultGuard {
        Faults::add(&self.0.station().faults, fault)
    }

    /// The same for the calls of one action about one role.
    #[must_use]
    pub(crate) fn fault_of_role(
        &self,
        role_arn: &str,
        action: &'static str,
        fault: impl Fn(&Call) -> Option<Reaction> + Send + Sync + 'static,
    ) -> FaultGuard {
        let role_arn = role_arn.to_owned();
        self.fault(
            move |call| if call.action == action && call.role == role_arn { fault(call) } else { None },
        )
    }
}

impl Station for Tap {
    fn react(&self, request: &mut Message) -> Reaction {
        if let Some(pem) = forger::certificate(request.target()) {
            let headers = [("content-type", "application/x-pem-file")];
            return Reaction::Answer(Message::response(200, &headers, pem));
        }
        let call = self.read(request);
        self.faults.step_in(&call).unwrap_or(Reaction::Pass)
    }

    fn note(&self, exchange: Exchange) {
        let mut call = self.read(&exchange.request);
        call.at = Some(Instant::now());
        call.taken = exchange.behind.as_ref().is_some_and(|behind| behind.status() == 200);
        if let Some(response) = &exchange.response {
            call.status = response.status();
            call.answer = response.text();
        }
        if let Some(key) = call.session_key() {
            lock(&self.sessions).insert(key.to_owned(), call.role.clone());
        }
        lock(&self.calls).push(Arc::new(call));
    }
}

impl Tap {
    fn read(&self, request: &Message) -> Call {
        let mut call = Call::read(request);
        if call.role.is_empty() {
            call.role = lock(&self.sessions).get(&call.access_key_id).cloned().unwrap_or_default();
        }
        call
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
