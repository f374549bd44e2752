//! The load generator: connections that stay open, each sending its next request when the response has arrived.

use std::{
    io::{BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use test_support::{Error, Result};

use super::http1::{read_body, read_head};

/// No response of the benchmark takes longer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// When a load ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    After(Duration),
    Requests(u64),
}

/// Requests to one server.
pub(super) struct Load<'a> {
    pub(super) address: SocketAddr,
    pub(super) connections: usize,
    pub(super) end: End,
    /// Returns the bytes of the request with this number.
    pub(super) request: &'a (dyn Fn(u64) -> Vec<u8> + Sync),
    /// The status that every response must have.
    pub(super) status: u16,
}

/// What a load measured.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) elapsed: Duration,
    /// Time from sending a request until its response was complete, in ascending order.
    pub(super) latencies: Vec<Duration>,
}

impl Outcome {
    pub(super) fn per_second(&self) -> f64 {
        count(&self.latencies) / self.elapsed.as_secs_f64()
    }

    /// Returns the latency that this share of the requests didn't exceed.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).copied().unwrap_or_default()
    }

    pub(super) fn requests(&self) -> f64 {
        count(&self.latencies)
    }
}

#[expect(clippy::cast_precision_loss, reason = "no load has 2^52 requests")]
fn count<T>(items: &[T]) -> f64 {
    items.len() as f64
}

/// Sends the requests. Fails with the first response that has an unexpected status.
pub(super) fn run(load: &Load<'_>) -> Result<Outcome> {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let results = thread::scope(|scope| {
        let connections: Vec<_> =
            (0..load.connections).map(|_| scope.spawn(|| drive(load, &next, &stop, start))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, Result<Vec<Duration>>>| {
            thread.join().unwrap_or_else(|_| Err(Error::Unexpected("the load generator panicked".into())))
        };
        connections.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    let elapsed = start.elapsed();
    let mut latencies = results.concat();
    latencies.sort_unstable();
    Ok(Outcome { elapsed, latencies })
}

/// Sends requests over one connection until the load ends.
fn drive(load: &Load<'_>, next: &AtomicU64, stop: &AtomicBool, start: Instant) -> Result<Vec<Duration>> {
    let result = Connection::open(load.address).and_then(|mut connection| {
        let mut latencies = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let is_over = match load.end {
                End::After(duration) => start.elapsed() >= duration,
                End::Requests(requests) => number >= requests,
            };
            if is_over || stop.load(Ordering::Relaxed) {
                return Ok(latencies);
            }
            let request = (load.request)(number);
            let sent = Instant::now();
            connection.expect(load.status, &request)?;
            latencies.push(sent.elapsed());
        }
    });
    if result.is_err() {
        stop.store(true, Ordering::Relaxed);
    }
    result
}

/// A connection that stays open.
pub(super) struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> Result<Self> {
        Self::with_timeout(address, TIMEOUT)
    }

    /// Opens a connection on which a response may take `timeout`.
    pub(super) fn with_timeout(address: SocketAddr, timeout: Duration) -> Result<Self> {
        let failed = || Error::io(format!("connect to {address}"));
        let stream = TcpStream::connect(address).map_err(failed())?;
        stream.set_nodelay(true).map_err(failed())?;
        stream.set_read_timeout(Some(timeout)).map_err(failed())?;
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// Sends a request and returns the response's body. Fails if the status isn't `status`.
    pub(super) fn expect(&mut self, status: u16, request: &[u8]) -> Result<Vec<u8>> {
        match self.exchange(request)? {
            (actual, body) if actual == status => Ok(body),
            (actual, body) => {
                let body = String::from_utf8_lossy(&body);
                Err(Error::Unexpected(format!(
                    "the Worker responded with {actual} instead of {status}: {body}"
                )))
            }
        }
    }

    /// Sends a request and returns the response's status and body.
    fn exchange(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        let failed = || Error::io("send a request to the Worker");
        self.reader.get_mut().write_all(request).map_err(failed())?;
        let head = read_head(&mut self.reader).map_err(failed())?;
        let head = head.ok_or_else(|| Error::Unexpected("the Worker closed the connection".into()))?;
        let body = read_body(&mut self.reader, &head).map_err(failed())?;
        Ok((head.status(), body))
    }
}

/// Returns the bytes of a request with a body.
pub(super) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\nhost: kraiter.example.com\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}
