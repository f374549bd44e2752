//! A resolver by DNS over HTTPS on loopback, in plain HTTP: it answers from a table that whoever runs it fills.
//!
//! Nothing is there until it is put there, as in a new domain. Programs in other languages fill the table by HTTP:
//! `PUT <origin>/table` with `{"name": "example.com", "type": "TXT", "values": ["v=spf1 -all"]}`, or with `"type": "SERVFAIL"` for a
//! domain whose name servers are broken.

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

/// The media type of DNS's own messages.
const MESSAGE: &str = "application/dns-message";

/// A running resolver. It ends when it is dropped.
pub struct Resolver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    table: Mutex<Table>,
    questions: Mutex<Vec<(String, String)>>,
    stopped: AtomicBool,
}

/// A row of the table, as it comes by HTTP.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    r#type: String,
    #[serde(default)]
    values: Vec<String>,
}

impl Resolver {
    /// Starts one on a free port, with an empty table.
    ///
    /// # Errors
    /// Where loopback can't be listened on.
    pub fn start() -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("start the resolver"))?;
        let address = listener.local_addr().map_err(Error::io("read the resolver's port"))?;
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

    /// Where it is, such as `http://127.0.0.1:40000`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The Worker's `DNS_RESOLVER_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/dns-query", self.origin())
    }

    /// From now on, a name has these records of one type (`A`, `CNAME`, `TXT`); without values, none of it.
    pub fn set(&self, name: &str, kind: &str, values: &[&str]) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        lock(&self.shared.table).set(name, kind, values);
    }

    /// From now on, a domain and all below it is a zone of its own. A zone has two labels unless told.
    pub fn set_zone(&self, domain: &str) {
        lock(&self.shared.table).set_zone(domain);
    }

    /// From now on, the name servers of a name don't answer.
    pub fn fail(&self, name: &str) {
        lock(&self.shared.table).fail(name);
    }

    /// What was asked so far, by name and type.
    #[must_use]
    pub fn questions(&self) -> Vec<(String, String)> {
        lock(&self.shared.questions).clone()
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; a failure means that it has ended already.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// One exchange a connection. A peer that goes away ends it.
    fn serve(&self, mut stream: TcpStream) {
        if let Ok(Some(request)) = http1::read(&mut stream) {
            let (status, body) = self.answer(&request);
            let _ = http1::write(&mut stream, &http1::answer(status, MESSAGE, body));
        }
    }

    fn answer(&self, request: &Request<Bytes>) -> (StatusCode, Vec<u8>) {
        let is_message = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes() == MESSAGE.as_bytes());
        let status = match (request.method(), request.uri().path()) {
            (&Method::POST, "/dns-query") if is_message => match lock(&self.table).answer(request.body()) {
                Some((question, message)) => {
                    lock(&self.questions).push(question);
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
    use kraiter_core::dns::{Question, RecordType, ResolverUrl, Unseen, doh};

    use super::*;
    use crate::http::Client;

    struct Asker {
        resolver: Resolver,
        url: ResolverUrl,
    }

    impl Asker {
        fn new() -> Self {
            let resolver = Resolver::start().unwrap();
            let url = resolver.url().parse().unwrap();
            Self { resolver, url }
        }

        fn ask(
            &self,
            name: &str,
            kind: RecordType,
        ) -> std::result::Result<kraiter_core::dns::Answer, Unseen> {
            let question = Question::new(name, kind);
            let response = Client::default().send(self.url.request(&question)?).unwrap();
            doh::read(&question, &response)
        }
    }

    #[test]
    fn it_answers_from_its_table_as_dns_would() {
        let asker = Asker::new();
        let (cname, txt) = (RecordType::Cname, RecordType::Txt);
        let long = "v=DKIM1; p=".to_owned() + &"A".repeat(400);
        asker.resolver.set("A.mail.example.com", "CNAME", &["b.example.net"]);
        asker.resolver.set("b.example.net", "TXT", &[&long, "other"]);
        asker.resolver.fail("broken.example");

        assert_eq!(asker.ask("a.mail.example.com", cname).unwrap().values, ["b.example.net"]);
        assert_eq!(asker.ask("a.mail.example.com", txt).unwrap().values, [long.as_str(), "other"]);
        assert_eq!(asker.ask("broken.example", txt), Err(Unseen::ServerFailure));
        let none = asker.ask("mail.example.com", txt).unwrap();
        assert_eq!((none.values.len(), none.zone.as_deref()), (0, Some("example.com")));
        asker.resolver.set_zone("mail.example.com");
        assert_eq!(asker.ask("x.mail.example.com", txt).unwrap().zone.as_deref(), Some("mail.example.com"));
        let zone = asker.ask("mail.example.com", RecordType::Soa).unwrap();
        assert_eq!((zone.values.len(), zone.zone.as_deref()), (1, Some("mail.example.com")));
        asker.resolver.set("b.example.net", "TXT", &[]);
        assert!(asker.ask("b.example.net", txt).unwrap().values.is_empty());
        assert!(asker.resolver.questions().contains(&("broken.example".into(), "TXT".into())));
    }

    #[test]
    fn its_table_can_be_filled_by_http() {
        let asker = Asker::new();
        let put = |body: &str| {
            let request = Request::put(format!("{}/table", asker.resolver.origin()));
            Client::default().send(request.body(Bytes::from(body.to_owned())).unwrap()).unwrap().status()
        };
        assert_eq!(put(r#"{"name":"example.com","type":"TXT","values":["v=spf1 -all"]}"#), 204);
        assert_eq!(put(r#"{"name":"example.org","type":"SERVFAIL"}"#), 204);
        assert_eq!(put("{"), 400);
        assert_eq!(asker.ask("example.com", RecordType::Txt).unwrap().values, ["v=spf1 -all"]);
        assert_eq!(asker.ask("example.org", RecordType::Txt), Err(Unseen::ServerFailure));
    }
}
