//! A mock DNS-over-HTTPS resolver on loopback, over plain HTTP. It responds from a table, which is empty at start.
//!
//! Tests in other languages fill the table over HTTP with `PUT <origin>/table` and
//! `{"name": "example.com", "type": "TXT", "values": ["v=spf1 -all"]}`, or with `"type": "SERVFAIL"` for a domain whose name
//! servers fail.

mod table;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde::Deserialize;

use self::table::Table;
use crate::{Error, Result, http1};

/// The media type of DNS messages (RFC 8484).
const MESSAGE: &str = "application/dns-message";

/// A running resolver. Dropping it stops it.
pub struct Resolver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    table: Mutex<Table>,
    queries: Mutex<Vec<(String, String)>>,
    stopped: AtomicBool,
}

/// A row of the table, as received over HTTP.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    r#type: String,
    #[serde(default)]
    values: Vec<String>,
}

impl Resolver {
    /// Starts a resolver with an empty table on a free port.
    pub fn start() -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("start the resolver"))?;
        let address = listener.local_addr().map_err(Error::io("get the resolver's address"))?;
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(std::result::Result::ok) {
                if accepting.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&accepting);
                thread::spawn(move || shared.serve(stream));
            }
        });
        Ok(Self { address, shared })
    }

    /// Returns the origin, such as `http://127.0.0.1:40000`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the value of the Worker's `DNS_RESOLVER_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/dns-query", self.origin())
    }

    /// Replaces a name's records of one type (`A`, `CNAME` or `TXT`). Removes them if `values` is empty.
    pub fn set(&self, name: &str, kind: &str, values: &[&str]) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        lock(&self.shared.table).set(name, kind, values);
    }

    /// Makes a domain a separate zone. Every other zone has two labels.
    pub fn set_zone(&self, domain: &str) {
        lock(&self.shared.table).set_zone(domain);
    }

    /// Makes queries for a name fail with SERVFAIL.
    pub fn fail(&self, name: &str) {
        lock(&self.shared.table).fail(name);
    }

    /// Returns the queries received so far as `(name, type)`.
    #[must_use]
    pub fn queries(&self) -> Vec<(String, String)> {
        lock(&self.shared.queries).clone()
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread. An error means that it has already stopped.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Handles one request per connection. Ignores errors, which mean that the client is gone.
    fn serve(&self, mut stream: TcpStream) {
        if let Ok(Some(request)) = http1::read_request(&mut stream) {
            let (status, body) = self.respond(&request);
            let _ = http1::write_response(&mut stream, &http1::response(status, MESSAGE, body));
        }
    }

    fn respond(&self, request: &Request<Bytes>) -> (StatusCode, Vec<u8>) {
        let is_message = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes() == MESSAGE.as_bytes());
        let status = match (request.method(), request.uri().path()) {
            (&Method::POST, "/dns-query") if is_message => match lock(&self.table).respond(request.body()) {
                Some((query, message)) => {
                    lock(&self.queries).push(query);
                    return (StatusCode::OK, message);
                }
                None => StatusCode::BAD_REQUEST,
            },
            (&Method::POST, "/dns-query") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            (&Method::PUT, "/table") => match serde_json::from_slice::<Row>(request.body()) {
                Ok(row) => {
                    lock(&self.table).put(row);
                    StatusCode::NO_CONTENT
                }
                Err(_) => StatusCode::BAD_REQUEST,
            },
            _ => StatusCode::NOT_FOUND,
        };
        (status, Vec::new())
    }
}

impl Table {
    fn put(&mut self, Row { name, r#type, values }: Row) {
        if r#type == "SERVFAIL" {
            self.fail(&name);
        } else {
            self.set(&name, &r#type, values);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use email_dns::{LookupError, Question, RecordType, ResolverUrl, doh};

    use super::*;
    use crate::http::Client;

    struct TestResolver {
        resolver: Resolver,
        url: ResolverUrl,
    }

    impl TestResolver {
        fn new() -> Self {
            let resolver = Resolver::start().unwrap();
            let url = resolver.url().parse().unwrap();
            Self { resolver, url }
        }

        fn query(&self, name: &str, kind: RecordType) -> std::result::Result<email_dns::Answer, LookupError> {
            let question = Question::new(name, kind);
            let response = Client::default().send(self.url.request(&question)?).unwrap();
            doh::parse_response(&question, &response)
        }
    }

    #[test]
    fn it_responds_from_its_table_like_a_dns_resolver() {
        let test = TestResolver::new();
        let (cname, txt) = (RecordType::Cname, RecordType::Txt);
        let long = "v=DKIM1; p=".to_owned() + &"A".repeat(400);
        test.resolver.set("A.mail.example.com", "CNAME", &["b.example.net"]);
        test.resolver.set("b.example.net", "TXT", &[&long, "other"]);
        test.resolver.fail("broken.example");

        assert_eq!(test.query("a.mail.example.com", cname).unwrap().values, ["b.example.net"]);
        assert_eq!(test.query("a.mail.example.com", txt).unwrap().values, [long.as_str(), "other"]);
        assert_eq!(test.query("broken.example", txt), Err(LookupError::ServerFailure));
        let none = test.query("mail.example.com", txt).unwrap();
        assert_eq!((none.values.len(), none.zone.as_deref()), (0, Some("example.com")));
        test.resolver.set_zone("mail.example.com");
        assert_eq!(test.query("x.mail.example.com", txt).unwrap().zone.as_deref(), Some("mail.example.com"));
        let zone = test.query("mail.example.com", RecordType::Soa).unwrap();
        assert_eq!((zone.values.len(), zone.zone.as_deref()), (1, Some("mail.example.com")));
        test.resolver.set("b.example.net", "TXT", &[]);
        assert!(test.query("b.example.net", txt).unwrap().values.is_empty());
        assert!(test.resolver.queries().contains(&("broken.example".into(), "TXT".into())));
    }

    #[test]
    fn its_table_can_be_filled_over_http() {
        let test = TestResolver::new();
        let put = |body: &str| {
            let request = Request::put(format!("{}/table", test.resolver.origin()));
            Client::default().send(request.body(Bytes::from(body.to_owned())).unwrap()).unwrap().status()
        };
        assert_eq!(put(r#"{"name":"example.com","type":"TXT","values":["v=spf1 -all"]}"#), 204);
        assert_eq!(put(r#"{"name":"example.org","type":"SERVFAIL"}"#), 204);
        assert_eq!(put("{"), 400);
        assert_eq!(test.query("example.com", RecordType::Txt).unwrap().values, ["v=spf1 -all"]);
        assert_eq!(test.query("example.org", RecordType::Txt), Err(LookupError::ServerFailure));
    }
}
