//! A relay on loopback: it passes HTTP on to one address, and its station sees every exchange and may step in.

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

use crate::wire::{self, Kind, Message};

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// What came.
    pub(crate) request: Message,
    /// What whoever is behind the relay answered; none where it wasn't asked.
    pub(crate) behind: Option<Message>,
    /// What went back; none where the connection was cut instead.
    pub(crate) response: Option<Message>,
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    /// Pass it on, and the answer back.
    Pass,
    /// Answer this instead.
    Answer(Message),
    /// Pass it on, but answer this.
    PassThenAnswer(Message),
    /// Pass it on, but cut the connection instead of answering.
    PassThenCut,
    /// Pass it on, but cut the connection in the middle of the answer.
    PassThenTruncate,
    /// Pass it on twice, each time until it is taken, and the second answer back.
    PassTwice,
    /// Pass it on until it is taken, as SNS does.
    PassUntilTaken,
    /// Cut the connection, and pass nothing on.
    Cut,
}

/// What stands at a relay.
pub(crate) trait Station: Send + Sync + 'static {
    /// Sees a request first, and may change it.
    fn react(&self, request: &mut Message) -> Reaction;

    /// Is told of an exchange, before its answer goes back: so whoever has the answer finds it noted.
    fn note(&self, exchange: Exchange);
}

/// A running relay; it stops listening when it is dropped.
pub(crate) struct Relay<S> {
    address: SocketAddr,
    shared: Arc<Shared<S>>,
}

struct Shared<S> {
    /// Where requests go on to; none where the station answers everything.
    target: Option<SocketAddr>,
    station: S,
    stopped: AtomicBool,
}

impl<S: Station> Relay<S> {
    /// Listens on a free port and passes requests on to `target`.
    pub(crate) fn start(target: Option<SocketAddr>, station: S) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { target, station, stopped: AtomicBool::new(false) });
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

impl<S> Relay<S> {
    /// Where it listens, such as `http://127.0.0.1:40000`.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What stands at it.
    pub(crate) fn station(&self) -> &S {
        &self.shared.station
    }
}

impl<S> Drop for Relay<S> {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; a failure means that it has ended already.
        let _ = TcpStream::connect(self.address);
    }
}

impl<S: Station> Shared<S> {
    /// One exchange a connection. A peer that goes away ends it; whoever waits for the answer reports that.
    fn serve(&self, stream: &TcpStream) {
        let Ok(Some(mut request)) = Message::read(&mut BufReader::new(stream), Kind::Request) else { return };
        let reaction = self.station.react(&mut request);
        let is_truncated = matches!(reaction, Reaction::PassThenTruncate);
        let (behind, response) = match reaction {
            Reaction::Answer(response) => (None, Some(response)),
            Reaction::Pass => {
                let behind = self.pass_on(&request);
                (Some(behind.clone()), Some(behind))
            }
            Reaction::PassThenAnswer(response) => (Some(self.pass_on(&request)), Some(response)),
            Reaction::PassThenCut | Reaction::PassThenTruncate => (Some(self.pass_on(&request)), None),
            Reaction::PassTwice => {
                self.pass_until_taken(&request);
                let behind = self.pass_until_taken(&request);
                (Some(behind.clone()), Some(behind))
            }
            Reaction::PassUntilTaken => {
                let behind = self.pass_until_taken(&request);
                (Some(behind.clone()), Some(behind))
            }
            Reaction::Cut => (None, None),
        };
        let truncated = behind.clone().filter(|_| is_truncated);
        self.station.note(Exchange { request, behind, response: response.clone() });
        if let Some(truncated) = truncated {
            let (mut bytes, mut stream) = (Vec::new(), stream);
            let _ = truncated.write(&mut bytes).and_then(|()| stream.write_all(&bytes[..bytes.len() - 1]));
        }
        if let Some(response) = response {
            let mut stream = stream;
            let _ = response.write(&mut stream);
        }
    }

    /// SNS tries again for an hour; whoever is behind is away for a restart at the most.
    fn pass_until_taken(&self, request: &Message) -> Message {
        let mut left = 300;
        loop {
            let behind = self.pass_on(request);
            left -= 1;
            if behind.status() < 500 || left == 0 {
                return behind;
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn pass_on(&self, request: &Message) -> Message {
        let failed = |why: String| Message::response(502, &[("content-type", "text/plain")], why);
        let Some(target) = self.target else { return failed("nothing is behind this relay".into()) };
        let mut bytes = Vec::new();
        let kind = if request.method() == "HEAD" { Kind::ResponseToHead } else { Kind::Response };
        let answered = request.write(&mut bytes).and_then(|()| wire::exchange(target, &bytes, kind));
        answered.unwrap_or_else(|error| failed(format!("{target}: {error}")))
    }
}
