//! A server that nothing should call. It responds to every request and records it.

use std::{
    io,
    sync::{Mutex, PoisonError},
};

use crate::{
    http_proxy::{Exchange, HttpProxy, ProxyAction, ProxyHandler},
    wire::Message,
};

pub(crate) struct Honeypot(HttpProxy<RequestLog>);

#[derive(Default)]
struct RequestLog(Mutex<Vec<String>>);

impl Honeypot {
    pub(crate) fn start() -> io::Result<Self> {
        Ok(Self(HttpProxy::start(None, RequestLog::default())?))
    }

    pub(crate) fn origin(&self) -> String {
        self.0.origin()
    }

    /// Returns the request lines of all requests received so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.0.handler().0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ProxyHandler for RequestLog {
    fn handle(&self, _: &mut Message) -> ProxyAction {
        ProxyAction::Respond(Message::response(200, &[("content-type", "text/plain")], "Welcome"))
    }

    fn record(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange.request.start);
    }
}
