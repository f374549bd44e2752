//! The page itself, on a port of loopback: for a person in the demo, and for tests in a browser.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use kraiter_core::aws::AccountId;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    QuickCreate,
    contents::Contents,
    role::Role,
    stack::{Ending, Stack},
    topic::{Subscriber, Topic},
};
use crate::{Error, Result, customer::Customer, emulator::Emulator, http1};

/// Every file of the stand-in, with its path and type.
const FILES: [(&str, &str, &str); 6] = [
    ("/cloudformation/home", "text/html; charset=utf-8", include_str!("pages/cloudformation.html")),
    ("/iam/home", "text/html; charset=utf-8", include_str!("pages/iam.html")),
    ("/cloudformation.js", "text/javascript; charset=utf-8", include_str!("pages/cloudformation.js")),
    ("/page.js", "text/javascript; charset=utf-8", include_str!("pages/page.js")),
    ("/iam.js", "text/javascript; charset=utf-8", include_str!("pages/iam.js")),
    ("/console.css", "text/css; charset=utf-8", include_str!("pages/console.css")),
];

/// What keeps other sites out, beside the look at `Host` and `Origin`.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// How the stand-in is run.
pub struct Options {
    /// The AWS that it is the console of.
    pub emulator: Arc<dyn Emulator>,
    /// The account that the pages open with; a person can write another one.
    pub account: AccountId,
    /// How long each resource of a stack is shown to take.
    pub step_delay: Duration,
}

/// A running stand-in. It stops listening when it is dropped.
pub struct Console {
    origin: String,
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    /// What a request's `Host` must be.
    authority: String,
    customers: Mutex<HashMap<AccountId, Customer>>,
    stacks: Mutex<Vec<Arc<Stack>>>,
    stopped: AtomicBool,
}

impl Console {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// Where loopback can't be listened on.
    pub fn start(options: Options) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("listen for the console"))?;
        let authority = listener.local_addr().map_err(Error::io("read the console's address"))?.to_string();
        let origin = format!("http://{authority}");
        let shared = Arc::new(Shared {
            options,
            authority,
            customers: Mutex::default(),
            stacks: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
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
        Ok(Self { origin, shared })
    }

    /// Where it is: the Worker's `AWS_CONSOLE_URL`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; a failure means that it has ended already.
        let _ = TcpStream::connect(&self.shared.authority);
    }
}

/// What the page sends when "Create stack" is pressed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CreateStack {
    account: AccountId,
    region: String,
    template_url: String,
    stack_name: String,
    parameters: Vec<(String, String)>,
    acknowledged: bool,
    fail: bool,
}

/// What the page sends when it is opened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenLink {
    link: String,
}

impl Shared {
    /// One exchange a connection. A browser that goes away ends it.
    fn serve(&self, mut stream: TcpStream) {
        let Ok(Some(request)) = http1::read(&mut stream) else { return };
        let mut answer = self.answer(&request);
        for (name, value) in HEADERS {
            answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let _ = http1::write(&mut stream, &answer);
    }

    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if let Err(why) = admit(request, &self.authority) {
            return problem(StatusCode::FORBIDDEN, why);
        }
        let path = request.uri().path();
        if *request.method() == Method::GET {
            if let Some((_, kind, text)) = FILES.iter().find(|(name, ..)| *name == path) {
                return http1::answer(StatusCode::OK, kind, *text);
            }
            let number = path.strip_prefix("/api/stacks/").and_then(|number| number.parse().ok());
            return match number.and_then(|number| self.stack(number)) {
                Some(stack) => json_answer(StatusCode::OK, &json!(stack.view())),
                None if path == "/api/account" => {
                    json_answer(StatusCode::OK, &json!({ "account": self.options.account }))
                }
                None => problem(StatusCode::NOT_FOUND, "there is no such page"),
            };
        }
        let outcome = match path {
            "/api/quick-create" => self.open(request),
            "/api/stacks" => self.create_stack(request),
            "/api/roles" => self.put_role(request),
            "/api/topics" => self.create_topic(request),
            "/api/subscriptions" => self.subscribe(request),
            _ => return problem(StatusCode::NOT_FOUND, "there is no such page"),
        };
        match outcome {
            Ok(body) => json_answer(StatusCode::OK, &body),
            Err(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
        }
    }

    fn open(&self, request: &Request<Bytes>) -> Result<Value> {
        let page = QuickCreate::open(&body::<OpenLink>(request)?.link)?;
        let template = page.template(&self.customer(&self.options.account)?)?;
        Ok(json!(Contents::new(&page, &template)?))
    }

    fn create_stack(&self, request: &Request<Bytes>) -> Result<Value> {
        let CreateStack { account, region, template_url, stack_name, parameters, acknowledged, fail } =
            body(request)?;
        if !acknowledged {
            // CloudFormation's words, which the console shows.
            return Err(Error::Unexpected("Requires capabilities : [CAPABILITY_IAM]".into()));
        }
        let region = region.parse().map_err(|error| Error::Unexpected(format!("{region}: {error}")))?;
        let page = QuickCreate { region, template_url, stack_name, parameters };
        let ending = if fail { Ending::Refused } else { Ending::AsItDoes };
        let stack = Stack::begin(page, self.customer(&account)?, ending, self.options.step_delay)?;
        let mut stacks = self.stacks.lock().unwrap_or_else(PoisonError::into_inner);
        stacks.push(stack);
        Ok(json!({ "number": stacks.len() - 1 }))
    }

    fn put_role(&self, request: &Request<Bytes>) -> Result<Value> {
        let role: Role = body(request)?;
        let arn = role.put(&self.customer(&role.account)?)?;
        Ok(json!({ "arn": arn }))
    }

    fn create_topic(&self, request: &Request<Bytes>) -> Result<Value> {
        let topic: Topic = body(request)?;
        let arn = topic.create(&self.customer(&topic.account)?)?;
        Ok(json!({ "arn": arn }))
    }

    fn subscribe(&self, request: &Request<Bytes>) -> Result<Value> {
        let subscriber: Subscriber = body(request)?;
        let arn = subscriber.subscribe(&self.customer(subscriber.account())?)?;
        Ok(json!({ "arn": arn }))
    }

    fn stack(&self, number: usize) -> Option<Arc<Stack>> {
        self.stacks.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// The administrator of an account, which is made when it is first named.
    fn customer(&self, account: &AccountId) -> Result<Customer> {
        let mut customers = self.customers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(customer) = customers.get(account) {
            return Ok(customer.clone());
        }
        let emulator = &self.options.emulator;
        let customer =
            Customer::new(account.clone(), emulator.create_account(account)?, emulator.endpoint().clone());
        customers.insert(account.clone(), customer.clone());
        Ok(customer)
    }
}

/// Whether a request comes from a page of ours. `Host` keeps out names that were made to point at loopback; what changes
/// something must come from our own origin.
fn admit(request: &Request<Bytes>, authority: &str) -> std::result::Result<(), &'static str> {
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header(header::HOST) != Some(authority) {
        return Err("the Host isn't the stand-in's own");
    }
    match *request.method() {
        Method::GET => Ok(()),
        Method::POST => {
            let origin = header(header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
            if origin != Some(authority) {
                return Err("the request wasn't made by a page of the stand-in");
            }
            if header(header::CONTENT_TYPE) != Some("application/json") {
                return Err("the body isn't application/json");
            }
            Ok(())
        }
        _ => Err("only GET and POST are taken"),
    }
}

fn body<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T> {
    serde_json::from_slice(request.body()).map_err(|error| Error::Unexpected(error.to_string()))
}

fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    http1::answer(status, "application/json", body.to_string())
}

fn problem(status: StatusCode, message: &str) -> Response<Bytes> {
    json_answer(status, &json!({ "message": message }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHORITY: &str = "127.0.0.1:4000";

    fn request(method: Method, headers: &[(&str, &str)]) -> Request<Bytes> {
        let mut request = Request::builder().method(method).uri("/api/stacks");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Bytes::new()).unwrap()
    }

    #[test]
    fn only_pages_of_the_stand_in_itself_may_act() {
        let own =
            [("host", AUTHORITY), ("origin", "http://127.0.0.1:4000"), ("content-type", "application/json")];
        assert_eq!(admit(&request(Method::POST, &own), AUTHORITY), Ok(()));
        assert_eq!(admit(&request(Method::GET, &own[..1]), AUTHORITY), Ok(()));
        for (place, instead) in [
            (0, "evil.example:4000"),
            (0, "localhost:4000"),
            (1, "http://127.0.0.1:4001"),
            (1, "https://127.0.0.1:4000"),
            (1, "null"),
            (2, "text/plain"),
        ] {
            let mut changed = own;
            changed[place].1 = instead;
            assert!(admit(&request(Method::POST, &changed), AUTHORITY).is_err(), "{instead}");
        }
        assert!(admit(&request(Method::POST, &own[..1]), AUTHORITY).is_err());
        assert!(admit(&request(Method::GET, &[]), AUTHORITY).is_err());
        assert!(admit(&request(Method::OPTIONS, &own), AUTHORITY).is_err());
    }
}
