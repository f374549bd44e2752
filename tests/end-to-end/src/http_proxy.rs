//! An HTTP proxy on loopback. It forwards every request to one address, and its handler can record or replace
//! responses.

use std::{
    io::{self, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::wire::{self, Message, MessageKind};

/// A request and its response.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Message,
    /// Response of the upstream; `None` if the request was not forwarded.
    pub(crate) upstream_response: Option<Message>,
    /// Response to the client; `None` if the connection was closed without one.
    pub(crate) response: Option<Message>,
}

/// What the proxy does with a request.
#[derive(Clone, Debug)]
pub(crate) enum ProxyAction {
    /// Forwards the request and returns the upstream's response.
    Forward,
    /// Returns this response without forwarding the request.
    Respond(Message),
    /// Returns this response without its length, so that it ends with the connection.
    RespondUntilClosed(Message),
    /// Forwards the request but returns this response instead of the upstream's.
    ForwardThenRespond(Message),
    /// Forwards the request and changes the upstream's response.
    ForwardThenEdit(fn(&mut Message)),
    /// Forwards the request, then closes the connection without a response.
    ForwardThenDisconnect,
    /// Forwards the request, then closes the connection before the last byte of the response.
    ForwardThenTruncate,
    /// Does `ForwardWithRetries` twice.
    ForwardTwice,
    /// Forwards the request until the response is neither a server error nor 429, or the handler allows no further retry, as SNS does.
    /// Then responds with 200: whatever came of it, the client must not retry on its own account.
    ForwardWithRetries,
    /// Closes the connection without forwarding the request.
    Disconnect,
}

/// Decides what a proxy does with each request.
pub(crate) trait ProxyHandler: Send + Sync + 'static {
    /// Returns the action for a request, and may modify the request before it is forwarded.
    fn handle(&self, request: &mut Message) -> ProxyAction;

    /// Records an exchange. Called before the response is sent, so a client that has the response finds it recorded.
    fn record(&self, exchange: Exchange);

    /// Returns how long to wait before a retry, of which the first has the number 0, or `None` if there is none.
    fn retry_delay(&self, _request: &Message, _retry: usize) -> Option<Duration> {
        None
    }

    /// Waits before a retry.
    fn wait(&self, _delay: Duration) {}
}

/// A running proxy. Stops listening when dropped.
pub(crate) struct HttpProxy<H> {
    address: SocketAddr,
    shared: Arc<Shared<H>>,
}

struct Shared<H> {
    /// Address that requests are forwarded to; `None` if the handler responds to all of them.
    upstream: Option<SocketAddr>,
    handler: H,
    stopped: AtomicBool,
}

impl<H: ProxyHandler> HttpProxy<H> {
    /// Listens on a free port and forwards requests to `upstream`.
    pub(crate) fn start(upstream: Option<SocketAddr>, handler: H) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { upstream, handler, stopped: AtomicBool::new(false) });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if accepting.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&accepting);
                thread::spawn(move || shared.serve(&stream));
            }
        });
        Ok(Self { address, shared })
    }
}

impl<H> HttpProxy<H> {
    /// Returns the proxy's origin, such as `http://127.0.0.1:40000`.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn handler(&self) -> &H {
        &self.shared.handler
    }
}

impl<H> Drop for HttpProxy<H> {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread. If this fails, the thread has already ended.
        let _ = TcpStream::connect(self.address);
    }
}

impl<H: ProxyHandler> Shared<H> {
    /// Serves one request per connection. Write errors are ignored: the client sees the closed connection.
    fn serve(&self, stream: &TcpStream) {
        let request = Message::read(&mut BufReader::new(stream), MessageKind::Request);
        let Ok(Some(mut request)) = request else { return };
        let action = self.handler.handle(&mut request);
        let is_truncated = matches!(action, ProxyAction::ForwardThenTruncate);
        let has_length = !matches!(action, ProxyAction::RespondUntilClosed(_));
        let (upstream_response, response) = match action {
            ProxyAction::Respond(response) | ProxyAction::RespondUntilClosed(response) => {
                (None, Some(response))
            }
            ProxyAction::Forward => {
                let response = self.forward(&request);
                (Some(response.clone()), Some(response))
            }
            ProxyAction::ForwardThenRespond(response) => (Some(self.forward(&request)), Some(response)),
            ProxyAction::ForwardThenEdit(edit) => {
                let upstream_response = self.forward(&request);
                let mut response = upstream_response.clone();
                edit(&mut response);
                (Some(upstream_response), Some(response))
            }
            ProxyAction::ForwardThenDisconnect | ProxyAction::ForwardThenTruncate => {
                (Some(self.forward(&request)), None)
            }
            ProxyAction::ForwardTwice => {
                self.forward_with_retries(&request);
                (Some(self.forward_with_retries(&request)), Some(Message::response(200, &[], "")))
            }
            ProxyAction::ForwardWithRetries => {
                (Some(self.forward_with_retries(&request)), Some(Message::response(200, &[], "")))
            }
            ProxyAction::Disconnect => (None, None),
        };
        let truncated = upstream_response.clone().filter(|_| is_truncated);
        self.handler.record(Exchange { request, upstream_response, response: response.clone() });
        if let Some(truncated) = truncated {
            let (mut bytes, mut stream) = (Vec::new(), stream);
            let _ = truncated.write(&mut bytes).and_then(|()| stream.write_all(&bytes[..bytes.len() - 1]));
        }
        if let Some(response) = response {
            let mut stream = stream;
            let _ = if has_length {
                response.write(&mut stream)
            } else {
                response.write_until_closed(&mut stream)
            };
        }
    }

    /// Returns the last response. Records the earlier ones.
    fn forward_with_retries(&self, request: &Message) -> Message {
        let mut response = self.forward(request);
        for retry in 0.. {
            if response.status() < 500 && response.status() != 429 {
                break;
            }
            let Some(delay) = self.handler.retry_delay(request, retry) else { break };
            self.handler.record(Exchange {
                request: request.clone(),
                upstream_response: Some(response.clone()),
                response: None,
            });
            self.handler.wait(delay);
            if self.stopped.load(Ordering::SeqCst) {
                break;
            }
            response = self.forward(request);
        }
        response
    }

    /// Forwards the request and returns the response, or 502 if that fails.
    fn forward(&self, request: &Message) -> Message {
        let bad_gateway = |reason: String| Message::response(502, &[("content-type", "text/plain")], reason);
        let Some(upstream) = self.upstream else { return bad_gateway("this proxy has no upstream".into()) };
        let mut bytes = Vec::new();
        let kind =
            if request.method() == "HEAD" { MessageKind::ResponseToHead } else { MessageKind::Response };
        let response = request.write(&mut bytes).and_then(|()| wire::round_trip(upstream, &bytes, kind));
        response.unwrap_or_else(|error| bad_gateway(format!("{upstream}: {error}")))
    }
}
