//! The HTTP server of the mock console, on loopback.

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

use aws_sans_io::AccountId;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    QuickCreate,
    contents::Contents,
    role::Role,
    stack::{Scenario, Stack},
    topic::{SubscribeRequest, Topic},
};
use crate::{Error, Result, customer::Customer, emulator::Emulator, http1};

/// Every static file: path, content type and content.
const FILES: [(&str, &str, &str); 6] = [
    ("/cloudformation/home", "text/html; charset=utf-8", include_str!("pages/cloudformation.html")),
    ("/iam/home", "text/html; charset=utf-8", include_str!("pages/iam.html")),
    ("/cloudformation.js", "text/javascript; charset=utf-8", include_str!("pages/cloudformation.js")),
    ("/page.js", "text/javascript; charset=utf-8", include_str!("pages/page.js")),
    ("/iam.js", "text/javascript; charset=utf-8", include_str!("pages/iam.js")),
    ("/console.css", "text/css; charset=utf-8", include_str!("pages/console.css")),
];

/// Headers that, with the checks of `Host` and `Origin`, protect the mock console from other websites.
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

pub struct Options {
    pub emulator: Arc<dyn Emulator>,
    /// The account that the pages are filled in with. Any other can be entered.
    pub account: AccountId,
    /// How long the page shows each resource of a stack as being created.
    pub step_delay: Duration,
}

/// A running mock console. Dropping it stops the server.
pub struct Console {
    origin: String,
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    /// The value that a request's `Host` header must have.
    authority: String,
    customers: Mutex<HashMap<AccountId, Customer>>,
    stacks: Mutex<Vec<Arc<Stack>>>,
    stopped: AtomicBool,
}

impl Console {
    /// Starts the server on a free port of 127.0.0.1.
    pub fn start(options: Options) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("start the console"))?;
        let authority = listener.local_addr().map_err(Error::io("get the console's address"))?.to_string();
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

    /// Returns the origin, which is the Worker's `AWS_CONSOLE_URL`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread. An error means that it has already stopped.
        let _ = TcpStream::connect(&self.shared.authority);
    }
}

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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenLink {
    link: String,
}

impl Shared {
    /// Handles one request per connection. Ignores errors, which mean that the browser is gone.
    fn serve(&self, mut stream: TcpStream) {
        let Ok(Some(request)) = http1::read_request(&mut stream) else { return };
        let mut response = self.respond(&request);
        for (name, value) in HEADERS {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let _ = http1::write_response(&mut stream, &response);
    }

    fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if let Err(reason) = check_origin(request, &self.authority) {
            return problem(StatusCode::FORBIDDEN, reason);
        }
        let path = request.uri().path();
        if *request.method() == Method::GET {
            if let Some((_, kind, text)) = FILES.iter().find(|(name, ..)| *name == path) {
                return http1::response(StatusCode::OK, kind, *text);
            }
            let number = path.strip_prefix("/api/stacks/").and_then(|number| number.parse().ok());
            return match number.and_then(|number| self.stack(number)) {
                Some(stack) => json_response(StatusCode::OK, &json!(stack.state())),
                None if path == "/api/account" => {
                    json_response(StatusCode::OK, &json!({ "account": self.options.account }))
                }
                None => problem(StatusCode::NOT_FOUND, "page not found"),
            };
        }
        let result = match path {
            "/api/quick-create" => self.open_link(request),
            "/api/stacks" => self.create_stack(request),
            "/api/roles" => self.put_role(request),
            "/api/topics" => self.create_topic(request),
            "/api/subscriptions" => self.subscribe(request),
            _ => return problem(StatusCode::NOT_FOUND, "page not found"),
        };
        match result {
            Ok(body) => json_response(StatusCode::OK, &body),
            Err(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
        }
    }

    fn open_link(&self, request: &Request<Bytes>) -> Result<Value> {
        let page = QuickCreate::open(&body::<OpenLink>(request)?.link)?;
        let template = page.template(&self.customer(&self.options.account)?)?;
        Ok(json!(Contents::new(&page, &template)?))
    }

    fn create_stack(&self, request: &Request<Bytes>) -> Result<Value> {
        let CreateStack { account, region, template_url, stack_name, parameters, acknowledged, fail } =
            body(request)?;
        if !acknowledged {
            // The console shows CloudFormation's message.
            return Err(Error::Unexpected("Requires capabilities : [CAPABILITY_IAM]".into()));
        }
        let region = region.parse().map_err(|error| Error::Unexpected(format!("{region}: {error}")))?;
        let page = QuickCreate { region, template_url, stack_name, parameters };
        let scenario = if fail { Scenario::AccessDenied } else { Scenario::Normal };
        let stack = Stack::start(page, self.customer(&account)?, scenario, self.options.step_delay)?;
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
        let subscribe: SubscribeRequest = body(request)?;
        let arn = subscribe.send(&self.customer(subscribe.account())?)?;
        Ok(json!({ "arn": arn }))
    }

    fn stack(&self, number: usize) -> Option<Arc<Stack>> {
        self.stacks.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// Returns the administrator of an account, which is created on first use.
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

/// Checks that a request comes from a page of the mock console. The check of `Host` prevents DNS rebinding; a request that
/// changes something must have the console's own `Origin`.
fn check_origin(request: &Request<Bytes>, authority: &str) -> std::result::Result<(), &'static str> {
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header(header::HOST) != Some(authority) {
        return Err("the Host header is not the console's own");
    }
    match *request.method() {
        Method::GET => Ok(()),
        Method::POST => {
            let origin = header(header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
            if origin != Some(authority) {
                return Err("the request was not sent by a page of the console");
            }
            if header(header::CONTENT_TYPE) != Some("application/json") {
                return Err("the body is not application/json");
            }
            Ok(())
        }
        _ => Err("only GET and POST are supported"),
    }
}

fn body<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T> {
    serde_json::from_slice(request.body()).map_err(|error| Error::Unexpected(error.to_string()))
}

fn json_response(status: StatusCode, body: &Value) -> Response<Bytes> {
    http1::response(status, "application/json", body.to_string())
}

fn problem(status: StatusCode, message: &str) -> Response<Bytes> {
    json_response(status, &json!({ "message": message }))
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
    fn only_pages_of_the_console_may_change_something() {
        let own =
            [("host", AUTHORITY), ("origin", "http://127.0.0.1:4000"), ("content-type", "application/json")];
        assert_eq!(check_origin(&request(Method::POST, &own), AUTHORITY), Ok(()));
        assert_eq!(check_origin(&request(Method::GET, &own[..1]), AUTHORITY), Ok(()));
        for (index, value) in [
            (0, "evil.example:4000"),
            (0, "localhost:4000"),
            (1, "http://127.0.0.1:4001"),
            (1, "https://127.0.0.1:4000"),
            (1, "null"),
            (2, "text/plain"),
        ] {
            let mut changed = own;
            changed[index].1 = value;
            assert!(check_origin(&request(Method::POST, &changed), AUTHORITY).is_err(), "{value}");
        }
        assert!(check_origin(&request(Method::POST, &own[..1]), AUTHORITY).is_err());
        assert!(check_origin(&request(Method::GET, &[]), AUTHORITY).is_err());
        assert!(check_origin(&request(Method::OPTIONS, &own), AUTHORITY).is_err());
    }
}
